package org.tfckpt.spark;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorSlice;

/**
 * The tensors of a split, and the parts of large tensors in it. Which these are depends on the index alone, so that a task
 * that is run again finds the same ones.
 */
final class Pieces {
    /** Formats without checksums of the whole tensor, which can be read from anywhere. */
    private static final Set<String> PLAIN = Set.of("safetensors", "npy");

    private final Checkpoint checkpoint;
    private final Iterator<TensorInfo> tensors;
    private final Split split;
    private final Predicate<TensorInfo> filter;
    private long position;

    Pieces(Checkpoint checkpoint, Iterator<TensorInfo> tensors, Split split, Predicate<TensorInfo> filter) {
        this.checkpoint = checkpoint;
        this.tensors = tensors;
        this.split = split;
        this.filter = filter;
    }

    /**
     * A tensor, or a part of one, which may be divided if it is large. It starts at an offset among all bytes of the
     * checkpoint.
     */
    record Piece(TensorInfo tensor, long start, boolean isLarge) {}

    /** Elements of a tensor, or of a slice, which is not null then. */
    record Range(@Nullable TensorSlice slice, long first, long count) {}

    /** Returns the next tensor of which a part is in the split; null if there is none. */
    @Nullable
    Piece next() {
        while (position < split.end() && tensors.hasNext()) {
            TensorInfo tensor = tensors.next();
            long start = position;
            long bytes = Math.max(0, tensor.byteSize());
            position = Math.min(start + bytes, Long.MAX_VALUE / 2);
            boolean large = isLarge(tensor);
            boolean overlaps = large ? position > split.start() && start < split.end() : contains(start);
            if (overlaps && filter.test(tensor)) {
                return new Piece(tensor, start, large);
            }
        }
        return null;
    }

    private boolean contains(long offset) {
        return split.start() <= offset && offset < split.end();
    }

    /** Returns whether a tensor begins in the split. */
    boolean begins(Piece piece) {
        return contains(piece.start);
    }

    private boolean isLarge(TensorInfo tensor) {
        if (split.count() == 1
                || tensor.byteSize() <= split.large()
                || !tensor.dtype().isFixedWidth()) {
            return false;
        }
        TensorInfo.Storage storage = tensor.storage();
        return storage == null
                ? tensor.isPartitioned() && checkpoint.format().equals("V2")
                : storage.hasCrc32c() || PLAIN.contains(checkpoint.format());
    }

    /** Returns the part of a large tensor, as elements of the whole tensor, that is in the split. */
    Range range(Piece piece) {
        return range(
                null, piece.start, piece.tensor.byteSize(), piece.tensor.dtype().width());
    }

    /**
     * Returns the parts of the slices of a large tensor that are in the split. Throws {@link IllegalArgumentException}
     * if a slice does not fit the tensor.
     */
    List<Range> ranges(Piece piece) {
        TensorInfo tensor = piece.tensor;
        if (!tensor.isPartitioned()) {
            return List.of(range(piece));
        }
        List<Range> ranges = new ArrayList<>();
        long start = piece.start;
        for (TensorSlice slice : tensor.slices()) {
            long bytes = slice.of(tensor.shape()).elements() * tensor.dtype().width();
            Range range = range(slice, start, bytes, tensor.dtype().width());
            if (range.count > 0) {
                ranges.add(range);
            }
            start += bytes;
        }
        return ranges;
    }

    private Range range(@Nullable TensorSlice slice, long start, long bytes, int width) {
        long from = element(split.start() - start, bytes, width);
        return new Range(slice, from, element(split.end() - start, bytes, width) - from);
    }

    /** Returns the index of the first element at or after an offset. */
    private static long element(long offset, long bytes, int width) {
        return (Math.min(bytes, Math.max(0, offset)) + width - 1) / width;
    }
}
