package org.tfckpt.io;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Does jobs by several threads, the caller's and those of an executor, and finishes them by the caller's in the order in
 * which they came. So what comes out does not depend on the threads.
 *
 * <p>A bounded number is under way. The caller does whatever nobody else has begun and waits for nothing else, so that
 * an executor that is busy, or has no thread at all, holds nothing up. Belongs to one thread, as a caller.
 */
public final class OrderedWork implements Closeable {
    private static final int JOBS_PER_THREAD = 4;
    /** What all jobs under way may weigh together; a lone one may weigh more. */
    private static final long MOST_WEIGHT = 1L << 26;

    private final Executor executor;
    private final int degree;
    /** Those that are not finished, the oldest first; the caller's alone. */
    private final Deque<Task> unfinished = new ArrayDeque<>();

    private final Deque<Task> notBegun = new ArrayDeque<>();
    private int helpers;
    private int running;
    private long weight;

    /** Something to do. */
    @FunctionalInterface
    public interface Job {
        /**
         * The part for any thread.
         *
         * @throws IOException thrown on by the caller's thread, instead of finishing
         */
        default void run() throws IOException {}

        /**
         * What the job holds in memory while it is under way, as far as it matters.
         *
         * @return bytes
         */
        default long weight() {
            return 0;
        }

        /**
         * The part for the caller's thread, when all jobs before are finished.
         *
         * @throws IOException ends the work
         */
        void finish() throws IOException;
    }

    private static final class Task {
        private final Job job;
        private boolean done;
        private @Nullable Throwable failure;

        Task(Job job) {
            this.job = job;
        }
    }

    /**
     * Nothing to do yet.
     *
     * @param executor runs what the caller does not do itself
     * @param degree how many jobs are done at a time at most, the caller's included
     * @throws IllegalArgumentException if the degree is not positive
     */
    public OrderedWork(Executor executor, int degree) {
        if (degree < 1) {
            throw new IllegalArgumentException("a degree of " + degree);
        }
        this.executor = executor;
        this.degree = degree;
    }

    /**
     * Work of the caller's alone: each job is done and finished as it comes.
     *
     * @return without an executor
     */
    public static OrderedWork alone() {
        return new OrderedWork(Runnable::run, 1);
    }

    /**
     * Takes a job, and finishes older ones where too many are under way.
     *
     * @param job not to be added by another job
     * @throws IOException what a job threw
     */
    public void add(Job job) throws IOException {
        if (degree == 1) {
            job.run();
            job.finish();
            return;
        }
        weight += job.weight();
        while (!unfinished.isEmpty() && (weight > MOST_WEIGHT || unfinished.size() == degree * JOBS_PER_THREAD)) {
            finishFirst();
        }
        Task task = new Task(job);
        unfinished.add(task);
        if (hand(task)) {
            executor.execute(this::help);
        }
    }

    /**
     * Finishes all jobs.
     *
     * @throws IOException what a job threw
     */
    public void finish() throws IOException {
        while (!unfinished.isEmpty()) {
            finishFirst();
        }
    }

    private void finishFirst() throws IOException {
        Task first = unfinished.remove();
        for (Task next = next(first); next != null; next = next(first)) {
            run(next);
        }
        weight -= first.job.weight();
        if (first.failure instanceof IOException io) {
            throw io;
        } else if (first.failure instanceof RuntimeException runtime) {
            throw runtime;
        } else if (first.failure instanceof Error error) {
            throw error;
        }
        first.job.finish();
    }

    /** Offers a job to everybody; says whether one more helper may be asked for. */
    private synchronized boolean hand(Task task) {
        notBegun.add(task);
        boolean more = helpers < degree - 1;
        helpers += more ? 1 : 0;
        return more;
    }

    private void help() {
        for (Task task = begin(); task != null; task = begin()) {
            run(task);
        }
    }

    private synchronized @Nullable Task begin() {
        Task task = notBegun.poll();
        if (task == null) {
            helpers--;
        } else {
            running++;
        }
        return task;
    }

    /** What the caller does until a job is done; null if it is. */
    private synchronized @Nullable Task next(Task awaited) {
        await(() -> awaited.done || !notBegun.isEmpty());
        if (awaited.done) {
            return null;
        }
        running++;
        return notBegun.remove();
    }

    /** An interrupt is left to those who read. */
    private synchronized void await(BooleanSupplier condition) {
        boolean interrupted = false;
        while (!condition.getAsBoolean()) {
            try {
                wait();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run(Task task) {
        Throwable failure = null;
        try {
            task.job.run();
        } catch (IOException | RuntimeException | Error e) {
            failure = e;
        }
        synchronized (this) {
            task.failure = failure;
            task.done = true;
            running--;
            notifyAll();
        }
    }

    /** Waits for whoever is still at work; what nobody has begun is left undone. */
    @Override
    public synchronized void close() {
        notBegun.clear();
        await(() -> running == 0);
    }
}
