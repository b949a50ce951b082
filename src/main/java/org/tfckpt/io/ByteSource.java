package org.tfckpt.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.tfckpt.storage.StorageFile;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;

/**
 * Random access to the bytes of a file. Thread-safe.
 *
 * <p>Returned buffers are little-endian with position 0 and the requested length as the limit, and must not be written
 * to. They stay readable after {@link #close}, except with {@link FileAccess#MAPPED_UNTIL_CLOSE}; all methods then
 * throw {@link IllegalStateException}. A range that
 * exceeds the current end of the file causes a {@link DataLossException} with file and offset. Not more than a few
 * kilobytes are allocated before that check.
 */
public abstract class ByteSource implements StorageFile {
    private final String name;
    private volatile boolean closed;

    ByteSource(String name) {
        this.name = name;
    }

    /** Receives the bytes of a range in consecutive parts. */
    @FunctionalInterface
    public interface Consumer {
        /**
         * Called for each part, in order.
         *
         * @param part the bytes; valid only during the call
         * @throws IOException to stop
         */
        void accept(ByteBuffer part) throws IOException;
    }

    /**
     * Returns the name of this source for messages.
     *
     * @return the path of the file
     */
    public final String name() {
        return name;
    }

    /**
     * Returns the current size of the file.
     *
     * @return the size in bytes
     * @throws IOException if it cannot be determined
     */
    @Override
    public abstract long size() throws IOException;

    @Override
    public final int read(long position, ByteBuffer target) throws IOException {
        long left = size() - position;
        if (left <= 0) {
            return -1;
        }
        int end = target.limit();
        int count = (int) Math.min(left, target.remaining());
        readInto(position, target.limit(target.position() + count));
        target.limit(end);
        return count;
    }

    /**
     * Returns a range of the file as one buffer: a view if the file is mapped, otherwise a copy.
     *
     * @param offset the offset of the first byte
     * @param length the number of bytes
     * @return the bytes
     * @throws IOException if they cannot be read
     */
    public abstract ByteBuffer read(long offset, int length) throws IOException;

    /**
     * Returns a range of the file as {@link #read} does, in a buffer that stays valid after {@link #close} however the
     * file is accessed, and that may be read by its address.
     *
     * @param offset the offset of the first byte
     * @param length the number of bytes
     * @return the bytes
     * @throws IOException if they cannot be read
     */
    public ByteBuffer readLasting(long offset, int length) throws IOException {
        return read(offset, length);
    }

    /**
     * Copies bytes of the file into a buffer.
     *
     * @param offset the offset of the first byte
     * @param target the buffer; all its remaining bytes are filled
     * @throws IOException if they cannot be read
     */
    public abstract void readInto(long offset, ByteBuffer target) throws IOException;

    /**
     * Copies runs of bytes that are at equal distances, one after the other.
     *
     * @param offset the offset of the first byte of the first run
     * @param distance the distance of the first bytes of two runs
     * @param length the number of bytes of a run
     * @param count the number of runs
     * @param target is filled from its beginning
     * @throws IOException if they cannot be read
     */
    public void readRuns(long offset, long distance, int length, int count, byte[] target) throws IOException {
        for (int i = 0; i < count; i++) {
            readInto(offset + i * distance, ByteBuffer.wrap(target, i * length, length));
        }
    }

    /**
     * Passes a range of any length to a consumer in parts, without holding it in memory.
     *
     * @param offset the offset of the first byte
     * @param length the number of bytes
     * @param consumer receives the parts
     * @throws IOException if they cannot be read, or the consumer threw it
     */
    public abstract void forEach(long offset, long length, Consumer consumer) throws IOException;

    /**
     * Checks that a range is within the file.
     *
     * @param offset the offset of the first byte
     * @param length the number of bytes
     * @throws DataLossException if it is not
     * @throws IOException if the size of the file cannot be determined
     */
    public final void requireRange(long offset, long length) throws IOException {
        requireOpen();
        if (!fits(offset, length, recentSize(offset, length))) {
            long size = size();
            if (!fits(offset, length, size)) {
                throw passesEnd(offset, length, size);
            }
        }
    }

    private static boolean fits(long offset, long length, long size) {
        return offset >= 0 && length >= 0 && offset <= size - length;
    }

    /**
     * Returns the size of the file, perhaps cached for a short time, because asking the system is slow.
     *
     * @param offset the offset of the bytes that will be read next
     * @param length their number
     */
    long recentSize(long offset, long length) throws IOException {
        return size();
    }

    final DataLossException passesEnd(long offset, long length, long size) {
        return new DataLossException(
                ProblemKind.TRUNCATED,
                "the file ends before the bytes to be read",
                ErrorContext.at(name, offset)
                        .mismatch(length + " bytes", "a file of " + size + " bytes")
                        .withTensorFlow("Read less bytes than requested"));
    }

    /**
     * Explains an access to a returned buffer that failed: either this source was closed and unmapped, or it is another
     * error.
     *
     * @param cause what the access threw
     * @return the exception to throw
     */
    public final IllegalStateException unmappedDuringRead(IllegalStateException cause) {
        return closed ? new IllegalStateException("'" + name + "' was closed during a read", cause) : cause;
    }

    final void requireOpen() {
        if (closed) {
            throw new IllegalStateException("'" + name + "' is closed");
        }
    }

    /** Throws an exception that says that this source was closed, if it was. */
    final void requireNotClosedDuringRead(Exception cause) {
        if (closed) {
            throw new IllegalStateException("'" + name + "' was closed during a read", cause);
        }
    }

    final void markClosed() {
        closed = true;
    }

    @Override
    public abstract void close() throws IOException;

    /**
     * Returns this file for reading the list of what it contains: if it is remote, less is read at a time.
     *
     * @return a view, closed with this source
     */
    public ByteSource forIndex() {
        return this;
    }
}
