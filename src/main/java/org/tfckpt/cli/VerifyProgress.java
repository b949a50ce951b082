package org.tfckpt.cli;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import org.tfckpt.Checkpoint;
import org.tfckpt.tensor.TensorInfo;

/** Shows on a terminal how much of several checkpoints has been verified. Thread-safe. */
final class VerifyProgress implements Closeable {
    private final boolean shown;
    private final ProgressLine line;
    private long total;
    private long done;

    VerifyProgress(Console console) {
        this.shown = console.terminal();
        this.line = new ProgressLine(console);
    }

    /** Adds the tensors of a checkpoint that will be verified. */
    void expect(Checkpoint checkpoint) {
        if (!shown) {
            return;
        }
        long bytes = 0;
        try {
            for (Iterator<TensorInfo> all = checkpoint.tensorIterator(); all.hasNext(); ) {
                bytes += Math.max(0, all.next().byteSize());
            }
        } catch (IOException | UncheckedIOException damaged) {
            // The verification will report it.
        }
        synchronized (this) {
            total += bytes;
        }
    }

    synchronized void add(TensorInfo intact) {
        done += Math.max(0, intact.byteSize());
        line.onProgress(done, total);
    }

    /** Erases the line, until progress is made again. */
    synchronized void erase() {
        line.close();
    }

    @Override
    public void close() {
        erase();
    }
}
