package org.tfckpt.format.bundle;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorNames;
import org.tfckpt.tensor.TensorSlice;

/** The tensors that are written in slices: each has an entry of its own that lists them. */
final class PartitionedTensors {
    private final Map<String, Partitioned> tensors = new LinkedHashMap<>();

    private record Part(int shard, TensorSlice slice) {}

    private record Partitioned(DataType dtype, Shape shape, List<Part> parts) {}

    boolean contains(String name) {
        return tensors.containsKey(name);
    }

    /**
     * Checks a slice before anything of it is written.
     *
     * @throws IllegalArgumentException if it contradicts the slices before it: TensorFlow would write it and never read
     *     it again
     */
    void check(String name, DataType dtype, Shape shape, TensorSlice slice) {
        Partitioned tensor = tensors.get(name);
        if (tensor == null) {
            return;
        }
        if (!tensor.shape.equals(shape)) {
            throw new IllegalArgumentException("Incompatible tensor shapes detected for tensor " + name
                    + ": existing = " + tensor.shape + ", new = " + shape);
        }
        if (tensor.dtype != dtype) {
            throw new IllegalArgumentException("Incompatible tensor types detected for tensor " + name + ": existing = "
                    + tensor.dtype.shortName() + ", new = " + dtype.shortName());
        }
        for (Part part : tensor.parts) {
            Optional<TensorSlice> common = part.slice.intersect(slice);
            if (common.isPresent()) {
                throw new IllegalArgumentException(
                        "Overlapping slices: existing slice = " + part.slice + ", new slice = " + slice);
            }
        }
    }

    void add(String name, DataType dtype, Shape shape, TensorSlice slice, int shard) {
        tensors.computeIfAbsent(name, n -> new Partitioned(dtype, shape, new ArrayList<>()))
                .parts
                .add(new Part(shard, slice));
    }

    /** The entries of the whole tensors, their slices in the order in which they were added. */
    void putInto(IndexEntries entries) {
        tensors.forEach((name, tensor) -> {
            List<TensorSlice> slices = tensor.parts.stream().map(Part::slice).toList();
            int first = tensor.parts.stream().mapToInt(Part::shard).min().orElse(0);
            entries.put(
                    TensorNames.encode(name),
                    IndexRecords.partitioned(tensor.dtype.number(), tensor.shape, first, slices));
        });
    }
}
