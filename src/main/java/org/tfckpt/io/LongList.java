package org.tfckpt.io;

import java.util.Arrays;

/** A growable list of {@code long}s without boxing. Not thread-safe. */
public final class LongList {
    private long[] values = {};
    private int size;

    public void add(long value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, Math.max(16, size + (size >> 1)));
        }
        values[size++] = value;
    }

    public int size() {
        return size;
    }

    public long get(int index) {
        return values[index];
    }

    public void sort() {
        Arrays.sort(values, 0, size);
    }

    /** Returns a copy of the values. */
    public long[] toArray() {
        return Arrays.copyOf(values, size);
    }
}
