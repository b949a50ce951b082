package org.tfckpt.graph;

import java.util.Arrays;

/** Numbers, as many as come. */
final class LongList {
    private long[] numbers = new long[4];
    private int size;

    void add(long number) {
        if (size == numbers.length) {
            numbers = Arrays.copyOf(numbers, 2 * size);
        }
        numbers[size++] = number;
    }

    int size() {
        return size;
    }

    long get(int index) {
        return numbers[index];
    }

    long[] toArray() {
        return Arrays.copyOf(numbers, size);
    }
}
