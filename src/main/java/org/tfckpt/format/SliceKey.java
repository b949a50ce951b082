package org.tfckpt.format;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.tfckpt.io.MalformedBytesException;
import org.tfckpt.io.OrderedCode;
import org.tfckpt.tensor.TensorNames;
import org.tfckpt.tensor.TensorSlice;

/**
 * The key of one slice in a table, in TensorFlow's OrderedCode (tensorflow/core/lib/strings/ordered_code.h).
 *
 * <pre>
 * unsigned 0 | string name | unsigned rank | per dimension: signed start, signed length (0, -1: all of it)
 * </pre>
 *
 * @param name the name of the whole tensor
 * @param slice the slice
 */
public record SliceKey(String name, TensorSlice slice) {
    /** Returns the bytes of this key. */
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

    /** Decodes the bytes of a key; returns null if it is not the key of a slice. */
    public static @Nullable SliceKey decode(byte[] key) {
        ByteBuffer in = ByteBuffer.wrap(key);
        try {
            if (OrderedCode.readUnsigned(in) != 0) {
                return null;
            }
            String name = TensorNames.decode(OrderedCode.readString(in));
            long rank = OrderedCode.readUnsigned(in);
            // A dimension takes at least two bytes.
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
