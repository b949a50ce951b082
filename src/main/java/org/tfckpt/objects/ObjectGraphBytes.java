package org.tfckpt.objects;

import com.google.protobuf.CodedInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;

/**
 * An object graph in its stored form, gone through and checked once.
 *
 * <p>What is kept is where each node and each attribute begins; a node is decoded when it is asked for. An empty node takes
 * two bytes of a file and would take sixty as an object, so that a small hostile file could fill the memory. A place is
 * the offset of the length that stands before a message or a string; places ascend as node numbers do.
 */
final class ObjectGraphBytes {
    private final byte[] bytes;
    private final Places nodes = new Places();
    private final Places attributes = new Places();

    private ObjectGraphBytes(byte[] bytes) {
        this.bytes = bytes;
    }

    /** Ascending numbers. */
    private static final class Places {
        private int[] places = new int[16];
        private int size;

        void add(int place) {
            if (size == places.length) {
                places = Arrays.copyOf(places, 2 * size);
            }
            places[size++] = place;
        }

        /** The last one that is not beyond a place. */
        int indexOf(int place) {
            int found = Arrays.binarySearch(places, 0, size, place);
            return found >= 0 ? found : -found - 2;
        }
    }

    static ObjectGraphBytes read(byte[] bytes, ErrorContext place) throws DataLossException {
        ObjectGraphBytes graph = new ObjectGraphBytes(bytes);
        Check check = graph.new Check();
        try {
            ObjectGraphWire.fields(CodedInputStream.newInstance(bytes), check::graph);
        } catch (IOException e) {
            throw new DataLossException(ProblemKind.ENTRY, "Not an object graph: " + e.getMessage(), place, e);
        }
        if (graph.size() == 0) {
            throw new DataLossException(ProblemKind.ENTRY, "An object graph without a root", place);
        }
        if (Integer.compareUnsigned(check.largestId, graph.size()) >= 0) {
            throw new DataLossException(
                    ProblemKind.ENTRY,
                    "Object " + check.namedBy + " of the object graph refers to one that does not exist",
                    place.mismatch("a number below " + graph.size(), check.largestId));
        }
        return graph;
    }

    private final class Check {
        /** Taken as unsigned, so that a negative one is out of range, too. */
        private int largestId;

        private int namedBy;

        boolean graph(CodedInputStream in, int tag) throws IOException {
            if (tag != ObjectGraphWire.NODES) {
                return false;
            }
            nodes.add(in.getTotalBytesRead());
            ObjectGraphWire.message(in, this::node);
            return true;
        }

        private boolean node(CodedInputStream in, int tag) throws IOException {
            int id = nodes.size - 1;
            if (tag == ObjectGraphWire.CHILDREN) {
                see(ObjectGraphWire.edge(in).node());
            } else if (tag == ObjectGraphWire.SLOT_VARIABLES) {
                ObjectNode.Slot slot = ObjectGraphWire.slot(in, id);
                see(slot.variable());
                see(slot.node());
            } else if (tag == ObjectGraphWire.ATTRIBUTES) {
                attributes.add(in.getTotalBytesRead());
                ObjectGraphWire.attribute(in, id);
            } else if (tag == ObjectGraphWire.REGISTERED_SAVER) {
                ObjectGraphWire.saver(in);
            } else if (tag == ObjectGraphWire.HAS_CHECKPOINT_VALUES) {
                ObjectGraphWire.hasValues(in);
            } else {
                return false;
            }
            return true;
        }

        private void see(int id) {
            if (Integer.compareUnsigned(id, largestId) > 0) {
                largestId = id;
                namedBy = nodes.size - 1;
            }
        }
    }

    /** The stored form itself, which nobody may change. */
    byte[] bytes() {
        return bytes;
    }

    /** The number of nodes. */
    int size() {
        return nodes.size;
    }

    /** The number of attributes of all nodes. */
    int attributeCount() {
        return attributes.size;
    }

    /** Whether the path of a child comes along the edge at a place. */
    interface OnPath {
        boolean test(int child, int place);
    }

    /** A node. */
    ObjectNode node(int id, OnPath onPath) {
        List<ObjectNode.Child> children = new ArrayList<>();
        List<ObjectNode.Attribute> values = new ArrayList<>();
        List<ObjectNode.Slot> slots = new ArrayList<>();
        ObjectNode.@Nullable Saver[] saver = {null};
        @Nullable Boolean[] stated = {null};
        walk(id, (in, tag) -> {
            int place = in.getTotalBytesRead();
            if (tag == ObjectGraphWire.CHILDREN) {
                ObjectGraphWire.Edge edge = ObjectGraphWire.edge(in);
                children.add(new ObjectNode.Child(edge.name(), edge.node(), onPath.test(edge.node(), place)));
            } else if (tag == ObjectGraphWire.ATTRIBUTES) {
                values.add(ObjectGraphWire.attribute(in, id));
            } else if (tag == ObjectGraphWire.SLOT_VARIABLES) {
                slots.add(ObjectGraphWire.slot(in, id));
            } else if (tag == ObjectGraphWire.REGISTERED_SAVER) {
                saver[0] = ObjectGraphWire.saver(in);
            } else if (tag == ObjectGraphWire.HAS_CHECKPOINT_VALUES) {
                stated[0] = ObjectGraphWire.hasValues(in);
            } else {
                return false;
            }
            return true;
        });
        return new ObjectNode(
                id, children, values, slots, Optional.ofNullable(saver[0]), Optional.ofNullable(stated[0]));
    }

    /** Goes through the fields of a node; the stream counts from the beginning of the graph. */
    void walk(int id, ObjectGraphWire.Fields fields) {
        walkMessage(nodes.places[id], fields);
    }

    /** Takes the places of edges. */
    interface EdgeConsumer {
        void accept(int place);
    }

    /** Goes through the edges of a node. */
    void walkEdges(int id, EdgeConsumer edges) {
        walk(id, (in, tag) -> {
            if (tag == ObjectGraphWire.CHILDREN) {
                edges.accept(in.getTotalBytesRead());
            }
            return false;
        });
    }

    /** Goes through the fields of an attribute, by its number in the order of the nodes. */
    void walkAttribute(int index, ObjectGraphWire.Fields fields) {
        walkMessage(attributes.places[index], fields);
    }

    private void walkMessage(int place, ObjectGraphWire.Fields fields) {
        get(place, in -> {
            ObjectGraphWire.message(in, fields);
            return place;
        });
    }

    ObjectGraphWire.Edge edgeAt(int place) {
        return get(place, ObjectGraphWire::edge);
    }

    ObjectNode.Slot slotAt(int place) {
        return get(place, in -> ObjectGraphWire.slot(in, nodes.indexOf(place)));
    }

    /** An attribute by its number, in the order of the nodes. */
    ObjectNode.Attribute attribute(int index) {
        int place = attributes.places[index];
        return get(place, in -> ObjectGraphWire.attribute(in, nodes.indexOf(place)));
    }

    /** The attribute in which a string stands. */
    ObjectNode.Attribute attributeAround(int place) {
        return attribute(attributes.indexOf(place));
    }

    /** The string at a place. */
    byte[] textAt(int place) {
        return get(place, CodedInputStream::readByteArray);
    }

    /** Compares the string at a place with bytes, unsigned. */
    int compare(int place, byte[] other, int from, int to) {
        return get(place, in -> {
            int length = in.readRawVarint32();
            int start = in.getTotalBytesRead();
            return Arrays.compareUnsigned(bytes, start, start + length, other, from, to);
        });
    }

    /** Compares the strings at two places, unsigned. */
    int compare(int place, int otherPlace) {
        return get(otherPlace, in -> {
            int length = in.readRawVarint32();
            int start = in.getTotalBytesRead();
            return compare(place, bytes, start, start + length);
        });
    }

    private interface Decoder<T> {
        T decode(CodedInputStream in) throws IOException;
    }

    private <T> T get(int place, Decoder<T> decoder) {
        try {
            CodedInputStream in = CodedInputStream.newInstance(bytes);
            in.skipRawBytes(place);
            return decoder.decode(in);
        } catch (IOException e) {
            throw new AssertionError("what was decoded when the graph was read is decoded again", e);
        }
    }
}
