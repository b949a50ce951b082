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

    /**
     * Returns the number of bytes.
     *
     * @return elements × width
     */
    long size();

    /**
     * Returns the byte order of the values.
     *
     * @return the byte order of the file
     */
    ByteOrder order();

    /**
     * Compares the bytes with their checksum. Later calls do nothing.
     *
     * @throws IOException if they do not match, or cannot be read
     */
    void check() throws IOException;

    /**
     * Returns a part as one buffer: a view where possible, otherwise a copy. The buffer must not be written to.
     *
     * @param offset the first byte
     * @param length the number of bytes
     * @return the bytes, in {@link #order()}
     * @throws IOException if they cannot be read
     */
    ByteBuffer read(long offset, int length) throws IOException;

    /**
     * Checks the bytes and returns all of them as one buffer.
     *
     * @return the bytes, in {@link #order()}
     * @throws IOException if they do not match their checksum, or cannot be read
     * @throws ArithmeticException if they do not fit a buffer
     */
    default ByteBuffer readChecked() throws IOException {
        int length = Math.toIntExact(size());
        check();
        return read(0, length);
    }

    /**
     * Copies a part into a buffer.
     *
     * @param offset the first byte
     * @param target the buffer to fill; its remaining space is the length of the part
     * @throws IOException if they cannot be read
     */
    void readInto(long offset, ByteBuffer target) throws IOException;

    /**
     * Copies runs of bytes that are at equal distances, one after the other.
     *
     * @param offset the first byte of the first run
     * @param distance the distance of the first bytes of two runs
     * @param length the number of bytes of a run
     * @param count the number of runs
     * @param target is filled from its beginning
     * @throws IOException if they cannot be read
     */
    default void readRuns(long offset, long distance, int length, int count, byte[] target) throws IOException {
        for (int i = 0; i < count; i++) {
            readInto(offset + i * distance, ByteBuffer.wrap(target, i * length, length));
        }
    }

    /**
     * Passes all bytes to a consumer in parts; each but the last is a multiple of 16 bytes.
     *
     * @param consumer receives the parts
     * @throws IOException if they cannot be read, or the consumer throws it
     */
    default void forEach(ByteSource.Consumer consumer) throws IOException {
        for (long done = 0; done < size(); done += PART) {
            consumer.accept(read(done, (int) Math.min(PART, size() - done)));
        }
    }

    /**
     * Passes all bytes to a consumer as {@link #forEach} does, and compares them with their checksum. If possible they are
     * read once; an exception for damaged bytes then follows the last part.
     *
     * @param consumer receives the parts
     * @throws IOException if the bytes do not match their checksum or cannot be read, or the consumer throws it
     */
    default void forEachChecked(ByteSource.Consumer consumer) throws IOException {
        check();
        forEach(consumer);
    }
}
