package org.tfckpt.objects;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.protobuf.UnsafeByteOperations;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntBinaryOperator;
import org.tfckpt.proto.OptionalBool;
import org.tfckpt.proto.RegisteredSaver;
import org.tfckpt.proto.TrackableObjectGraph;
import org.tfckpt.proto.TrackableObjectGraph.TrackableObject;
import org.tfckpt.proto.TrackableObjectGraph.TrackableObject.ObjectReference;
import org.tfckpt.proto.TrackableObjectGraph.TrackableObject.SerializedTensor;
import org.tfckpt.proto.TrackableObjectGraph.TrackableObject.SlotVariableReference;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorNames;

/**
 * A serialized object graph, checked completely when it is read.
 *
 * <p>Only the offsets of its nodes and attributes are kept, and messages are parsed on demand: an empty node takes two
 * bytes in the file but sixty as an object, so parsing a small hostile file at once could exhaust the memory. For the
 * same reason a node is parsed edge by edge, and unknown fields are discarded.
 *
 * <p>An offset is that of the length in front of a message or name. Offsets ascend in the order of the nodes.
 */
final class ObjectGraphBytes {
    private static final Parser<ObjectReference> EDGE = DiscardUnknownFieldsParser.wrap(ObjectReference.parser());
    private static final Parser<SlotVariableReference> SLOT =
            DiscardUnknownFieldsParser.wrap(SlotVariableReference.parser());
    private static final Parser<SerializedTensor> ATTRIBUTE =
            DiscardUnknownFieldsParser.wrap(SerializedTensor.parser());
    private static final Parser<RegisteredSaver> SAVER = DiscardUnknownFieldsParser.wrap(RegisteredSaver.parser());
    private static final Parser<OptionalBool> HAS_VALUES = DiscardUnknownFieldsParser.wrap(OptionalBool.parser());

    private final byte[] bytes;
    private final ByteString graph;
    private final Offsets nodes = new Offsets();
    private final Offsets attributes = new Offsets();

    private ObjectGraphBytes(byte[] bytes) {
        this.bytes = bytes;
        this.graph = UnsafeByteOperations.unsafeWrap(bytes);
    }

    /** A growable list of ascending offsets. */
    private static final class Offsets {
        private int[] offsets = new int[16];
        private int size;

        void add(int offset) {
            if (size == offsets.length) {
                offsets = Arrays.copyOf(offsets, 2 * size);
            }
            offsets[size++] = offset;
        }

        /** Returns the index of the last element that is at most {@code offset}. */
        int floor(int offset) {
            int found = Arrays.binarySearch(offsets, 0, size, offset);
            return found >= 0 ? found : -found - 2;
        }
    }

    static ObjectGraphBytes read(byte[] bytes, ErrorContext place) throws DataLossException {
        ObjectGraphBytes graph = new ObjectGraphBytes(bytes);
        Check check = graph.new Check();
        try {
            check.run();
        } catch (UncheckedIOException e) {
            throw new DataLossException(ProblemKind.ENTRY, "not an object graph: " + e.getMessage(), place, e);
        }
        if (graph.size() == 0) {
            throw new DataLossException(ProblemKind.ENTRY, "the object graph has no root object", place);
        }
        if (Integer.compareUnsigned(check.largestId, graph.size()) >= 0) {
            throw new DataLossException(
                    ProblemKind.ENTRY,
                    "object " + check.referrer + " of the object graph refers to an object that does not exist",
                    place.mismatch("a number below " + graph.size(), check.largestId));
        }
        return graph;
    }

    /** Records the offsets, parses every message once, and finds the largest object id. */
    private final class Check {
        /** Compared as unsigned, so that negative ids are too large. */
        private int largestId;

        private int referrer;

        void run() {
            Fields fields = new Fields();
            for (int field = fields.next(); field != 0; field = fields.next()) {
                if (field == TrackableObjectGraph.NODES_FIELD_NUMBER) {
                    nodes.add(fields.offset());
                    node(new Fields(fields.offset()));
                }
            }
        }

        private void node(Fields fields) {
            for (int field = fields.next(); field != 0; field = fields.next()) {
                switch (field) {
                    case TrackableObject.CHILDREN_FIELD_NUMBER ->
                        see(fields.edge().getNodeId());
                    case TrackableObject.SLOT_VARIABLES_FIELD_NUMBER -> {
                        SlotVariableReference slot = fields.slot();
                        see(slot.getOriginalVariableNodeId());
                        see(slot.getSlotVariableNodeId());
                    }
                    case TrackableObject.ATTRIBUTES_FIELD_NUMBER -> {
                        attributes.add(fields.offset());
                        fields.message(ATTRIBUTE);
                    }
                    case TrackableObject.REGISTERED_SAVER_FIELD_NUMBER -> fields.message(SAVER);
                    case TrackableObject.HAS_CHECKPOINT_VALUES_FIELD_NUMBER -> fields.message(HAS_VALUES);
                    default -> {}
                }
            }
        }

        private void see(int id) {
            if (Integer.compareUnsigned(id, largestId) > 0) {
                largestId = id;
                referrer = nodes.size - 1;
            }
        }
    }

    /**
     * Iterates over the fields of a message that contain messages or names. Malformed bytes, which only {@link #read}
     * can encounter, cause an {@link UncheckedIOException}.
     */
    final class Fields {
        private final CodedInputStream in;
        private int tag;
        private int offset = -1;

        /** The fields of the graph itself. */
        private Fields() {
            in = open(0);
        }

        private Fields(int message) {
            in = open(message);
            try {
                in.pushLimit(in.readRawVarint32());
            } catch (IOException e) {
                throw malformed(e);
            }
        }

        /** Moves to the next field and returns its number; 0 at the end of the message. */
        int next() {
            try {
                if (in.getTotalBytesRead() == offset) {
                    in.skipField(tag);
                }
                for (tag = in.readTag(); tag != 0; tag = in.readTag()) {
                    if (WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED) {
                        offset = in.getTotalBytesRead();
                        break;
                    }
                    if (!in.skipField(tag)) {
                        throw new InvalidProtocolBufferException("a group ends that has not begun");
                    }
                }
                return WireFormat.getTagFieldNumber(tag);
            } catch (IOException e) {
                throw malformed(e);
            }
        }

        /** Returns the offset of the current field. */
        int offset() {
            return offset;
        }

        ObjectReference edge() {
            return message(EDGE);
        }

        SlotVariableReference slot() {
            return message(SLOT);
        }

        private <T extends MessageLite> T message(Parser<T> parser) {
            return ObjectGraphBytes.message(in, parser);
        }
    }

    private static UncheckedIOException malformed(IOException e) {
        return new UncheckedIOException(e.getMessage(), e);
    }

    private static <T extends MessageLite> T message(CodedInputStream in, Parser<T> parser) {
        try {
            return in.readMessage(parser, ExtensionRegistryLite.getEmptyRegistry());
        } catch (IOException e) {
            throw malformed(e);
        }
    }

    private CodedInputStream open(int offset) {
        CodedInputStream in = graph.newCodedInput();
        in.enableAliasing(true);
        try {
            in.skipRawBytes(offset);
        } catch (IOException e) {
            throw malformed(e);
        }
        return in;
    }

    /** Returns the serialized graph, which must not be changed. */
    byte[] bytes() {
        return bytes;
    }

    int size() {
        return nodes.size;
    }

    /** Returns the number of attributes of all nodes. */
    int attributeCount() {
        return attributes.size;
    }

    /** Tests whether the edge at an offset is on the path of a child. */
    interface OnPath {
        boolean test(int child, int offset);
    }

    ObjectNode node(int id, OnPath onPath) {
        List<ObjectNode.Child> children = new ArrayList<>();
        List<ObjectNode.Attribute> values = new ArrayList<>();
        List<ObjectNode.Slot> slots = new ArrayList<>();
        TrackableObject.Builder rest = TrackableObject.newBuilder();
        Fields fields = fields(id);
        for (int field = fields.next(); field != 0; field = fields.next()) {
            switch (field) {
                case TrackableObject.CHILDREN_FIELD_NUMBER -> {
                    ObjectReference edge = fields.edge();
                    boolean isOnPath = onPath.test(edge.getNodeId(), fields.offset());
                    children.add(new ObjectNode.Child(name(edge.getLocalName()), edge.getNodeId(), isOnPath));
                }
                case TrackableObject.ATTRIBUTES_FIELD_NUMBER -> values.add(attribute(id, fields.message(ATTRIBUTE)));
                case TrackableObject.SLOT_VARIABLES_FIELD_NUMBER -> slots.add(slot(id, fields.slot()));
                case TrackableObject.REGISTERED_SAVER_FIELD_NUMBER -> rest.mergeRegisteredSaver(fields.message(SAVER));
                case TrackableObject.HAS_CHECKPOINT_VALUES_FIELD_NUMBER ->
                    rest.mergeHasCheckpointValues(fields.message(HAS_VALUES));
                default -> {}
            }
        }
        RegisteredSaver saver = rest.getRegisteredSaver();
        return new ObjectNode(
                id,
                children,
                values,
                slots,
                rest.hasRegisteredSaver()
                        ? Optional.of(new ObjectNode.Saver(name(saver.getName()), name(saver.getObjectName())))
                        : Optional.empty(),
                rest.hasHasCheckpointValues()
                        ? Optional.of(rest.getHasCheckpointValues().getValue())
                        : Optional.empty());
    }

    private static ObjectNode.Slot slot(int optimizer, SlotVariableReference slot) {
        return new ObjectNode.Slot(
                optimizer, slot.getOriginalVariableNodeId(), name(slot.getSlotName()), slot.getSlotVariableNodeId());
    }

    private static ObjectNode.Attribute attribute(int node, SerializedTensor attribute) {
        return new ObjectNode.Attribute(
                node, name(attribute.getName()), name(attribute.getFullName()), name(attribute.getCheckpointKey()));
    }

    static String name(ByteString name) {
        return TensorNames.decode(name.toByteArray());
    }

    Fields fields(int id) {
        return new Fields(nodes.offsets[id]);
    }

    /** Receives the number of a child, and the offset of the edge to it. */
    interface EdgeVisitor {
        void visit(int child, int offset);
    }

    /** Visits the edges of a node, in their order. */
    void forEachEdge(int id, EdgeVisitor visitor) {
        Fields fields = fields(id);
        for (int field = fields.next(); field != 0; field = fields.next()) {
            if (field == TrackableObject.CHILDREN_FIELD_NUMBER) {
                visitor.visit(fields.edge().getNodeId(), fields.offset());
            }
        }
    }

    /** Returns the offset of a name of an attribute; −1 if the name is empty. */
    int nameOffset(int attribute, int nameField) {
        int offset = -1;
        Fields fields = new Fields(attributes.offsets[attribute]);
        for (int field = fields.next(); field != 0; field = fields.next()) {
            if (field == nameField) {
                offset = at(fields.offset(), (start, end) -> end - start) == 0 ? -1 : fields.offset();
            }
        }
        return offset;
    }

    ObjectReference edgeAt(int offset) {
        return message(open(offset), EDGE);
    }

    ObjectNode.Slot slotAt(int offset) {
        return slot(nodes.floor(offset), message(open(offset), SLOT));
    }

    /** Returns an attribute by its index among the attributes of all nodes. */
    ObjectNode.Attribute attribute(int index) {
        int offset = attributes.offsets[index];
        return attribute(nodes.floor(offset), message(open(offset), ATTRIBUTE));
    }

    /** Returns the attribute that contains the name at an offset. */
    ObjectNode.Attribute attributeAround(int offset) {
        return attribute(attributes.floor(offset));
    }

    /** Compares the name at an offset with {@code other[0, length)} as unsigned bytes. */
    int compare(int offset, byte[] other, int length) {
        return at(offset, (start, end) -> Arrays.compareUnsigned(bytes, start, end, other, 0, length));
    }

    /** Compares the names at two offsets as unsigned bytes. */
    int compare(int offset, int otherOffset) {
        return at(
                offset,
                (start, end) -> at(
                        otherOffset,
                        (otherStart, otherEnd) ->
                                Arrays.compareUnsigned(bytes, start, end, bytes, otherStart, otherEnd)));
    }

    /**
     * Returns the length of the common prefix of the name at an offset and {@code other[0, length)}; −1 if the whole
     * name is such a prefix.
     */
    int mismatch(int offset, byte[] other, int length) {
        return at(offset, (start, end) -> {
            int common = Arrays.mismatch(bytes, start, end, other, 0, length);
            return common == end - start ? -1 : common;
        });
    }

    /** Applies a function to the start and end of the name at an offset. */
    private int at(int offset, IntBinaryOperator name) {
        CodedInputStream in = open(offset);
        try {
            int length = in.readRawVarint32();
            int start = in.getTotalBytesRead();
            return name.applyAsInt(start, start + length);
        } catch (IOException e) {
            throw malformed(e);
        }
    }
}
