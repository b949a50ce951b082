package org.tfckpt.format.table;

import java.nio.ByteBuffer;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.tfckpt.io.CopyTarget;

/**
 * Memory outside of the heap for a block that is read, searched and let go. A block of TensorFlow's has 256 KiB: new memory
 * for each costs more than reading and checking it does, since it is cold and has to be zeroed.
 *
 * <p>The memory goes back when its last user releases it, and to nobody before. Who forgets to release does no harm: the
 * memory is then the garbage collector's.
 */
final class BlockMemory {
    /** A block below this is cheap to allocate, and one who keeps it should keep no more than its size. */
    private static final int LEAST = 1 << 15;
    /** TensorFlow's block size, and as much as a last entry may well add. */
    private static final int SIZE = (1 << 18) + (1 << 14);

    /** As many as threads that look up at the same time; the one that was given back last is warm. */
    private static final LinkedBlockingDeque<ByteBuffer> FREE =
            new LinkedBlockingDeque<>(2 + Runtime.getRuntime().availableProcessors());

    private final ByteBuffer memory;
    private final AtomicInteger users = new AtomicInteger(1);

    private BlockMemory(ByteBuffer memory) {
        this.memory = memory;
    }

    /** Memory with one user; null for a length for which there is none. */
    static @Nullable BlockMemory take(int length) {
        if (length < LEAST || length > SIZE) {
            return null;
        }
        ByteBuffer free = FREE.pollFirst();
        return new BlockMemory(free == null ? CopyTarget.allocate(SIZE) : free);
    }

    /** Where to put what lies at an offset of a file, little-endian; for users only. */
    ByteBuffer bytes(long offset, int length) {
        return CopyTarget.at(memory, offset, length);
    }

    /** One user more; false if the last one is gone, and the memory perhaps somebody else's. */
    boolean retain() {
        for (int count = users.get(); count > 0; count = users.get()) {
            if (users.compareAndSet(count, count + 1)) {
                return true;
            }
        }
        return false;
    }

    /** One user less. */
    void release() {
        int left = users.decrementAndGet();
        if (left < 0) {
            throw new IllegalStateException("released more often than retained");
        }
        if (left == 0) {
            FREE.offerFirst(memory);
        }
    }
}
