package org.tfckpt.io;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** A range of a file that is in memory or being read by one request. Its fields are guarded by the {@link BlockCache}. */
final class Block {
    private static final long IDLE_NANOS = 50_000_000;

    private final Map<Long, Block> home;
    private final long start;
    private final ByteBuffer memory;
    private final CompletableFuture<Block> arrival = new CompletableFuture<>();
    private long end;
    /** The 64 parts of the block of which a reader has used something, one bit each. */
    private long covered;

    private long touchedNanos;
    /** The number of readers that use the memory now. */
    int pins;
    /** Whether a reader has used the block, rather than only a read-ahead. */
    boolean used;

    /**
     * Creates a block of a file with the given blocks by their starts. Bytes are to be read from the offset {@code
     * start} on, as many as the memory has remaining.
     */
    Block(Map<Long, Block> home, long start, ByteBuffer memory) {
        this.home = home;
        this.start = start;
        this.memory = memory;
        this.end = start + memory.remaining();
    }

    long start() {
        return start;
    }

    /** Returns the offset after the last byte; until it has arrived, that of the last byte that was requested. */
    long end() {
        return end;
    }

    ByteBuffer memory() {
        return memory;
    }

    boolean hasArrived() {
        return arrival.isDone();
    }

    void arrived() {
        end = start + memory.position();
        arrival.complete(this);
    }

    void failed(Throwable cause) {
        arrival.completeExceptionally(cause);
    }

    /** Records that a reader begins to use this block. */
    void touch() {
        touchedNanos = System.nanoTime();
    }

    /** Records that a reader has used a range, which is not empty. */
    void cover(long from, long to) {
        int first = part(from);
        covered |= -1L >>> (Long.SIZE - 1 - (part(to - 1) - first)) << first;
    }

    private int part(long offset) {
        return (int) ((offset - start) * Long.SIZE / (end - start));
    }

    /**
     * Returns whether no reader is likely to need this block again: all of it was used, or none has used it for a
     * while. Threads that read in turns are not always in step.
     */
    boolean isSpent() {
        return used && (covered == -1 || System.nanoTime() - touchedNanos > IDLE_NANOS);
    }

    /** Makes the next reader request these bytes again. */
    void remove() {
        home.remove(start, this);
    }

    /** Returns a view of some of the bytes that have arrived. */
    ByteBuffer slice(long offset, long length) {
        return memory.duplicate().clear().slice((int) (offset - start), (int) length);
    }

    /** Waits for the bytes. */
    void await() throws IOException {
        try {
            arrival.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("the thread was interrupted while it waited for a remote file");
        } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            if (cause instanceof IOException failure) {
                throw failure;
            }
            if (cause instanceof Error error) {
                throw error;
            }
            if (cause instanceof RuntimeException failure) {
                throw failure;
            }
            throw new IOException(cause);
        }
    }
}
