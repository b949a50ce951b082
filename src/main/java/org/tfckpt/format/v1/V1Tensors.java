package org.tfckpt.format.v1;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.ProtoShapes;
import org.tfckpt.format.SliceAssembly;
import org.tfckpt.format.SliceSet;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorSlice;
import org.tfckpt.tensor.UnsupportedFormatException;

/** Collects the tensors of a V1 checkpoint from the lists of its files; each file may have slices of any tensor. */
final class V1Tensors {
    private final Map<String, Gathered> byName = new HashMap<>();

    private static final class Gathered {
        private final Shape shape;
        private final int dtype;
        private final List<TensorSlice> slices = new ArrayList<>(1);
        private final List<Integer> files = new ArrayList<>(1);

        Gathered(Shape shape, int dtype) {
            this.shape = shape;
            this.dtype = dtype;
        }

        void add(List<TensorSlice> more, int file) {
            slices.addAll(more);
            files.addAll(Collections.nCopies(more.size(), file));
        }
    }

    /** Adds the slices of a tensor that a file lists. */
    void add(SliceMeta meta, int file, String fileName) throws CheckpointException {
        ErrorContext place = ErrorContext.at(fileName, -1).ofTensor(meta.name());
        if (meta.slices().isEmpty()) {
            return;
        }
        SliceAssembly.requireElements(new TensorInfo(meta.name(), meta.dtype(), meta.shape(), null, List.of()), place);
        Gathered known = byName.computeIfAbsent(meta.name(), name -> new Gathered(meta.shape(), meta.dtype()));
        if (!known.shape.equals(meta.shape())) {
            throw new DataLossException(
                    ProblemKind.SHAPE,
                    "Incompatible tensor shapes detected for tensor " + meta.name() + ": existing = " + known.shape
                            + ", new = " + meta.shape(),
                    place);
        }
        if (known.dtype != meta.dtype()) {
            throw new DataLossException(
                    ProblemKind.DTYPE,
                    "Incompatible tensor types detected for tensor " + meta.name() + ": existing = "
                            + DataType.shortName(known.dtype) + ", new = " + DataType.shortName(meta.dtype()),
                    place);
        }
        known.add(meta.slices(), file);
        if (known.slices.size() > ProtoShapes.MAX_SLICES) {
            throw new UnsupportedFormatException("more than " + ProtoShapes.MAX_SLICES + " slices", place);
        }
    }

    /** Returns all tensors, after checking their slices. */
    Map<String, V1Tensor> build(List<V1File> files, @Nullable String hint) throws CheckpointException {
        Map<String, V1Tensor> tensors = new HashMap<>(byName.size() * 2);
        for (Map.Entry<String, Gathered> entry : byName.entrySet()) {
            Gathered gathered = entry.getValue();
            List<TensorSlice> slices = List.copyOf(gathered.slices);
            boolean whole = slices.size() == 1 && slices.get(0).equals(TensorSlice.full(gathered.shape.rank()));
            TensorInfo info =
                    new TensorInfo(entry.getKey(), gathered.dtype, gathered.shape, null, whole ? List.of() : slices);
            V1Tensor tensor = new V1Tensor(info, slices, List.copyOf(gathered.files), files, hint);
            if (!whole) {
                SliceSet.of(gathered.shape, slices, tensor.place());
            }
            tensors.put(entry.getKey(), tensor);
        }
        return tensors;
    }
}
