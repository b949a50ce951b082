package org.tfckpt.values;

import org.jspecify.annotations.Nullable;

/** Differences whose largest is a double. */
abstract class RealPairs extends PairAccumulator {
    /** The largest difference of the chunk; negative if there is none. */
    double chunkMax;
    /** The index in the chunk of the first pair with its largest difference. */
    int chunkAt;

    private double max = -1;

    RealPairs(Tolerance tolerance) {
        super(tolerance);
    }

    @Override
    final void beginChunk() {
        chunkMax = -1;
        chunkAt = -1;
    }

    @Override
    final long endChunk() {
        return chunkAt;
    }

    @Override
    final int compareChunkMax() {
        return Double.compare(chunkMax, max);
    }

    @Override
    final int compareMax(PairAccumulator other) {
        return Double.compare(((RealPairs) other).max, max);
    }

    @Override
    final void takeChunkMax() {
        max = chunkMax;
    }

    @Override
    final void takeMax(PairAccumulator other) {
        max = ((RealPairs) other).max;
    }

    @Override
    @Nullable
    Number maxAbsolute() {
        return max < 0 ? null : (Number) max;
    }
}
