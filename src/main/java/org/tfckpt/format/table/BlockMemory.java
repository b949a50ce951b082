package org.tfckpt.format.table;

import java.nio.ByteBuffer;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.tfckpt.io.CopyTarget;

/**
 * Pooled memory outside the heap for a block that is read, searched and released. TensorFlow's blocks have 256 KiB:
 * allocating new memory for each takes longer than reading and checking it, because new memory is not in the cache and
 * has to be zeroed.
 *
 * <p>The memory returns to the pool when the last reference is released. If a reference is never released, the memory
 * is garbage-collected instead.
 */
final class BlockMemory {
    /** Smaller blocks are cheap to allocate, and a kept block should not occupy more than its size. */
    private static final int MIN_SIZE = 1 << 15;
    /** TensorFlow's block size, plus room for the entry with which a block exceeds it. */
    private static final int SIZE = (1 << 18) + (1 << 14);

    /**
     * Enough for concurrent lookups on all processors. The memory released last is reused first: it is in the cache.
     */
    private static final LinkedBlockingDeque<ByteBuffer> FREE =
            new LinkedBlockingDeque<>(2 + Runtime.getRuntime().availableProcessors());

    private final ByteBuffer memory;
    private final AtomicInteger references = new AtomicInteger(1);

    private BlockMemory(ByteBuffer memory) {
        this.memory = memory;
    }

    /** Takes memory from the pool, with one reference; returns null if the pool has none for this length. */
    static @Nullable BlockMemory take(int length) {
        if (length < MIN_SIZE || length > SIZE) {
            return null;
        }
        ByteBuffer free = FREE.pollFirst();
        return new BlockMemory(free == null ? CopyTarget.allocate(SIZE) : free);
    }

    /**
     * Returns a little-endian view of the memory for bytes at an offset of a file. The caller must hold a reference.
     */
    ByteBuffer bytes(long offset, int length) {
        return CopyTarget.at(memory, offset, length);
    }

    /** Acquires a reference. Returns false if the last one was released and the memory may have been reused. */
    boolean retain() {
        for (int count = references.get(); count > 0; count = references.get()) {
            if (references.compareAndSet(count, count + 1)) {
                return true;
            }
        }
        return false;
    }

    /** Releases a reference. */
    void release() {
        int left = references.decrementAndGet();
        if (left < 0) {
            throw new IllegalStateException("released more often than retained");
        }
        if (left == 0) {
            FREE.offerFirst(memory);
        }
    }
}
