package org.tfckpt.cli;

import java.io.Closeable;
import java.util.concurrent.Executor;
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
    static final class Workers implements Closeable {
        private final ExecutorService executor;
        private final int degree;
        private final ScanOptions options;

        private Workers(int threads) {
            this.degree = threads;
            this.executor = Executors.newFixedThreadPool(threads);
            this.options = ScanOptions.DEFAULT.withThreads(executor, threads);
        }

        Executor executor() {
            return executor;
        }

        int degree() {
            return degree;
        }

        ScanOptions options() {
            return options;
        }

        @Override
        public void close() {
            executor.shutdownNow();
        }
    }

    Workers workers() {
        return new Workers(count());
    }

    int count() {
        if (threads < 1) {
            throw new IllegalArgumentException("--threads must be at least 1, not " + threads);
        }
        return threads;
    }
}
