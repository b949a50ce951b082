package org.tfckpt.objects;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import org.tfckpt.tensor.TensorNames;

/**
 * Decodes the messages within an object graph, a TrackableObjectGraph. Unknown fields are passed over; names may be any
 * bytes, as the keys of a checkpoint may.
 *
 * <pre>
 * 1 nodes { 1 children { 1 node_id, 2 local_name } | 2 attributes { 1 name, 2 full_name, 3 checkpoint_key }
 *           3 slot_variables { 1 original_variable_node_id, 2 slot_name, 3 slot_variable_node_id }
 *           4 registered_saver { 1 name, 2 object_name } | 5 has_checkpoint_values { 1 value } }
 * </pre>
 */
final class ObjectGraphWire {
    static final int NODES = text(1);
    static final int CHILDREN = text(1);
    static final int ATTRIBUTES = text(2);
    static final int SLOT_VARIABLES = text(3);
    static final int REGISTERED_SAVER = text(4);
    static final int HAS_CHECKPOINT_VALUES = text(5);
    static final int FULL_NAME = text(2);
    static final int CHECKPOINT_KEY = text(3);

    private ObjectGraphWire() {}

    /** The tag of a string or a message. */
    private static int text(int number) {
        return number << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    }

    private static int number(int number) {
        return number << 3 | WireFormat.WIRETYPE_VARINT;
    }

    /** Takes the fields of a message one by one, and says which it did not read. */
    interface Fields {
        boolean read(CodedInputStream in, int tag) throws IOException;
    }

    /** Goes through the fields up to the end of the stream or of the message. */
    static void fields(CodedInputStream in, Fields fields) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (!fields.read(in, tag) && !in.skipField(tag)) {
                throw new InvalidProtocolBufferException("the end of a group that has not begun");
            }
        }
    }

    /** Goes through the fields of a message whose length comes next. */
    static void message(CodedInputStream in, Fields fields) throws IOException {
        int outer = in.pushLimit(in.readRawVarint32());
        fields(in, fields);
        in.popLimit(outer);
    }

    /** An edge as it is stored. */
    record Edge(String name, int node) {}

    static Edge edge(CodedInputStream in) throws IOException {
        int[] node = {0};
        String[] name = {""};
        message(in, (field, tag) -> readNumber(field, tag, node, 1) || readText(field, tag, name, 2));
        return new Edge(name[0], node[0]);
    }

    static ObjectNode.Slot slot(CodedInputStream in, int optimizer) throws IOException {
        int[] variable = {0};
        String[] name = {""};
        int[] node = {0};
        message(
                in,
                (field, tag) -> readNumber(field, tag, variable, 1)
                        || readText(field, tag, name, 2)
                        || readNumber(field, tag, node, 3));
        return new ObjectNode.Slot(optimizer, variable[0], name[0], node[0]);
    }

    static ObjectNode.Attribute attribute(CodedInputStream in, int node) throws IOException {
        String[] name = {""};
        String[] fullName = {""};
        String[] key = {""};
        message(
                in,
                (field, tag) -> readText(field, tag, name, 1)
                        || readText(field, tag, fullName, 2)
                        || readText(field, tag, key, 3));
        return new ObjectNode.Attribute(node, name[0], fullName[0], key[0]);
    }

    static ObjectNode.Saver saver(CodedInputStream in) throws IOException {
        String[] name = {""};
        String[] objectName = {""};
        message(in, (field, tag) -> readText(field, tag, name, 1) || readText(field, tag, objectName, 2));
        return new ObjectNode.Saver(name[0], objectName[0]);
    }

    static boolean hasValues(CodedInputStream in) throws IOException {
        int[] value = {0};
        message(in, (field, tag) -> readNumber(field, tag, value, 1));
        return value[0] != 0;
    }

    private static boolean readText(CodedInputStream in, int tag, String[] value, int number) throws IOException {
        if (tag != text(number)) {
            return false;
        }
        value[0] = TensorNames.decode(in.readByteArray());
        return true;
    }

    private static boolean readNumber(CodedInputStream in, int tag, int[] value, int number) throws IOException {
        if (tag != number(number)) {
            return false;
        }
        value[0] = in.readInt32();
        return true;
    }
}
