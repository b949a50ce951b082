package org.tfckpt.format.bundle;

import java.nio.IntBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The offsets of consecutive strings, of four bytes each unless the last one needs eight. Not thread-safe. */
final class StringOffsets {
    private int[] offsets;
    /** Replaces {@code offsets} once an offset does not fit an {@code int}. */
    private long @Nullable [] wide;

    private int count;

    StringOffsets(int capacity) {
        offsets = new int[capacity + 1];
    }

    void add(long length) {
        long end = get(count) + length;
        count++;
        if (wide == null && end > Integer.MAX_VALUE) {
            wide = Arrays.stream(offsets).asLongStream().toArray();
            offsets = new int[0];
        }
        if (wide == null) {
            offsets[count] = (int) end;
        } else {
            wide[count] = end;
        }
    }

    int count() {
        return count;
    }

    /** Returns the offset of a string, or the end of the last one. */
    long get(int index) {
        return wide == null ? offsets[index] : wide[index];
    }

    /** Returns the offsets of strings relative to the first of them, and the end of the last one. */
    IntBuffer range(int first, int size) {
        if (first == 0 && wide == null) {
            return IntBuffer.wrap(offsets, 0, size + 1);
        }
        IntBuffer range = IntBuffer.allocate(size + 1);
        for (int i = 0; i <= size; i++) {
            range.put(i, (int) (get(first + i) - get(first)));
        }
        return range;
    }
}
