package org.tfckpt.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.tfckpt.io.ByteSource;

/** Elements of fixed width that are in memory, or can be had again at any time; whoever gives them has checked them. */
public final class BufferData implements TensorData {
    private final Source source;
    private final int size;

    /** Where the bytes come from. */
    @FunctionalInterface
    public interface Source {
        /**
         * All bytes, little-endian.
         *
         * @return as many as there were the first time
         * @throws IOException if they cannot be had
         */
        ByteBuffer get() throws IOException;
    }

    /**
     * Elements.
     *
     * @param source gives all of them
     * @throws IOException if it does not now
     */
    public BufferData(Source source) throws IOException {
        this.source = source;
        this.size = source.get().remaining();
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public ByteOrder order() {
        return ByteOrder.LITTLE_ENDIAN;
    }

    @Override
    public void check() {
        // Done by whoever gave the bytes.
    }

    @Override
    public ByteBuffer read(long offset, int length) throws IOException {
        if (offset < 0 || length < 0 || offset > size - length) {
            throw new IndexOutOfBoundsException("bytes " + offset + " to " + (offset + length) + " of " + size);
        }
        return source.get().slice((int) offset, length).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void readInto(long offset, ByteBuffer target) throws IOException {
        target.put(read(offset, target.remaining()));
    }

    @Override
    public void forEach(ByteSource.Consumer consumer) throws IOException {
        if (size > 0) {
            consumer.accept(read(0, size));
        }
    }
}
