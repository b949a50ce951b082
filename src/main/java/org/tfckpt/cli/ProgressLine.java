package org.tfckpt.cli;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.Locale;
import org.tfckpt.Checkpoint;
import org.tfckpt.edit.RewriteProgress;
import org.tfckpt.tensor.TensorInfo;

/** Shows bytes, rate and time left on a terminal. Thread-safe. */
final class ProgressLine implements RewriteProgress, Closeable {
    private static final long FIRST_NANOS = 500_000_000L;
    private static final long INTERVAL_NANOS = 200_000_000L;
    private static final double MEGA = 1e6;

    private final Console console;
    private final long start = System.nanoTime();
    private long next = FIRST_NANOS;
    private boolean shown;
    private long expected;
    private long added;

    ProgressLine(Console console) {
        this.console = console;
    }

    /** Adds the tensors of a checkpoint to what is expected; meant for {@link #add}. */
    void expect(Checkpoint checkpoint) {
        if (!console.terminal()) {
            return;
        }
        long bytes = 0;
        try {
            for (Iterator<TensorInfo> all = checkpoint.tensorIterator(); all.hasNext(); ) {
                bytes += Math.max(0, all.next().byteSize());
            }
        } catch (IOException | UncheckedIOException damaged) {
            // What reads the tensors will report it.
        }
        synchronized (this) {
            expected += bytes;
        }
    }

    /** Shows that a tensor has been read. */
    synchronized void add(TensorInfo tensor) {
        added += Math.max(0, tensor.byteSize());
        onProgress(added, expected);
    }

    @Override
    public synchronized void onProgress(long done, long total) {
        if (!console.terminal()) {
            return;
        }
        long elapsed = System.nanoTime() - start;
        if (elapsed >= next) {
            next = elapsed + INTERVAL_NANOS;
            shown = true;
            console.err().print("\r" + text(done, Math.max(done, total), elapsed / 1e9) + "\u001b[K");
            console.err().flush();
        }
    }

    static String text(long done, long total, double seconds) {
        double rate = done / seconds;
        long left = rate > 0 ? Math.round((total - done) / rate) : 0;
        return String.format(
                Locale.ROOT,
                "%,.1f of %,.1f MB (%d %%), %,.1f MB/s, %d:%02d left",
                done / MEGA,
                total / MEGA,
                total == 0 ? 100 : Math.min(100, (int) (100.0 * done / total)),
                rate / MEGA,
                left / 60,
                left % 60);
    }

    /** Erases the line, until the next progress. */
    @Override
    public synchronized void close() {
        if (shown) {
            shown = false;
            console.err().print("\r\u001b[K");
            console.err().flush();
        }
    }
}
