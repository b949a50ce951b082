package org.tfckpt.values;

import java.nio.ByteBuffer;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Collects the differences between the elements of two tensors. Blocks are cut at fixed places, and their results are
 * added exactly, so that accumulators that share the chunks of a tensor in any way add up to the same result. Not
 * thread-safe.
 */
abstract class PairAccumulator {
    /** The number of elements that are processed at a time; divides {@link Accumulator#CHUNK}. */
    static final int BLOCK = 1024;

    final Tolerance tolerance;
    final PairSums sums = new PairSums();
    long different;
    long outside;
    long nanA;
    long nanB;
    /** The number of pairs of finite elements. */
    long finite;
    /** The largest |a − b| / |b|; negative if there was none. */
    double maxRelative = -1;
    /** If |a − b| is at most this multiple of |b|, it does not change {@link #maxRelative}. */
    private double relativeThreshold = -1;

    /** The index of the first pair with the largest difference, in the whole tensor; negative if there is none. */
    private long maxAt = -1;

    PairAccumulator(Tolerance tolerance) {
        this.tolerance = tolerance;
    }

    /** Adds a chunk of both tensors. */
    final void add(ByteBuffer a, ByteBuffer b, int count, LongUnaryOperator indexInTensor) {
        beginChunk();
        for (int first = 0; first < count; first += BLOCK) {
            addBlock(a, b, first, Math.min(BLOCK, count - first));
        }
        long candidate = endChunk();
        if (candidate >= 0) {
            offer(indexInTensor.applyAsLong(candidate));
        }
    }

    /** Forgets the largest difference of the last chunk. */
    abstract void beginChunk();

    /** Adds elements, at most {@link #BLOCK}. */
    abstract void addBlock(ByteBuffer a, ByteBuffer b, int first, int n);

    /** Returns the index in the chunk of its first pair with its largest difference; negative if there is none. */
    abstract long endChunk();

    /** Compares the largest difference of the last chunk with that of all: negative, zero or positive. */
    abstract int compareChunkMax();

    /** Compares the largest difference of another accumulator with that of this one. */
    abstract int compareMax(PairAccumulator other);

    /** Makes the largest difference of the last chunk that of all. */
    abstract void takeChunkMax();

    /** Makes the largest difference of another accumulator that of this one. */
    abstract void takeMax(PairAccumulator other);

    /** Returns the largest difference; null if no pair was finite. */
    abstract @Nullable Number maxAbsolute();

    private void offer(long index) {
        int order = maxAt < 0 ? 1 : compareChunkMax();
        if (order > 0) {
            takeChunkMax();
        }
        if (order > 0 || (order == 0 && index < maxAt)) {
            maxAt = index;
        }
    }

    final long maxAt() {
        return maxAt;
    }

    /** Returns a multiple of |b| below which no difference can exceed a quotient, in spite of rounding. */
    static double threshold(double quotient) {
        return quotient * (1 - 0x1p-50);
    }

    final double relativeThreshold() {
        return relativeThreshold;
    }

    final void setRelative(double quotient) {
        maxRelative = quotient;
        relativeThreshold = quotient < 0 ? -1 : threshold(quotient);
    }

    final void addRelative(double difference, double magnitude) {
        // Divides only if the quotient may be larger; tiny products would be rounded too much.
        if ((difference > relativeThreshold * magnitude || magnitude < 0x1p-900) && magnitude > 0) {
            double quotient = difference / magnitude;
            if (quotient > maxRelative) {
                setRelative(quotient);
            }
        }
    }

    final void merge(PairAccumulator other) {
        different += other.different;
        outside += other.outside;
        nanA += other.nanA;
        nanB += other.nanB;
        finite += other.finite;
        maxRelative = Math.max(maxRelative, other.maxRelative);
        sums.add(other.sums);
        if (other.maxAt >= 0) {
            int order = maxAt < 0 ? 1 : compareMax(other);
            if (order > 0) {
                takeMax(other);
            }
            if (order > 0 || (order == 0 && other.maxAt < maxAt)) {
                maxAt = other.maxAt;
            }
        }
    }
}
