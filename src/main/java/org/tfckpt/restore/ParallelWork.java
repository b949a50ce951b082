package org.tfckpt.restore;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Does a list of jobs, in order, by several threads: the caller's and those of an executor. The caller's thread does
 * whatever nobody else does, so that an executor that is busy, or has no thread at all, holds nothing up.
 *
 * @param <T> a job
 */
final class ParallelWork<T> {
    /** Does one job. */
    interface Worker<T> {
        void work(T job) throws IOException;
    }

    private final List<T> jobs;
    private final Worker<T> worker;
    private int next;
    private int running;
    private boolean closed;
    private @Nullable Throwable failure;

    ParallelWork(List<T> jobs, Worker<T> worker) {
        this.jobs = jobs;
        this.worker = worker;
    }

    void run(Executor executor, int degree) throws IOException {
        if (degree < 1) {
            throw new IllegalArgumentException("a degree of " + degree);
        }
        try {
            for (int i = 1; i < Math.min(degree, jobs.size()); i++) {
                executor.execute(this::help);
            }
        } catch (RuntimeException | Error e) {
            fail(e);
        }
        help();
        Throwable thrown = close();
        if (thrown instanceof IOException io) {
            throw io;
        } else if (thrown instanceof RuntimeException runtime) {
            throw runtime;
        } else if (thrown instanceof Error error) {
            throw error;
        }
    }

    private void help() {
        if (!enter()) {
            return;
        }
        try {
            for (int job = take(); job >= 0; job = take()) {
                worker.work(jobs.get(job));
            }
        } catch (IOException | RuntimeException | Error e) {
            fail(e);
        } finally {
            leave();
        }
    }

    private synchronized boolean enter() {
        running += closed ? 0 : 1;
        return !closed;
    }

    private synchronized int take() {
        return failure == null && next < jobs.size() ? next++ : -1;
    }

    private synchronized void fail(Throwable thrown) {
        if (failure == null) {
            failure = thrown;
        } else if (failure != thrown) {
            failure.addSuppressed(thrown);
        }
    }

    private synchronized void leave() {
        running--;
        notifyAll();
    }

    /** Waits for whoever is still at work: nothing is handed out after the caller went on. */
    private synchronized @Nullable Throwable close() {
        closed = true;
        boolean interrupted = false;
        while (running > 0) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        return failure;
    }
}
