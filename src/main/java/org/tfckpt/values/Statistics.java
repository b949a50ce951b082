package org.tfckpt.values;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.TensorInfo;

/**
 * Computes statistics of the tensors of a checkpoint: counts of NaN, infinities and zeros, extremes, mean, standard
 * deviation, norm and histogram. Immutable and thread-safe; start from {@link #DEFAULT}.
 *
 * <pre>{@code
 * Statistics.DEFAULT.scan(
 *         checkpoint,
 *         checkpoint.tensorIterator(),
 *         tensor -> System.out.println(tensor.name() + " " + tensor.summary().orElse(Summary.EMPTY).nan()));
 * }</pre>
 */
public final class Statistics {
    /** Statistics with histograms, computed by the calling thread. */
    public static final Statistics DEFAULT = new Statistics(ScanOptions.DEFAULT, true);

    /** The limits of the tensors that are scanned before the first of them is reported. */
    private static final int MAX_TENSORS = 1024;

    private static final long MAX_BUCKETS = 1L << 19;
    private static final int BUCKETS_OF_TENSOR = 1 << 16;

    private final ScanOptions options;
    private final boolean histograms;

    private Statistics(ScanOptions options, boolean histograms) {
        this.options = options;
        this.histograms = histograms;
    }

    /**
     * Returns a copy that scans with these options.
     *
     * @param scanOptions threads and progress
     * @return the new object
     */
    public Statistics with(ScanOptions scanOptions) {
        return new Statistics(scanOptions, histograms);
    }

    /**
     * Returns a copy that computes no histograms, which takes less time.
     *
     * @return the new object
     */
    public Statistics withoutHistograms() {
        return new Statistics(options, false);
    }

    /** Receives the statistics of tensors. */
    @FunctionalInterface
    public interface Listener {
        /**
         * Receives the statistics of a tensor.
         *
         * @param statistics the statistics
         * @throws IOException to end the scan
         */
        void accept(TensorStatistics statistics) throws IOException;

        /**
         * Called instead of {@link #accept} for a tensor that is damaged or of an unsupported dtype.
         *
         * @param tensor the tensor
         * @param problem why it cannot be read
         * @throws IOException to end the scan, as this method does unless it is overridden
         */
        default void damaged(TensorInfo tensor, CheckpointException problem) throws IOException {
            throw problem;
        }
    }

    /**
     * Scans tensors. Those of a file are read in the order of the file, as far as this is possible with little memory.
     *
     * @param checkpoint an open checkpoint
     * @param tensors tensors of the checkpoint
     * @param listener receives the statistics on the calling thread, in the order of {@code tensors}
     * @throws IOException if the checkpoint cannot be read, or the listener throws it
     */
    public void scan(Checkpoint checkpoint, Iterator<TensorInfo> tensors, Listener listener) throws IOException {
        AccumulatorPool pool = new AccumulatorPool(histograms);
        try (TaskRunner runner = new TaskRunner(options)) {
            while (tensors.hasNext()) {
                List<StatisticsTask> tasks = next(checkpoint, tensors, pool);
                List<StatisticsTask> inFileOrder = new ArrayList<>(tasks);
                inFileOrder.sort(Comparator.comparing(StatisticsTask::info, FileOrder.INSTANCE));
                runner.run(inFileOrder);
                for (StatisticsTask task : tasks) {
                    report(task, listener);
                }
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private List<StatisticsTask> next(Checkpoint checkpoint, Iterator<TensorInfo> tensors, AccumulatorPool pool) {
        List<StatisticsTask> tasks = new ArrayList<>();
        long buckets = 0;
        while (tensors.hasNext() && tasks.size() < MAX_TENSORS && buckets < MAX_BUCKETS) {
            StatisticsTask task = new StatisticsTask(checkpoint, tensors.next(), pool);
            buckets += pool.histograms() ? Math.min(task.size(), BUCKETS_OF_TENSOR) : 0;
            tasks.add(task);
        }
        return tasks;
    }

    private static void report(StatisticsTask task, Listener listener) throws IOException {
        TensorStatistics result = task.result();
        CheckpointException failure = task.failure();
        if (failure != null) {
            listener.damaged(task.info(), failure);
        } else if (result != null) {
            listener.accept(result);
        }
    }

    /**
     * Computes the statistics of one tensor.
     *
     * @param checkpoint an open checkpoint
     * @param name the name of a tensor
     * @return its statistics
     * @throws org.tfckpt.tensor.TensorNotFoundException if there is no tensor with this name
     * @throws IOException if it cannot be read
     */
    public TensorStatistics of(Checkpoint checkpoint, String name) throws IOException {
        List<@Nullable TensorStatistics> result = new ArrayList<>();
        scan(checkpoint, List.of(checkpoint.tensor(name).info()).iterator(), result::add);
        return java.util.Objects.requireNonNull(result.get(0));
    }
}
