package org.tfckpt.format.v1;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.tfckpt.format.MessageFields;
import org.tfckpt.format.ProtoShapes;
import org.tfckpt.format.SliceKey;
import org.tfckpt.proto.SavedTensorSlices;
import org.tfckpt.proto.TensorSliceProto;
import org.tfckpt.tensor.TensorNames;
import org.tfckpt.tensor.TensorSlice;

/**
 * The record of one slice: the {@code data} of a SavedTensorSlices. It is walked instead of parsed, so that the values
 * are not copied.
 *
 * @param key the tensor's name and the slice, which the record's own key also contains
 * @param values the TensorProto, which has no fields but the values
 */
record SavedSlice(SliceKey key, ByteBuffer values) {
    private static final int DATA = MessageFields.lengthDelimited(SavedTensorSlices.DATA_FIELD_NUMBER);
    private static final int NAME = MessageFields.lengthDelimited(org.tfckpt.proto.SavedSlice.NAME_FIELD_NUMBER);
    private static final int SLICE = MessageFields.lengthDelimited(org.tfckpt.proto.SavedSlice.SLICE_FIELD_NUMBER);
    private static final int VALUES = MessageFields.lengthDelimited(org.tfckpt.proto.SavedSlice.DATA_FIELD_NUMBER);

    static SavedSlice read(ByteBuffer record) throws IOException {
        MessageFields in = new MessageFields(record);
        SavedSlice data = null;
        for (int tag = in.next(); tag != 0; tag = in.next()) {
            if (tag == DATA) {
                int outer = in.enter();
                data = readData(in);
                in.leave(outer);
            } else {
                in.skip();
            }
        }
        if (data == null) {
            throw new InvalidProtocolBufferException("no data");
        }
        return data;
    }

    private static SavedSlice readData(MessageFields in) throws IOException {
        String name = "";
        TensorSlice slice = TensorSlice.full(0);
        ByteBuffer values = ByteBuffer.allocate(0);
        for (int tag = in.next(); tag != 0; tag = in.next()) {
            if (tag == NAME) {
                name = TensorNames.decode(in.copyBytes());
            } else if (tag == SLICE) {
                slice = ProtoShapes.slice(in.parse(TensorSliceProto.parser()));
            } else if (tag == VALUES) {
                values = in.bytes();
            } else {
                in.skip();
            }
        }
        return new SavedSlice(new SliceKey(name, slice), values);
    }
}
