package org.tfckpt.io;

import java.util.Arrays;

/** A growable list of {@code long}s without boxing. Not thread-safe. */
public final class LongList {
    private long[] values = {};
    private int size;

    /** Creates an empty list. */
    public LongList() {}

    /**
     * Appends a value.
     *
     * @param value the value
     */
    public void add(long value) {
        if (size == values.length) {
            values = Arrays.copyOf(values, Math.max(16, size + (size >> 1)));
        }
        values[size++] = value;
    }

    /**
     * Returns the number of values.
     *
     * @return the size
     */
    public int size() {
        return size;
    }

    /**
     * Returns a value.
     *
     * @param index its index, below {@link #size}
     * @return the value
     */
    public long get(int index) {
        return values[index];
    }

    /** Sorts the values in ascending order, in place. */
    public void sort() {
        Arrays.sort(values, 0, size);
    }

    /**
     * Copies the values.
     *
     * @return a new array of {@link #size} values
     */
    public long[] toArray() {
        return Arrays.copyOf(values, size);
    }
}
