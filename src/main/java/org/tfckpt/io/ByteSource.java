package org.tfckpt.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;

/**
 * Bytes at an offset of one file.
 *
 * <p>Safe from many threads at once. Whoever opened it closes it; a buffer that was handed out stays readable after
 * that. After {@link #close} every method throws {@link IllegalStateException}. A range that passes the end of the file,
 * as the file is at that moment, is a {@link DataLossException} with file and offset; nothing beyond a few kilobytes is
 * allocated before that check. Buffers are little-endian, their position is 0 and their limit the length asked for; nobody writes into them.
 */
public abstract class ByteSource implements Closeable {
    private final String name;
    private volatile boolean closed;

    ByteSource(String name) {
        this.name = name;
    }

    /** Takes the bytes of a range, part by part, in order. */
    @FunctionalInterface
    public interface Consumer {
        /**
         * Takes a part.
         *
         * @param part valid during the call only
         * @throws IOException if the consumer has a reason to stop
         */
        void accept(ByteBuffer part) throws IOException;
    }

    /**
     * What messages call this source.
     *
     * @return the file's path
     */
    public final String name() {
        return name;
    }

    /**
     * The file's size now.
     *
     * @return bytes
     * @throws IOException if it cannot be told
     */
    public abstract long size() throws IOException;

    /**
     * A range as one buffer: a view where the file is mapped, else a copy.
     *
     * @param offset the first byte
     * @param length the number of bytes
     * @return the bytes
     * @throws IOException if they cannot be read
     */
    public abstract ByteBuffer read(long offset, int length) throws IOException;

    /**
     * Copies a range into a buffer.
     *
     * @param offset the first byte
     * @param target takes as many bytes as it has left
     * @throws IOException if they cannot be read
     */
    public abstract void readInto(long offset, ByteBuffer target) throws IOException;

    /**
     * Walks a range of any length without holding it.
     *
     * @param offset the first byte
     * @param length the number of bytes
     * @param consumer takes the parts
     * @throws IOException if they cannot be read, or the consumer threw it
     */
    public abstract void forEach(long offset, long length, Consumer consumer) throws IOException;

    /**
     * Checks that a range lies within the file.
     *
     * @param offset the first byte
     * @param length the number of bytes
     * @throws DataLossException if it does not
     * @throws IOException if the file's size cannot be told
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

    /** The file's size as it was a moment ago: for those who ask so often that asking is most of their work. */
    long recentSize() throws IOException {
        return size();
    }

    final DataLossException passesEnd(long offset, long length, long size) {
        return new DataLossException(
                ProblemKind.TRUNCATED,
                "Read less bytes than requested",
                ErrorContext.at(name, offset).mismatch(length + " bytes", "a file of " + size + " bytes"));
    }

    final void requireOpen() {
        if (closed) {
            throw new IllegalStateException(name + " is closed");
        }
    }

    /** What a channel that was closed while it was used means: this source was closed, or the thread interrupted. */
    final IOException closedMeanwhile(ClosedChannelException cause) {
        if (closed) {
            throw new IllegalStateException(name + " was closed while it was read", cause);
        }
        return cause;
    }

    final void markClosed() {
        closed = true;
    }

    @Override
    public void close() throws IOException {
        markClosed();
    }
}
