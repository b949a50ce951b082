package org.tfckpt.format.bundle;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo.Storage;
import org.tfckpt.tensor.TensorNames;
import org.tfckpt.tensor.TensorSlice;

/** The tensors added to a checkpoint so far. Checks each new one against them, and builds their index entries. */
final class AddedTensors {
    private final IndexEntries entries = new IndexEntries();
    private final Map<String, Partitioned> partitioned = new LinkedHashMap<>();

    private record Part(int shard, TensorSlice slice) {}

    private record Partitioned(DataType dtype, Shape shape, List<Part> parts) {}

    /**
     * Checks a tensor or slice before any of it is written.
     *
     * @return the number of its elements
     * @throws IllegalArgumentException if a checkpoint cannot hold it, or it conflicts with an earlier one
     */
    long check(TensorPart part) {
        if (part.name().isEmpty()) {
            throw new IllegalArgumentException("a tensor's name is empty; that key belongs to the header");
        }
        if (part.shape().elementCount().isEmpty()) {
            throw new IllegalArgumentException("tensor '" + part.name() + "' cannot have the shape " + part.shape());
        }
        long count = part.addedShape().elements();
        byte[] key = part.key();
        TensorSlice slice = part.properSlice();
        if (entries.get(key) != null || (slice == null && partitioned.containsKey(part.name()))) {
            throw duplicate(part, TensorNames.decode(key));
        }
        if (slice != null) {
            if (entries.get(TensorNames.encode(part.name())) != null) {
                throw duplicate(part, part.name());
            }
            checkSlice(part, slice);
        }
        return count;
    }

    private static IllegalArgumentException duplicate(TensorPart part, String key) {
        return new IllegalArgumentException((part.slice() == null ? "" : "slice " + part.slice() + " of ") + "tensor '"
                + part.name() + "' has already been added (TensorFlow: \"Adding duplicate key: " + key + "\")");
    }

    /** Rejects a slice that contradicts those before it: TensorFlow would write it, but could not read it. */
    private void checkSlice(TensorPart part, TensorSlice slice) {
        Partitioned tensor = partitioned.get(part.name());
        if (tensor == null) {
            return;
        }
        if (!tensor.shape.equals(part.shape())) {
            throw contradiction(
                    part,
                    "has another shape than the slices before it",
                    "Incompatible tensor shapes detected for tensor " + part.name() + ": existing = " + tensor.shape
                            + ", new = " + part.shape());
        }
        if (tensor.dtype != part.dtype()) {
            throw contradiction(
                    part,
                    "has another dtype than the slices before it",
                    "Incompatible tensor types detected for tensor " + part.name() + ": existing = "
                            + tensor.dtype.shortName() + ", new = "
                            + part.dtype().shortName());
        }
        for (Part other : tensor.parts) {
            if (other.slice.intersect(slice).isPresent()) {
                throw contradiction(
                        part,
                        "overlaps another slice",
                        "Overlapping slices: existing slice = " + other.slice + ", new slice = " + slice);
            }
        }
    }

    private static IllegalArgumentException contradiction(TensorPart part, String problem, String tensorFlow) {
        return new IllegalArgumentException("slice " + part.slice() + " of tensor '" + part.name() + "' " + problem
                + " (TensorFlow: \"" + tensorFlow + "\")");
    }

    void add(TensorPart part, Storage storage) {
        entries.put(part.key(), IndexRecords.stored(part.dtype().number(), part.addedShape(), storage));
        TensorSlice slice = part.properSlice();
        if (slice != null) {
            partitioned
                    .computeIfAbsent(
                            part.name(), name -> new Partitioned(part.dtype(), part.shape(), new ArrayList<>()))
                    .parts
                    .add(new Part(storage.shard(), slice));
        }
    }

    /** Returns all index entries, with one for each partitioned tensor that lists its slices in the order of adding. */
    IndexEntries complete() {
        partitioned.forEach((name, tensor) -> {
            List<TensorSlice> slices = tensor.parts.stream().map(Part::slice).toList();
            int first = tensor.parts.stream().mapToInt(Part::shard).min().orElse(0);
            entries.put(
                    TensorNames.encode(name),
                    IndexRecords.partitioned(tensor.dtype.number(), tensor.shape, first, slices));
        });
        return entries;
    }
}
