package org.tfckpt.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import org.tfckpt.io.ByteSource;
import org.tfckpt.tensor.DataLossException;

/** A tensor whose bytes are a range of a file. */
public final class RangeData implements TensorData {
    private final ByteSource source;
    private final long offset;
    private final long size;
    private final ByteOrder order;
    private final String tensor;
    private final Check check;

    /** Compares a tensor with its checksum. */
    @FunctionalInterface
    public interface Check {
        /** Does nothing: for formats without checksums. */
        Check NONE = () -> {};

        /** Compares the bytes with their checksum, unless an earlier call did; throws if they do not match. */
        void run() throws IOException;
    }

    /** Creates the data of a tensor, and checks that its range is in the file. */
    public RangeData(ByteSource source, long offset, long size, ByteOrder order, String tensor, Check check)
            throws IOException {
        this.source = source;
        this.offset = offset;
        this.size = size;
        this.order = order;
        this.tensor = tensor;
        this.check = check;
        try {
            source.requireRange(offset, size);
        } catch (DataLossException e) {
            throw ofTensor(e);
        }
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public ByteOrder order() {
        return order;
    }

    @Override
    public void check() throws IOException {
        check.run();
    }

    @Override
    public ByteBuffer read(long from, int length) throws IOException {
        Objects.checkFromIndexSize(from, length, size);
        try {
            return source.read(offset + from, length).order(order);
        } catch (DataLossException e) {
            throw ofTensor(e);
        }
    }

    @Override
    public void readInto(long from, ByteBuffer target) throws IOException {
        Objects.checkFromIndexSize(from, target.remaining(), size);
        try {
            source.readInto(offset + from, target);
        } catch (DataLossException e) {
            throw ofTensor(e);
        }
    }

    @Override
    public void readRuns(long from, long distance, int length, int count, byte[] target) throws IOException {
        if (count > 0) {
            Objects.checkFromIndexSize(from, (count - 1) * distance + length, size);
        }
        try {
            source.readRuns(offset + from, distance, length, count, target);
        } catch (DataLossException e) {
            throw ofTensor(e);
        }
    }

    private DataLossException ofTensor(DataLossException damage) {
        return damage.context().tensor() != null
                ? damage
                : new DataLossException(
                        damage.kind(), damage.problem(), damage.context().ofTensor(tensor), damage);
    }
}
