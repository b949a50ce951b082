package org.tfckpt.format;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.tfckpt.io.LongList;
import org.tfckpt.tensor.ErrorContext;

/** The variants of a stored tensor, as messages in one buffer that are decoded on demand. */
public final class VariantList implements VariantData {
    private final ByteBuffer bytes;
    private final LongList ranges;
    private final String name;
    private final ErrorContext place;

    private VariantList(ByteBuffer bytes, LongList ranges, String name, ErrorContext place) {
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
        /** The offset of each message in the upper half, its length in the lower one. */
        private final LongList ranges = new LongList();

        /** Creates a builder without messages, which are in a buffer from its position on. */
        public Builder(ByteBuffer bytes, String name, ErrorContext place) {
            this.bytes = bytes.slice();
            this.name = name;
            this.place = place;
        }

        /** Adds a message that was checked, by its offset and length. */
        public void add(int start, int length) {
            ranges.add((long) start << Integer.SIZE | length);
        }

        /** Returns the number of messages added so far. */
        public int count() {
            return ranges.size();
        }

        /** Builds the list of the messages; the first {@code length} bytes of the buffer belong to the tensor. */
        public VariantList build(int length) {
            return new VariantList(bytes.slice(0, length), ranges, name, place);
        }
    }

    @Override
    public int count() {
        return ranges.size();
    }

    @Override
    public VariantMessage get(int index) {
        ByteBuffer message = bytes.slice((int) (ranges.get(index) >> Integer.SIZE), (int) ranges.get(index));
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
