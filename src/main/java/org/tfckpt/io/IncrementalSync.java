package org.tfckpt.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Forces a file to disk in steps while it is written, on a thread of its own, so that {@link #finish} only has to wait
 * for the last step. Not thread-safe.
 */
public final class IncrementalSync implements Closeable {
    /** Large enough to make the cost of a thread and a system call negligible. */
    private static final long STEP = 1L << 24;

    /** Null if the file system does not support it. */
    private final @Nullable FileChannel file;

    private long waiting;
    private @Nullable FutureTask<@Nullable Void> running;

    /** Creates an instance for a file that is being written. The caller closes the channel after it. */
    public IncrementalSync(SeekableByteChannel channel) {
        this.file = channel instanceof FileChannel real ? real : null;
    }

    /**
     * Records that bytes were written, and starts the next step if enough have accumulated. Throws the exception of an
     * earlier step that failed.
     */
    public void written(long bytes) throws IOException {
        waiting += bytes;
        if (waiting >= STEP && file != null && (running == null || running.isDone())) {
            await();
            waiting = 0;
            running = begin(file);
        }
    }

    private static FutureTask<@Nullable Void> begin(FileChannel file) {
        FutureTask<@Nullable Void> step = new FutureTask<>(() -> {
            file.force(false);
            return null;
        });
        Thread thread = new Thread(step, "tfckpt-force");
        thread.setDaemon(true);
        thread.start();
        return step;
    }

    /**
     * Forces the rest to disk, and waits for it. Also throws the exception of an earlier step: an operating system
     * reports an error only once.
     */
    public void finish() throws IOException {
        await();
        if (file != null) {
            file.force(true);
        }
    }

    private void await() throws IOException {
        FutureTask<@Nullable Void> step = running;
        running = null;
        boolean interrupted = false;
        try {
            while (step != null) {
                try {
                    step.get();
                    step = null;
                } catch (InterruptedException e) {
                    // The file must not be closed during a step; the interrupt status is restored below.
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            throw failure(e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static IOException failure(@Nullable Throwable cause) {
        // Unwrapped: its type may say more, for example that the disk is full.
        return cause instanceof IOException known ? known : new IOException("cannot force the file", cause);
    }

    /** Waits for a running step and ignores its failure: the file was finished, or is abandoned. */
    @Override
    public void close() {
        try {
            await();
        } catch (IOException ignored) {
            // The caller has another reason to abandon the file.
        }
    }
}
