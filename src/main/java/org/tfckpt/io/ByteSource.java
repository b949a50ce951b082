package org.tfckpt.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SeekableByteChannel;
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
public abstract class ByteSource implements Closeable {
    private final String name;
    private final SeekableByteChannel channel;
    private volatile boolean closed;

    ByteSource(String name, SeekableByteChannel channel) {
        this.name = name;
        this.channel = channel;
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
    public final long size() throws IOException {
        requireOpen();
        try {
            return channel.size();
        } catch (ClosedChannelException e) {
            throw closedDuringRead(e);
        }
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
        if (!fits(offset, length, recentSize())) {
            long size = size();
            if (!fits(offset, length, size)) {
                throw passesEnd(offset, length, size);
            }
        }
    }

    private static boolean fits(long offset, long length, long size) {
        return offset >= 0 && length >= 0 && offset <= size - length;
    }

    /** Returns the size of the file, perhaps cached for a short time, because asking the system is slow. */
    long recentSize() throws IOException {
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

    /** Handles a channel closed during use: either this source was closed, or the thread was interrupted. */
    final IOException closedDuringRead(ClosedChannelException cause) {
        if (closed) {
            throw new IllegalStateException("'" + name + "' was closed during a read", cause);
        }
        return cause;
    }

    final void markClosed() {
        closed = true;
    }

    @Override
    public void close() throws IOException {
        markClosed();
        channel.close();
    }
}
