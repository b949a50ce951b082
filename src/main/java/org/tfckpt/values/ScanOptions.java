package org.tfckpt.values;

import java.util.concurrent.Executor;
import java.util.function.LongConsumer;

/** How values are scanned: with which threads, and who follows the progress. Immutable; start from {@link #DEFAULT}. */
public final class ScanOptions {
    /** One thread, the calling one, and no listener. */
    public static final ScanOptions DEFAULT = new ScanOptions(Runnable::run, 1, bytes -> {});

    private final Executor executor;
    private final int threads;
    private final LongConsumer progress;

    private ScanOptions(Executor executor, int threads, LongConsumer progress) {
        this.executor = executor;
        this.threads = threads;
        this.progress = progress;
    }

    /**
     * Returns a copy of these options that uses several threads. Results do not depend on their number.
     *
     * @param executor runs the tasks that the calling thread does not run itself. It may be busy, and the calling thread
     *     may belong to it: the calling thread never waits for a task that has not started
     * @param degree the maximum number of threads, including the calling one
     * @return the new options
     * @throws IllegalArgumentException if the degree is not positive
     */
    public ScanOptions withThreads(Executor executor, int degree) {
        if (degree < 1) {
            throw new IllegalArgumentException("degree must be positive, not " + degree);
        }
        return new ScanOptions(executor, degree, progress);
    }

    /**
     * Returns a copy of these options with a listener. To cancel a scan, throw an exception in the listener, or interrupt
     * the calling thread: the scan then throws {@link java.io.InterruptedIOException} or, if it was reading,
     * {@link java.nio.channels.ClosedByInterruptException}.
     *
     * @param listener receives the number of bytes read so far, on the calling thread, about once per MiB
     * @return the new options
     */
    public ScanOptions withProgress(LongConsumer listener) {
        return new ScanOptions(executor, threads, listener);
    }

    Executor executor() {
        return executor;
    }

    int threads() {
        return threads;
    }

    LongConsumer progress() {
        return progress;
    }

    /**
     * Returns the number of threads.
     *
     * @return for example {@code 4 threads}
     */
    @Override
    public String toString() {
        return threads == 1 ? "1 thread" : threads + " threads";
    }
}
