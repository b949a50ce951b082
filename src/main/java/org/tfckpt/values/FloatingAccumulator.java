package org.tfckpt.values;

import org.jspecify.annotations.Nullable;

/** Statistics of elements whose sums are exact numbers with a fraction. */
abstract class FloatingAccumulator extends Accumulator {
    final ExactSum sum;
    final ExactSum squares;
    final @Nullable BucketCounts counts;
    long finite;

    FloatingAccumulator(ExactSum sum, ExactSum squares, @Nullable BucketCounts counts) {
        this.sum = sum;
        this.squares = squares;
        this.counts = counts;
    }

    final Moments moments() {
        return new Moments(finite, sum.value(), squares.value());
    }

    final void mergeSums(FloatingAccumulator more) {
        mergeCounts(more);
        finite += more.finite;
        sum.add(more.sum);
        squares.add(more.squares);
        if (counts != null && more.counts != null) {
            counts.add(more.counts);
        }
    }

    @Override
    void reset() {
        super.reset();
        finite = 0;
        sum.reset();
        squares.reset();
        if (counts != null) {
            counts.reset();
        }
    }
}
