package org.tfckpt.format;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.tfckpt.tensor.ErrorContext;

/** Messages of variants one behind the other in a buffer, each decoded when it is asked for. */
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

    /** Collects the places of messages. */
    public static final class Builder {
        private final ByteBuffer bytes;
        private final String name;
        private final ErrorContext place;
        private int[] ranges = new int[2];
        private int count;

        /**
         * No messages yet.
         *
         * @param bytes holds the messages from its position on
         * @param name the tensor's
         * @param place for exceptions
         */
        public Builder(ByteBuffer bytes, String name, ErrorContext place) {
            this.bytes = bytes.slice();
            this.name = name;
            this.place = place;
        }

        /**
         * One more message, which was checked.
         *
         * @param start its first byte
         * @param length its bytes
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
         * How many there are.
         *
         * @return the number so far
         */
        public int count() {
            return count / 2;
        }

        /**
         * The messages.
         *
         * @param length how many bytes of the buffer are theirs
         * @return all that were added
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
