package org.tfckpt.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/** Elements of fixed width from a source of buffers, which has already checked them. */
public final class BufferData implements TensorData {
    private final Source source;
    private final int size;

    /** Supplies the bytes, from memory or by decoding them again. */
    @FunctionalInterface
    public interface Source {
        /** Returns all bytes, little-endian: the same ones every time. */
        ByteBuffer get() throws IOException;
    }

    /** Creates the elements; this calls the source once. */
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
        // The source has checked them.
    }

    @Override
    public ByteBuffer read(long offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, (long) size);
        return source.get().slice((int) offset, length).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void readInto(long offset, ByteBuffer target) throws IOException {
        target.put(read(offset, target.remaining()));
    }
}
