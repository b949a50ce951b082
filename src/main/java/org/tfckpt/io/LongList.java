package org.tfckpt.io;

import java.util.Arrays;

/** A growable list of {@code long}s without boxing. Not thread-safe. */
final class LongList {
    private long[] values = {};
    private int size;

    void add(long value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, Math.max(16, size + (size >> 1)));
        }
        values[size++] = value;
    }

    int size() {
        return size;
    }

    long get(int index) {
        return values[index];
    }

    void sort() {
        Arrays.sort(values, 0, size);
    }
}
