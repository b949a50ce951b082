package org.tfckpt.format;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.tfckpt.io.MalformedBytesException;
import org.tfckpt.io.OrderedCode;
import org.tfckpt.tensor.TensorNames;
import org.tfckpt.tensor.TensorSlice;

/**
 * The key of one slice in a table, in ordered code.
 *
 * <pre>
 * unsigned 0 | string name | unsigned rank | per dimension: signed start, signed length (0, -1: all of it)
 * </pre>
 *
 * @param name the name of the whole tensor
 * @param slice the part
 */
public record SliceKey(String name, TensorSlice slice) {
    /**
     * The key's bytes.
     *
     * @return as they stand in the table
     */
    public byte[] encode() {
        ByteArrayOutputStream key = new ByteArrayOutputStream();
        OrderedCode.writeUnsigned(key, 0);
        OrderedCode.writeString(key, TensorNames.encode(name));
        OrderedCode.writeUnsigned(key, slice.rank());
        for (int axis = 0; axis < slice.rank(); axis++) {
            OrderedCode.writeSigned(key, slice.start(axis));
            OrderedCode.writeSigned(key, slice.length(axis));
        }
        return key.toByteArray();
    }

    /**
     * Reads a key.
     *
     * @param key the bytes
     * @return null if they are not the key of a slice
     */
    public static @Nullable SliceKey decode(byte[] key) {
        ByteBuffer in = ByteBuffer.wrap(key);
        try {
            if (OrderedCode.readUnsigned(in) != 0) {
                return null;
            }
            String name = TensorNames.decode(OrderedCode.readString(in));
            long rank = OrderedCode.readUnsigned(in);
            // Two bytes a dimension is the least.
            if (rank < 0 || rank > in.remaining() / 2) {
                return null;
            }
            long[] starts = new long[(int) rank];
            long[] lengths = new long[(int) rank];
            for (int axis = 0; axis < rank; axis++) {
                starts[axis] = OrderedCode.readSigned(in);
                lengths[axis] = Math.max(TensorSlice.FULL, OrderedCode.readSigned(in));
            }
            return in.hasRemaining() ? null : new SliceKey(name, TensorSlice.ofExtents(starts, lengths));
        } catch (MalformedBytesException notASliceKey) {
            return null;
        }
    }
}
