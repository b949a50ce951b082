package org.tfckpt.format.v1;

import java.nio.ByteBuffer;
import org.tfckpt.format.SliceKey;
import org.tfckpt.format.WireReader;
import org.tfckpt.format.WireShapes;
import org.tfckpt.io.MalformedBytesException;
import org.tfckpt.tensor.TensorSlice;

/**
 * The record of one slice, the {@code data} of a SavedTensorSlices.
 *
 * <pre>
 * 2 data { 1 name | 2 slice | 3 data: a TensorProto with nothing but values }
 * </pre>
 *
 * @param key the tensor's name and the slice, which the record's own key says, too
 * @param values the TensorProto
 */
record SavedSlice(SliceKey key, ByteBuffer values) {
    private static final int DATA = 2 << 3 | WireReader.BYTES;
    private static final int NAME = 1 << 3 | WireReader.BYTES;
    private static final int SLICE = 2 << 3 | WireReader.BYTES;
    private static final int VALUES = 3 << 3 | WireReader.BYTES;

    static SavedSlice read(ByteBuffer record) throws MalformedBytesException {
        WireReader in = new WireReader(record);
        ByteBuffer data = null;
        for (int tag = in.next(); tag != 0; tag = in.next()) {
            if (tag == DATA) {
                data = in.bytes();
            } else {
                in.skip();
            }
        }
        if (data == null) {
            throw new MalformedBytesException("no data");
        }
        return readData(new WireReader(data));
    }

    private static SavedSlice readData(WireReader in) throws MalformedBytesException {
        String name = "";
        TensorSlice slice = TensorSlice.full(0);
        ByteBuffer values = ByteBuffer.allocate(0);
        for (int tag = in.next(); tag != 0; tag = in.next()) {
            switch (tag) {
                case NAME -> name = SliceMeta.name(in.bytes());
                case SLICE -> slice = WireShapes.slice(in);
                case VALUES -> values = in.bytes();
                default -> in.skip();
            }
        }
        return new SavedSlice(new SliceKey(name, slice), values);
    }
}
