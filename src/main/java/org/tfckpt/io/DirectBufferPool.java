package org.tfckpt.io;

import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/**
 * A pool of direct buffers, into which a channel reads without an intermediate copy. They are reused because only the
 * garbage collector frees such memory. The pool keeps at most one buffer per processor, regardless of the number of
 * files.
 */
final class DirectBufferPool {
    /** Small enough for the bytes to be in a core's cache when they are processed. */
    static final int SIZE = 1 << 18;

    private static final BlockingQueue<ByteBuffer> KEPT =
            new ArrayBlockingQueue<>(Runtime.getRuntime().availableProcessors());

    private DirectBufferPool() {}

    /** Returns a buffer for {@link CopyTarget#at} and {@link #SIZE} bytes, for exclusive use until it is given back. */
    static ByteBuffer take() {
        @Nullable ByteBuffer kept = KEPT.poll();
        return kept == null ? CopyTarget.allocate(SIZE) : kept;
    }

    static void giveBack(ByteBuffer memory) {
        KEPT.offer(memory);
    }
}
