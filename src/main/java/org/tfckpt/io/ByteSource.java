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
        /** Called for each part, in order; the buffer is valid only during the call. An exception ends the reading. */
        void accept(ByteBuffer part) throws IOException;
    }

    /** Returns the path of the file, for messages. */
    public final String name() {
        return name;
    }

    /** Returns the current size of the file in bytes. */
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

    /** Returns a range of the file as one buffer: a view if the file is mapped, otherwise a copy. */
    public abstract ByteBuffer read(long offset, int length) throws IOException;

    /**
     * Returns a range of the file as {@link #read} does, in a buffer that stays valid after {@link #close} however the
     * file is accessed, and that may be read by its address.
     */
    public ByteBuffer readLasting(long offset, int length) throws IOException {
        return read(offset, length);
    }

    /** Copies bytes of the file into a buffer, until it has none remaining. */
    public abstract void readInto(long offset, ByteBuffer target) throws IOException;

    /**
     * Copies {@code count} runs of {@code length} bytes, the first of which starts at {@code offset} and each other
     * {@code distance} bytes after the one before it, one after the other to the beginning of {@code target}.
     */
    public void readRuns(long offset, long distance, int length, int count, byte[] target) throws IOException {
        for (int i = 0; i < count; i++) {
            readInto(offset + i * distance, ByteBuffer.wrap(target, i * length, length));
        }
    }

    /** Passes a range of any length to a consumer in parts, without holding it in memory. */
    public abstract void forEach(long offset, long length, Consumer consumer) throws IOException;

    /** Throws a {@link DataLossException} if a range is not within the file. */
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
     * Returns the size of the file, perhaps cached for a short time, because asking the system is slow. The range is
     * what will be read next.
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
     * Returns an exception that an access to this source or to a returned buffer threw, if this source is still open.
     * Otherwise throws one that says that it was closed meanwhile.
     */
    public final <E extends Exception> E unlessClosed(E cause) {
        if (closed) {
            throw new IllegalStateException("'" + name + "' was closed during a read", cause);
        }
        return cause;
    }

    final void requireOpen() {
        if (closed) {
            throw new IllegalStateException("'" + name + "' is closed");
        }
    }

    final void markClosed() {
        closed = true;
    }

    @Override
    public abstract void close() throws IOException;

    /**
     * Returns this file for reading the list of what it contains: if it is remote, less is read at a time. The view is
     * closed with this source.
     */
    public ByteSource forIndex() {
        return this;
    }
}
