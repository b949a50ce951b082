package org.tfckpt.values;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.Tensor;
import org.tfckpt.scan.TensorChunks;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.TensorSlice;

/**
 * Work on one tensor, or on two that are compared: pieces whose elements are processed in chunks, on any threads and in
 * any order, and a last step.
 */
abstract class Task {
    private volatile @Nullable CheckpointException failure;

    /** The elements of a tensor or of a slice, of each side. */
    static final class Piece {
        private final @Nullable TensorSlice region;
        private final long elements;
        private final TensorChunks[] sources;

        /**
         * Creates a piece.
         *
         * @param region the region of the tensor, if the task needs to know it
         * @param elements the number of elements of each source
         * @param sources where the elements are
         */
        Piece(@Nullable TensorSlice region, long elements, TensorChunks... sources) {
            this.region = region;
            this.elements = elements;
            this.sources = sources;
        }

        @Nullable
        TensorSlice region() {
            return region;
        }

        long elements() {
            return elements;
        }

        TensorChunks[] sources() {
            return sources;
        }
    }

    /** Opens the pieces, one after the other. Called once, before anything else. */
    abstract Iterator<Piece> open() throws IOException;

    /** Processes some elements of a piece, from the one with the index {@code first}. Called on any thread. */
    abstract void process(Piece piece, long first, List<ByteBuffer> elements) throws IOException;

    /** Called after all chunks, on one thread; not called after a failure. */
    abstract void finish() throws IOException;

    /** Returns the number of elements that are processed in chunks; may be wrong if the index is damaged. */
    abstract long size();

    /** Returns the elements of a tensor or of a region of it; those of a small tensor are checked when they are read. */
    final TensorChunks chunks(Checkpoint checkpoint, Tensor whole, @Nullable TensorSlice region) throws IOException {
        boolean combines = size() > Accumulator.CHUNK && checkpoint.options().checksums();
        return TensorChunks.of(checkpoint, whole, region, combines);
    }

    final void fail(CheckpointException e) {
        failure = e;
    }

    final boolean failed() {
        return failure != null;
    }

    final @Nullable CheckpointException failure() {
        return failure;
    }
}
