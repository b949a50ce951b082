package org.tfckpt.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * Has the disk take a file's bytes while more of them are written, step by step and beside the writer, so that what is
 * left to wait for at the end is one step, not the file. Used by one thread.
 */
public final class IncrementalSync implements Closeable {
    /** Large enough that a thread and a word to the disk are nothing beside it. */
    private static final long STEP = 1L << 24;

    /** Null where the file system cannot be asked for it. */
    private final @Nullable FileChannel file;

    private long waiting;
    private @Nullable FutureTask<@Nullable Void> running;

    /**
     * For a file that is being written.
     *
     * @param channel of the file; its owner closes it, after this
     */
    public IncrementalSync(SeekableByteChannel channel) {
        this.file = channel instanceof FileChannel real ? real : null;
    }

    /**
     * Takes note that bytes were written, and has the disk begin to take them if they are many.
     *
     * @param bytes how many
     * @throws IOException if the disk did not take earlier ones
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
     * Waits until the disk has taken everything.
     *
     * @throws IOException if it does not take it, or did not take earlier bytes: an operating system says that once
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
                    // Nobody closes a file under the disk's hands; who waits next will see it.
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
        // As it is: its type says whether the disk is full.
        return cause instanceof IOException known ? known : new IOException("cannot force the file", cause);
    }

    /** Waits for the disk, and drops what it says: the file is given up, or was forced. */
    @Override
    public void close() {
        try {
            await();
        } catch (IOException givenUp) {
            // The one who gives up has another reason.
        }
    }
}
