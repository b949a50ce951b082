package org.tfckpt.format;

import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.Arrays;
import org.tfckpt.tensor.StringVector;

/** Copies strings into one buffer. Not thread-safe. */
public final class StringVectorBuilder {
    private static final int MAX_ARRAY = Integer.MAX_VALUE - 8;

    private byte[] data;
    private int[] offsets = new int[16];
    private int count;

    /** Creates a builder for an expected number of bytes. */
    public StringVectorBuilder(int bytes) {
        data = new byte[bytes];
    }

    /**
     * Appends a string of {@code length} bytes. Throws {@link ArithmeticException} if all bytes do not fit an array.
     */
    public void add(ByteBuffer source, int start, int length) {
        int end = byteSize();
        reserve(length, 1);
        source.get(start, data, end, length);
        offsets[++count] = end + length;
    }

    /** Appends strings. Throws {@link ArithmeticException} if all bytes do not fit an array. */
    public void addAll(StringVector strings) {
        int end = byteSize();
        ByteBuffer bytes = strings.data();
        IntBuffer added = strings.offsets();
        reserve(bytes.limit(), strings.size());
        bytes.get(data, end, bytes.limit());
        for (int i = 1; i < added.limit(); i++) {
            offsets[++count] = end + added.get(i);
        }
    }

    private void reserve(int bytes, int strings) {
        data = data.length >= byteSize() + (long) bytes ? data : Arrays.copyOf(data, grown(byteSize(), bytes));
        offsets = offsets.length > count + strings ? offsets : Arrays.copyOf(offsets, grown(count + 1, strings));
    }

    private static int grown(int used, int more) {
        if (more > MAX_ARRAY - used) {
            throw new ArithmeticException("an array of " + ((long) used + more) + " elements");
        }
        return (int) Math.min(MAX_ARRAY, Math.max(used + more, used + (used >> 1) + 16L));
    }

    /** Returns the number of bytes of the strings added so far. */
    public int byteSize() {
        return offsets[count];
    }

    /** Returns the strings. The builder must not be used afterwards. */
    public StringVector build() {
        return StringVector.of(ByteBuffer.wrap(data, 0, byteSize()), IntBuffer.wrap(offsets, 0, count + 1));
    }
}
