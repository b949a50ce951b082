package org.tfckpt.objects;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.tfckpt.tensor.TensorNames;

/**
 * Writes an object graph anew with other keys. Everything else stays, also fields that nobody here knows: messages are
 * taken apart only as far as it needs.
 */
final class ObjectGraphKeys {
    private static final int NODES = 1;
    private static final int CHILDREN = 1;
    private static final int CHILD_NODE = 1;
    private static final int ATTRIBUTES = 2;
    private static final int KEY = 3;
    private static final int SLOTS = 3;
    private static final int SLOT_NODE = 3;
    private static final int SAVER = 4;
    private static final int HAS_VALUES = 5;
    private static final int VALUE = 1;

    private final Function<String, Optional<String>> keys;
    private final List<UnknownFieldSet> nodes = new ArrayList<>();
    /** Nodes that had values and have none any more. */
    private final BitSet emptied = new BitSet();

    private ObjectGraphKeys(Function<String, Optional<String>> keys) {
        this.keys = keys;
    }

    static byte[] rewritten(byte[] graph, Function<String, Optional<String>> keys) {
        try {
            return new ObjectGraphKeys(keys).run(graph);
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError("what was read once is read again", e);
        }
    }

    private byte[] run(byte[] graph) throws InvalidProtocolBufferException {
        UnknownFieldSet whole = UnknownFieldSet.parseFrom(graph);
        for (ByteString node : messages(whole, NODES)) {
            nodes.add(withKeys(UnknownFieldSet.parseFrom(node), nodes.size()));
        }
        for (int id = 0; id < nodes.size(); id++) {
            nodes.set(id, withoutEmptiedSlots(nodes.get(id)));
        }
        BitSet having = having();
        UnknownFieldSet.Field.Builder written = UnknownFieldSet.Field.newBuilder();
        for (int id = 0; id < nodes.size(); id++) {
            written.addLengthDelimited(
                    withHasValues(nodes.get(id), having.get(id)).toByteString());
        }
        return whole.toBuilder().addField(NODES, written.build()).build().toByteArray();
    }

    private static List<ByteString> messages(UnknownFieldSet message, int field) {
        return message.getField(field).getLengthDelimitedList();
    }

    /** The last one counts, as in every protobuf. */
    private static int number(UnknownFieldSet message, int field) {
        List<Long> values = message.getField(field).getVarintList();
        return values.isEmpty() ? 0 : values.get(values.size() - 1).intValue();
    }

    private UnknownFieldSet withKeys(UnknownFieldSet node, int id) throws InvalidProtocolBufferException {
        List<ByteString> attributes = messages(node, ATTRIBUTES);
        UnknownFieldSet.Field.Builder kept = UnknownFieldSet.Field.newBuilder();
        for (ByteString bytes : attributes) {
            UnknownFieldSet attribute = UnknownFieldSet.parseFrom(bytes);
            List<ByteString> key = messages(attribute, KEY);
            String old = key.isEmpty()
                    ? ""
                    : TensorNames.decode(key.get(key.size() - 1).toByteArray());
            Optional<String> other = keys.apply(old);
            if (other.isPresent()) {
                kept.addLengthDelimited(
                        other.get().equals(old)
                                ? bytes
                                : with(attribute, KEY, TensorNames.encode(other.get()))
                                        .toByteString());
            }
        }
        UnknownFieldSet.Field left = kept.build();
        if (!attributes.isEmpty() && left.getLengthDelimitedList().isEmpty()) {
            emptied.set(id);
        }
        return replace(node, ATTRIBUTES, left);
    }

    /** An optimizer has no slot where there is no value for it. */
    private UnknownFieldSet withoutEmptiedSlots(UnknownFieldSet node) throws InvalidProtocolBufferException {
        UnknownFieldSet.Field.Builder kept = UnknownFieldSet.Field.newBuilder();
        for (ByteString slot : messages(node, SLOTS)) {
            if (!emptied.get(number(UnknownFieldSet.parseFrom(slot), SLOT_NODE))) {
                kept.addLengthDelimited(slot);
            }
        }
        return replace(node, SLOTS, kept.build());
    }

    /** Nodes that have something to restore, and all that lead to such a node: TensorFlow's rule. */
    private BitSet having() throws InvalidProtocolBufferException {
        List<List<Integer>> parents = new ArrayList<>();
        nodes.forEach(node -> parents.add(new ArrayList<>(1)));
        BitSet having = new BitSet();
        List<Integer> open = new ArrayList<>();
        for (int id = 0; id < nodes.size(); id++) {
            UnknownFieldSet node = nodes.get(id);
            for (ByteString child : messages(node, CHILDREN)) {
                parents.get(number(UnknownFieldSet.parseFrom(child), CHILD_NODE))
                        .add(id);
            }
            if (node.hasField(ATTRIBUTES) || node.hasField(SLOTS) || node.hasField(SAVER)) {
                having.set(id);
                open.add(id);
            }
        }
        while (!open.isEmpty()) {
            for (int parent : parents.get(open.remove(open.size() - 1))) {
                if (!having.get(parent)) {
                    having.set(parent);
                    open.add(parent);
                }
            }
        }
        return having;
    }

    /** Only where the writer said it: older releases of TensorFlow do not. */
    private static UnknownFieldSet withHasValues(UnknownFieldSet node, boolean has) {
        if (!node.hasField(HAS_VALUES)) {
            return node;
        }
        UnknownFieldSet.Builder value = UnknownFieldSet.newBuilder();
        if (has) {
            value.mergeVarintField(VALUE, 1);
        }
        return with(node, HAS_VALUES, value.build().toByteArray());
    }

    private static UnknownFieldSet with(UnknownFieldSet message, int field, byte[] value) {
        return replace(
                message,
                field,
                UnknownFieldSet.Field.newBuilder()
                        .addLengthDelimited(ByteString.copyFrom(value))
                        .build());
    }

    private static UnknownFieldSet replace(UnknownFieldSet message, int field, UnknownFieldSet.Field value) {
        UnknownFieldSet.Builder builder = message.toBuilder();
        return value.getLengthDelimitedList().isEmpty()
                ? builder.clearField(field).build()
                : builder.addField(field, value).build();
    }
}
