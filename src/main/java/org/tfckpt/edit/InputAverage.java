package org.tfckpt.edit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.Tensor;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorSlice;

/** The checkpoints whose tensors are averaged, and their weights. Not thread-safe: it collects what is noticed. */
final class InputAverage {
    private final List<Checkpoint> inputs;
    private final double[] weights;
    private final Set<String> warnings = new LinkedHashSet<>();

    InputAverage(List<Checkpoint> inputs, double[] weights) {
        this.inputs = List.copyOf(inputs);
        this.weights = weights.clone();
    }

    /** Returns whether tensors of a dtype are averaged. */
    static boolean isAveraged(DataType dtype) {
        return AveragedElements.canAverage(dtype);
    }

    /** Returns the average of a tensor, or of one of its slices. */
    AveragedElements of(TensorInfo tensor, @Nullable TensorSlice slice) throws IOException {
        List<Tensor> values = new ArrayList<>();
        for (Checkpoint input : inputs) {
            Tensor whole = input.tensor(tensor.name());
            Tensor value = slice == null ? whole : whole.slice(slice);
            value.check();
            values.add(value);
        }
        return new AveragedElements(
                values,
                weights,
                input -> warnings.add("'" + tensor.name() + "' has NaN in '" + inputs.get(input) + "'"));
    }

    /** Returns the tensors and inputs in which a NaN was found. */
    Set<String> warnings() {
        return Collections.unmodifiableSet(warnings);
    }
}
