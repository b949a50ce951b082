package org.tfckpt.values;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.tfckpt.io.OrderedWork;
import org.tfckpt.scan.TensorChunks;
import org.tfckpt.tensor.CheckpointException;

/**
 * Runs tasks in their order, on several threads. Large tensors are divided into chunks, and small ones share a job. A
 * {@link CheckpointException} ends only its task; other exceptions end the run.
 */
final class TaskRunner implements Closeable {
    private static final int CHUNK = Accumulator.CHUNK;

    private final ScanOptions options;
    private final OrderedWork work;
    private long bytes;

    TaskRunner(ScanOptions options) {
        this.options = options;
        this.work = new OrderedWork(options.executor(), options.threads());
    }

    /** Runs tasks to their ends. */
    void run(List<? extends Task> tasks) throws IOException {
        List<Task> small = new ArrayList<>();
        long together = 0;
        for (Task task : tasks) {
            if (task.size() > CHUNK) {
                divide(task);
                continue;
            }
            small.add(task);
            together += Math.max(0, task.size()) + 1;
            if (together >= CHUNK) {
                add(new SmallTasks(List.copyOf(small)));
                small.clear();
                together = 0;
            }
        }
        add(new SmallTasks(List.copyOf(small)));
        work.finish();
    }

    private void add(OrderedWork.Job job) throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted");
        }
        work.add(job);
    }

    private void divide(Task task) throws IOException {
        attempt(task, () -> {
            Iterator<Task.Piece> pieces = task.open();
            while (pieces.hasNext() && !task.failed()) {
                Task.Piece piece = pieces.next();
                for (long first = 0; first < piece.elements() && !task.failed(); first += CHUNK) {
                    add(new Chunk(task, piece, first));
                }
            }
        });
        add(new Finish(task));
    }

    /** The part of a job that fails if the data is damaged. */
    private interface Step {
        void run() throws IOException;
    }

    private static void attempt(Task task, Step step) throws IOException {
        if (task.failed()) {
            return;
        }
        try {
            step.run();
        } catch (CheckpointException e) {
            task.fail(e);
        } catch (UncheckedIOException e) {
            if (!(e.getCause() instanceof CheckpointException damage)) {
                throw e;
            }
            task.fail(damage);
        }
    }

    private void progressed(long more) {
        bytes += more;
        options.progress().accept(bytes);
    }

    private final class Chunk implements OrderedWork.Job {
        private final Task task;
        private final Task.Piece piece;
        private final long first;
        private final int count;
        private final int[] checksums;

        Chunk(Task task, Task.Piece piece, long first) {
            this.task = task;
            this.piece = piece;
            this.first = first;
            this.count = (int) Math.min(CHUNK, piece.elements() - first);
            this.checksums = new int[piece.sources().length];
        }

        @Override
        public void run() throws IOException {
            attempt(task, this::process);
        }

        void process() throws IOException {
            List<ByteBuffer> chunk = new ArrayList<>();
            for (int i = 0; i < checksums.length; i++) {
                TensorChunks source = piece.sources()[i];
                chunk.add(source.read(first * source.width(), count * source.width(), checksums, i));
            }
            task.process(piece, first, chunk);
        }

        @Override
        public void finish() throws IOException {
            attempt(task, this::combine);
            progressed(size());
        }

        void combine() throws IOException {
            for (int i = 0; i < checksums.length; i++) {
                TensorChunks source = piece.sources()[i];
                source.combine(checksums[i], (long) count * source.width());
                if (first + count == piece.elements()) {
                    source.finish();
                }
            }
        }

        long size() {
            long size = 0;
            for (TensorChunks source : piece.sources()) {
                size += (long) count * source.width();
            }
            return size;
        }
    }

    /** Runs after the chunks of its task, because jobs finish in order. */
    private static final class Finish implements OrderedWork.Job {
        private final Task task;

        Finish(Task task) {
            this.task = task;
        }

        @Override
        public void finish() throws IOException {
            attempt(task, task::finish);
        }
    }

    private final class SmallTasks implements OrderedWork.Job {
        private final List<Task> tasks;
        private long read;

        SmallTasks(List<Task> tasks) {
            this.tasks = tasks;
        }

        @Override
        public void run() throws IOException {
            for (Task task : tasks) {
                attempt(task, () -> run(task));
            }
        }

        private void run(Task task) throws IOException {
            Iterator<Task.Piece> pieces = task.open();
            while (pieces.hasNext()) {
                Task.Piece piece = pieces.next();
                for (long first = 0; first < piece.elements(); first += CHUNK) {
                    Chunk chunk = new Chunk(task, piece, first);
                    chunk.process();
                    chunk.combine();
                    read += chunk.size();
                }
            }
            task.finish();
        }

        @Override
        public void finish() {
            progressed(read);
        }
    }

    @Override
    public void close() {
        work.close();
    }
}
