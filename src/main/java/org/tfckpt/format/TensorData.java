package org.tfckpt.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.tfckpt.io.ByteSource;

/**
 * The bytes of a tensor of fixed width: its elements in row-major order, without gaps.
 *
 * <p>Reading does not compare the checksum; {@link #check()} does, once. Thread-safe.
 */
public interface TensorData {
    /** The size of a part of {@link #forEach} in bytes. */
    int PART = 1 << 20;

    /** Returns the number of bytes. */
    long size();

    /** Returns the byte order of the values, that of the file. */
    ByteOrder order();

    /** Compares the bytes with their checksum; throws if they do not match. Later calls do nothing. */
    void check() throws IOException;

    /**
     * Returns a part as one buffer in {@link #order()}: a view where possible, otherwise a copy. The buffer must not be
     * written to.
     */
    ByteBuffer read(long offset, int length) throws IOException;

    /**
     * Checks the bytes and returns all of them as one buffer in {@link #order()}. Throws {@link ArithmeticException} if
     * they do not fit a buffer.
     */
    default ByteBuffer readChecked() throws IOException {
        int length = Math.toIntExact(size());
        check();
        return read(0, length);
    }

    /** Copies a part into a buffer; its remaining space is the length of the part. */
    void readInto(long offset, ByteBuffer target) throws IOException;

    /**
     * Copies {@code count} runs of {@code length} bytes, whose first bytes are at equal distances, one after the other
     * to the beginning of an array.
     */
    default void readRuns(long offset, long distance, int length, int count, byte[] target) throws IOException {
        for (int i = 0; i < count; i++) {
            readInto(offset + i * distance, ByteBuffer.wrap(target, i * length, length));
        }
    }

    /** Passes all bytes to a consumer in parts; each but the last is a multiple of 16 bytes. */
    default void forEach(ByteSource.Consumer consumer) throws IOException {
        for (long done = 0; done < size(); done += PART) {
            consumer.accept(read(done, (int) Math.min(PART, size() - done)));
        }
    }

    /**
     * Passes all bytes to a consumer as {@link #forEach} does, and compares them with their checksum. If possible they
     * are read once; an exception for damaged bytes then follows the last part.
     */
    default void forEachChecked(ByteSource.Consumer consumer) throws IOException {
        check();
        forEach(consumer);
    }
}
