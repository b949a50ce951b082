package org.tfckpt.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.tfckpt.io.LongList;
import org.tfckpt.proto.VariantTensorDataProto;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.TensorNames;

/**
 * One element of a variant tensor, a VariantTensorDataProto: the type name of a C++ object, its metadata, and the
 * tensors inside it, which are decoded on demand.
 */
public final class VariantMessage {
    private static final int TYPE_NAME = MessageFields.lengthDelimited(VariantTensorDataProto.TYPE_NAME_FIELD_NUMBER);
    private static final int METADATA = MessageFields.lengthDelimited(VariantTensorDataProto.METADATA_FIELD_NUMBER);
    static final int TENSORS = MessageFields.lengthDelimited(VariantTensorDataProto.TENSORS_FIELD_NUMBER);

    private final String typeName;
    private final ByteBuffer metadata;
    private final ByteBuffer message;
    /** The end of each message in the upper half, its length in the lower one. */
    private final LongList tensors;

    private final String name;
    private final ErrorContext place;

    private VariantMessage(
            String typeName,
            ByteBuffer metadata,
            ByteBuffer message,
            LongList tensors,
            String name,
            ErrorContext place) {
        this.typeName = typeName;
        this.metadata = metadata;
        this.message = message;
        this.tensors = tensors;
        this.name = name;
        this.place = place;
    }

    /** Decodes a message that was checked. */
    static VariantMessage read(ByteBuffer message, String name, ErrorContext place) throws IOException {
        String typeName = "";
        ByteBuffer metadata = ByteBuffer.allocate(0);
        LongList tensors = new LongList();
        MessageFields in = new MessageFields(message);
        for (int tag = in.next(); tag != 0; tag = in.next()) {
            if (tag == TYPE_NAME) {
                typeName = TensorNames.decode(in.copyBytes());
            } else if (tag == METADATA) {
                metadata = in.bytes();
            } else if (tag == TENSORS) {
                int length = in.skipBytes();
                tensors.add((long) in.position() << Integer.SIZE | length);
            } else {
                in.skip();
            }
        }
        return new VariantMessage(typeName, metadata, message.slice(), tensors, name, place);
    }

    /** Returns the name of the C++ type, for example {@code tensorflow::TensorList}. */
    public String typeName() {
        return typeName;
    }

    /** Returns a copy of the metadata of the object. */
    public byte[] metadata() {
        return MessageFields.copy(metadata);
    }

    /** Returns the number of tensors inside. */
    public int tensorCount() {
        return tensors.size();
    }

    /** Returns the message of a tensor inside, a TensorProto. */
    public ByteBuffer tensor(int index) {
        int length = (int) tensors.get(index);
        return message.slice((int) (tensors.get(index) >> Integer.SIZE) - length, length);
    }

    /** Returns the encoded message, read-only. */
    public ByteBuffer message() {
        return message.asReadOnlyBuffer();
    }

    /** Returns the name of this element in messages: the name of the tensor and the index of the element. */
    public String name() {
        return name;
    }

    /** Returns the file and the tensor, the context of exceptions. */
    public ErrorContext place() {
        return place;
    }
}
