package org.tfckpt.cli;

import java.io.Closeable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.tfckpt.values.ScanOptions;
import picocli.CommandLine.Option;

/** The option {@code --threads} of commands that read values. */
final class ThreadOptions {
    @Option(
            names = "--threads",
            paramLabel = "N",
            description = "Number of threads (default: one per core). The result does not depend on it.")
    private int threads = Runtime.getRuntime().availableProcessors();

    ThreadOptions() {}

    /** Threads of a command, which end when it is closed. */
    record Workers(ExecutorService executor, int degree) implements Closeable {
        ScanOptions options() {
            return ScanOptions.DEFAULT.withThreads(executor, degree);
        }

        @Override
        public void close() {
            executor.shutdownNow();
        }
    }

    Workers workers() {
        if (threads < 1) {
            throw new IllegalArgumentException("--threads must be at least 1, not " + threads);
        }
        return new Workers(Executors.newFixedThreadPool(threads), threads);
    }
}
