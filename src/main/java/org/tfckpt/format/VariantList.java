package org.tfckpt.format;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.tfckpt.tensor.ErrorContext;

/** The variants of a stored tensor, as messages in one buffer that are decoded on demand. */
public final class VariantList implements VariantData {
    private final ByteBuffer bytes;
    private final int[] ranges;
    private final String name;
    private final ErrorContext place;

    private VariantList(ByteBuffer bytes, int[] ranges, String name, ErrorContext place) {
        this.bytes = bytes;
        this.ranges = ranges;
        this.name = name;
        this.place = place;
    }

    /** Collects the positions of the messages. */
    public static final class Builder {
        private final ByteBuffer bytes;
        private final String name;
        private final ErrorContext place;
        private int[] ranges = new int[2];
        private int count;

        /**
         * Creates a builder without messages.
         *
         * @param bytes contains the messages, from its position on
         * @param name the name of the tensor
         * @param place the context of exceptions
         */
        public Builder(ByteBuffer bytes, String name, ErrorContext place) {
            this.bytes = bytes.slice();
            this.name = name;
            this.place = place;
        }

        /**
         * Adds a message that was checked.
         *
         * @param start the offset of its first byte
         * @param length its length in bytes
         */
        public void add(int start, int length) {
            if (count == ranges.length) {
                ranges = Arrays.copyOf(ranges, 2 * count);
            }
            ranges[count] = start;
            ranges[count + 1] = length;
            count += 2;
        }

        /**
         * Returns the number of messages.
         *
         * @return the number of messages added so far
         */
        public int count() {
            return count / 2;
        }

        /**
         * Builds the list.
         *
         * @param length the number of bytes of the buffer that belong to the tensor
         * @return the messages that were added
         */
        public VariantList build(int length) {
            return new VariantList(bytes.slice(0, length), Arrays.copyOf(ranges, count), name, place);
        }
    }

    @Override
    public int count() {
        return ranges.length / 2;
    }

    @Override
    public VariantMessage get(int index) {
        ByteBuffer message = bytes.slice(ranges[2 * index], ranges[2 * index + 1]);
        try {
            return VariantMessage.read(message, name + "[" + index + "]", place);
        } catch (IOException e) {
            throw new UncheckedIOException("the file has changed since it was checked", e);
        }
    }

    @Override
    public ByteBuffer stored() {
        return bytes.asReadOnlyBuffer();
    }
}
