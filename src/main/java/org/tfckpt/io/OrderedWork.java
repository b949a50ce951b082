package org.tfckpt.io;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs jobs on several threads, the caller's and those of an executor, and finishes them on the caller's thread in the
 * order in which they were added. Therefore the results do not depend on the threads, and the exception that is thrown
 * is that of the first failed job in this order.
 *
 * <p>The caller runs every job that no other thread has started and waits only for jobs that have started. A busy
 * executor, or one without threads, cannot block it. {@link #add}, {@link #finish} and {@link #close} must be called on
 * one thread.
 */
public final class OrderedWork implements Closeable {
    private static final int JOBS_PER_THREAD = 4;
    /** The limit of the total weight of unfinished jobs; a single job may exceed it. */
    private static final long MAX_WEIGHT = 1L << 26;

    private final Executor executor;
    private final int degree;
    private final int maxUnfinished;
    /** Oldest first. Accessed only by the caller. */
    private final Deque<Task> unfinished = new ArrayDeque<>();

    private final Deque<Task> notStarted = new ArrayDeque<>();
    private int helpers;
    private int running;
    private long weight;
    private boolean failed;

    /** A job in two parts. */
    @FunctionalInterface
    public interface Job {
        /**
         * Does the part of the job that may run on any thread. An exception ends the work; the caller receives it
         * instead of a call of {@link #finish}.
         */
        default void run() throws IOException {}

        /** Returns the number of bytes of memory that the job occupies until it is finished; 0 if it is small. */
        default long weight() {
            return 0;
        }

        /**
         * Does the rest of the job, on the caller's thread, after all jobs before it are finished. An exception ends
         * the work.
         */
        void finish() throws IOException;
    }

    /** Handles an item of a list. */
    @FunctionalInterface
    public interface Action<T> {
        /** Handles an item. An exception ends the work. */
        void accept(T item) throws IOException;
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
     * Creates an instance without jobs. At most {@code degree} jobs run at a time, the caller's among them; the
     * executor runs those that the caller does not run itself.
     */
    public OrderedWork(Executor executor, int degree) {
        this(executor, degree, JOBS_PER_THREAD * Math.min(degree, Integer.MAX_VALUE / JOBS_PER_THREAD));
    }

    private OrderedWork(Executor executor, int degree, int maxUnfinished) {
        if (degree < 1) {
            throw new IllegalArgumentException("degree must be positive, not " + degree);
        }
        this.executor = executor;
        this.degree = degree;
        this.maxUnfinished = maxUnfinished;
    }

    /** Creates an instance that runs and finishes each job on the caller's thread as it is added. */
    public static OrderedWork alone() {
        return new OrderedWork(Runnable::run, 1);
    }

    /**
     * Handles the items of a list in parallel, starting them in their order, with an executor and a degree as for a new
     * instance. The action is called once for each item, on any thread, until it throws; the exception for the first
     * item is thrown after all running actions have ended.
     */
    public static <T> void forEach(List<T> items, Action<? super T> action, Executor executor, int degree)
            throws IOException {
        try (OrderedWork work = new OrderedWork(executor, degree, Integer.MAX_VALUE)) {
            for (T item : items) {
                work.add(new Job() {
                    @Override
                    public void run() throws IOException {
                        action.accept(item);
                    }

                    @Override
                    public void finish() {}
                });
            }
            work.finish();
        }
    }

    /** Adds a job, which must not add jobs itself, and finishes older ones while too many are unfinished. */
    public void add(Job job) throws IOException {
        if (degree == 1) {
            job.run();
            job.finish();
            return;
        }
        weight += job.weight();
        while (!unfinished.isEmpty() && (weight > MAX_WEIGHT || unfinished.size() >= maxUnfinished)) {
            finishFirst();
        }
        Task task = new Task(job);
        unfinished.add(task);
        if (offer(task)) {
            executor.execute(this::help);
        }
    }

    /** Finishes all jobs. */
    public void finish() throws IOException {
        while (!unfinished.isEmpty()) {
            finishFirst();
        }
    }

    private void finishFirst() throws IOException {
        Task first = unfinished.remove();
        for (Task next = nextWhileWaiting(first); next != null; next = nextWhileWaiting(first)) {
            run(next);
        }
        weight -= first.job.weight();
        if (first.failure != null) {
            unfinished.clear();
        }
        if (first.failure instanceof IOException io) {
            throw io;
        } else if (first.failure instanceof RuntimeException runtime) {
            throw runtime;
        } else if (first.failure instanceof Error error) {
            throw error;
        }
        first.job.finish();
    }

    /** Makes a job available to all threads; returns whether to ask the executor for another one. */
    private synchronized boolean offer(Task task) {
        if (failed) {
            // A job before this one failed; finishing that one ends the work.
            return false;
        }
        notStarted.add(task);
        boolean more = helpers < degree - 1;
        helpers += more ? 1 : 0;
        return more;
    }

    private void help() {
        for (Task task = start(); task != null; task = start()) {
            run(task);
        }
    }

    private synchronized @Nullable Task start() {
        Task task = notStarted.poll();
        if (task == null) {
            helpers--;
        } else {
            running++;
        }
        return task;
    }

    /** Returns a job for the caller to run while it waits for another; null when that one is done. */
    private synchronized @Nullable Task nextWhileWaiting(Task awaited) {
        await(() -> awaited.done || !notStarted.isEmpty());
        if (awaited.done) {
            return null;
        }
        running++;
        return notStarted.remove();
    }

    /** Waits without responding to interrupts, but preserves the interrupt status. */
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
            if (failure != null) {
                // Jobs start in order, so these come after the failed one.
                failed = true;
                notStarted.clear();
            }
            notifyAll();
        }
    }

    /** Waits for the running jobs; jobs that have not started are discarded. */
    @Override
    public synchronized void close() {
        notStarted.clear();
        await(() -> running == 0);
    }
}
