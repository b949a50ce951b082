package org.tfckpt.format;

import java.io.IOException;
import org.tfckpt.tensor.StringVector;

/** The elements of a string tensor, in row-major order. Thread-safe. */
public interface StringData extends StringSource {
    /** Returns the number of elements: the product of the dimensions. */
    int count();

    /**
     * Returns an upper bound of the length of an element, without reading it: the length, unless the format does not
     * store it.
     */
    long maxLength(int index);

    /**
     * Returns consecutive elements: a view where possible, otherwise a copy. Throws {@link ArithmeticException} if they
     * do not fit a buffer.
     */
    StringVector read(int first, int count) throws IOException;

    /** Compares all bytes with their checksum; throws if they do not match. Later calls do nothing. */
    void check() throws IOException;

    /** Returns as many elements as take at most {@link #PART} bytes with their offsets, but at least one. */
    default StringVector part(int first) throws IOException {
        int end = first + 1;
        for (long size = space(first); end < count() && (size += space(end)) <= PART; ) {
            end++;
        }
        return read(first, end - first);
    }

    private long space(int index) {
        return maxLength(index) + Integer.BYTES;
    }

    @Override
    default void forEach(Consumer consumer) throws IOException {
        int next = 0;
        while (next < count()) {
            StringVector part = part(next);
            consumer.accept(part);
            next += part.size();
        }
    }
}
