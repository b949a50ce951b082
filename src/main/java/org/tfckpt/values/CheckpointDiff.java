package org.tfckpt.values;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.tensor.TensorInfo;

/**
 * Compares two checkpoints: names, shapes, dtypes and values. Immutable and thread-safe; start from {@link #DEFAULT}.
 *
 * <pre>{@code
 * boolean equal = CheckpointDiff.DEFAULT.compare(checkpoint, other).isEqual();
 * }</pre>
 *
 * <p>Tensors with equal checksums in both indexes, and the same dtype, shape, byte order and size, are not read, unless
 * {@link DiffDepth#BYTES} is chosen or NaNs are not equal. The object graph of a TF2 checkpoint is not compared with a file
 * of another format, which has none.
 *
 * <p>To prove that a checkpoint was converted correctly, compare its {@linkplain Checkpoint#view view} with the result.
 */
public final class CheckpointDiff {
    /** Compares the values of all tensors under the same names, without tolerance, on the calling thread. */
    public static final CheckpointDiff DEFAULT = new CheckpointDiff(
            DiffDepth.VALUES, Tolerance.NONE, ScanOptions.DEFAULT, null, tensor -> true, tensor -> true);

    private final DiffDepth depth;
    private final Tolerance tolerance;
    private final ScanOptions options;
    private final @Nullable UnaryOperator<String> mapping;
    private final Predicate<TensorInfo> filterA;
    private final Predicate<TensorInfo> filterB;

    private CheckpointDiff(
            DiffDepth depth,
            Tolerance tolerance,
            ScanOptions options,
            @Nullable UnaryOperator<String> mapping,
            Predicate<TensorInfo> filterA,
            Predicate<TensorInfo> filterB) {
        this.depth = depth;
        this.tolerance = tolerance;
        this.options = options;
        this.mapping = mapping;
        this.filterA = filterA;
        this.filterB = filterB;
    }

    /**
     * Returns a copy that compares more or less.
     *
     * @param newDiffDepth how much is compared
     * @return the new object
     */
    public CheckpointDiff with(DiffDepth newDiffDepth) {
        return new CheckpointDiff(newDiffDepth, tolerance, options, mapping, filterA, filterB);
    }

    /**
     * Returns a copy with a tolerance.
     *
     * @param newTolerance which elements count as outside
     * @return the new object
     */
    public CheckpointDiff with(Tolerance newTolerance) {
        return new CheckpointDiff(depth, newTolerance, options, mapping, filterA, filterB);
    }

    /**
     * Returns a copy that scans with these options.
     *
     * @param scanOptions threads and progress
     * @return the new object
     */
    public CheckpointDiff with(ScanOptions scanOptions) {
        return new CheckpointDiff(depth, tolerance, scanOptions, mapping, filterA, filterB);
    }

    /**
     * Returns a copy that compares tensors of different names. The names of the first checkpoint are then held in memory.
     *
     * @param names from a name of the first checkpoint to the name in the second one
     * @return the new object
     */
    public CheckpointDiff mapping(UnaryOperator<String> names) {
        return new CheckpointDiff(depth, tolerance, options, names, filterA, filterB);
    }

    /**
     * Returns a copy that ignores some tensors.
     *
     * @param selectA the tensors of the first checkpoint to compare; those with their names in the second one belong to
     *     them
     * @param selectB the tensors of the second checkpoint to report if the first one does not have them
     * @return the new object
     */
    public CheckpointDiff selecting(Predicate<TensorInfo> selectA, Predicate<TensorInfo> selectB) {
        return new CheckpointDiff(depth, tolerance, options, mapping, selectA, selectB);
    }

    /**
     * Compares two checkpoints.
     *
     * @param a the first checkpoint
     * @param b the second checkpoint, which relative differences refer to
     * @return the differences; a damaged tensor is listed under {@link Differences#notCompared()}
     * @throws IOException if an index is damaged, or a file cannot be read
     */
    public Differences compare(Checkpoint a, Checkpoint b) throws IOException {
        try (TaskRunner runner = new TaskRunner(options)) {
            Comparing comparing = new Comparing(a, b, depth, tolerance, runner);
            return comparing.run(new TensorPairs(a, b, mapping, filterA, filterB));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
