package org.tfckpt.io;

import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * Buffers outside of the heap, into which a channel reads without a copy between. They are used again, since only the
 * garbage collector gives such memory back: as many are kept as there are cores, whatever the number of files.
 */
final class DirectBufferPool {
    /** Small enough to be still in a core's cache when it is looked at. */
    static final int SIZE = 1 << 18;

    private static final BlockingQueue<ByteBuffer> KEPT =
            new ArrayBlockingQueue<>(Runtime.getRuntime().availableProcessors());

    private DirectBufferPool() {}

    /** For a {@link CopyTarget} of {@link #SIZE} bytes, which is nobody else's until it is given back. */
    static ByteBuffer take() {
        @Nullable ByteBuffer kept = KEPT.poll();
        return kept == null ? CopyTarget.allocate(SIZE) : kept;
    }

    static void giveBack(ByteBuffer memory) {
        KEPT.offer(memory);
    }
}
