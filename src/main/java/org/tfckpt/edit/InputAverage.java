package org.tfckpt.edit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.Tensor;
import org.tfckpt.scan.DoubleReader;
import org.tfckpt.scan.TensorChunks;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorSlice;

/** The checkpoints whose tensors are averaged, and their weights. Not thread-safe: it collects what is noticed. */
final class InputAverage {
    private final List<Checkpoint> inputs;
    private final double[] weights;
    private final Executor executor;
    private final int threads;
    private final Set<String> warnings = new LinkedHashSet<>();

    InputAverage(List<Checkpoint> inputs, double[] weights, Executor executor, int threads) {
        this.inputs = List.copyOf(inputs);
        this.weights = weights.clone();
        this.executor = executor;
        this.threads = threads;
    }

    /** Returns whether tensors of a dtype are averaged. */
    static boolean isAveraged(DataType dtype) {
        return DoubleReader.isFloatOrComplex(dtype);
    }

    /** Returns the average of a tensor, or of one of its slices. */
    AveragedElements of(TensorInfo tensor, @Nullable TensorSlice slice) throws IOException {
        List<TensorChunks> values = new ArrayList<>();
        for (Checkpoint input : inputs) {
            Tensor whole = input.tensor(tensor.name());
            TensorChunks chunks = TensorChunks.of(input, whole, slice, true);
            if (!chunks.combinesChecksums()) {
                // Even if checksums are disabled for the checkpoint.
                (slice == null ? whole : whole.slice(slice)).check();
            }
            values.add(chunks);
        }
        return new AveragedElements(
                values,
                tensor.dtype(),
                weights,
                input -> warnings.add("'" + tensor.name() + "' has NaN in '" + inputs.get(input) + "'"),
                executor,
                threads);
    }

    /** Returns the tensors and inputs in which a NaN was found. */
    Set<String> warnings() {
        return Collections.unmodifiableSet(warnings);
    }
}
