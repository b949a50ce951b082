package org.tfckpt.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.tfckpt.io.ByteSource;

/**
 * The bytes of a tensor of fixed width: elements in row-major order, nothing between them.
 *
 * <p>Reading does not check; {@link #check()} does, once. Safe from many threads.
 */
public interface TensorData {
    /**
     * The number of bytes.
     *
     * @return elements × width
     */
    long size();

    /**
     * The order of the bytes within a swap unit.
     *
     * @return the file's
     */
    ByteOrder order();

    /**
     * Compares the bytes with their checksum, the first time it is called.
     *
     * @throws IOException if they do not match, or cannot be read
     */
    void check() throws IOException;

    /**
     * A part as one buffer: a view where that is possible, else a copy. Nobody writes into it.
     *
     * @param offset the first byte
     * @param length the number of bytes
     * @return the bytes, in {@link #order()}
     * @throws IOException if they cannot be read
     */
    ByteBuffer read(long offset, int length) throws IOException;

    /**
     * All bytes as one buffer, after {@link #check()}.
     *
     * @return the bytes, in {@link #order()}
     * @throws IOException if they do not match their checksum, or cannot be read
     * @throws ArithmeticException if they pass what a buffer can hold
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
     * @param target takes as many bytes as it has left
     * @throws IOException if they cannot be read
     */
    void readInto(long offset, ByteBuffer target) throws IOException;

    /**
     * Walks all bytes in parts, each a multiple of 16 bytes but the last.
     *
     * @param consumer takes the parts
     * @throws IOException if they cannot be read, or the consumer threw it
     */
    void forEach(ByteSource.Consumer consumer) throws IOException;
}
