package org.tfckpt.values;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Elements;

/** Differences between integers, at least one of which has 64 bits. A difference has up to 65 bits, and is exact. */
final class LongPairs extends PairAccumulator {
    private static final double TWO_64 = 0x1p64;

    private final DataType typeA;
    private final DataType typeB;
    private final boolean unsignedA;
    private final boolean unsignedB;
    private boolean carry;
    private long low;
    private boolean chunkCarry;
    private long chunkLow;
    private int chunkAt;

    LongPairs(DataType typeA, DataType typeB, Tolerance tolerance) {
        super(tolerance);
        this.typeA = typeA;
        this.typeB = typeB;
        this.unsignedA = typeA == DataType.DT_UINT64;
        this.unsignedB = typeB == DataType.DT_UINT64;
    }

    @Override
    void beginChunk() {
        chunkAt = -1;
    }

    @Override
    void addBlock(ByteBuffer bytesA, ByteBuffer bytesB, int first, int n) {
        double absolute = 0;
        double dd = 0;
        double ab = 0;
        double aa = 0;
        double bb = 0;
        for (int i = first; i < first + n; i++) {
            long a = Elements.longAt(typeA, bytesA, i);
            long b = Elements.longAt(typeB, bytesB, i);
            double x = LongAccumulator.toDouble(a, unsignedA);
            double y = LongAccumulator.toDouble(b, unsignedB);
            double difference = addDifference(i, a, b, Math.abs(y));
            absolute += difference;
            dd += difference * difference;
            ab += x * y;
            aa += x * x;
            bb += y * y;
        }
        finite += n;
        sums.add(absolute, dd, ab, aa, bb);
    }

    /** Compares a pair, and returns the difference as a double. */
    private double addDifference(int index, long a, long b, double magnitude) {
        boolean negativeA = !unsignedA && a < 0;
        boolean negativeB = !unsignedB && b < 0;
        boolean exceeds = false;
        long difference;
        if (negativeA == negativeB) {
            difference = Long.compareUnsigned(a, b) > 0 ? a - b : b - a;
        } else {
            long positive = negativeA ? b : a;
            difference = positive - (negativeA ? a : b);
            exceeds = Long.compareUnsigned(difference, positive) < 0;
        }
        if (chunkAt < 0 || compare(exceeds, difference, chunkCarry, chunkLow) > 0) {
            chunkAt = index;
            chunkCarry = exceeds;
            chunkLow = difference;
        }
        double rounded = LongAccumulator.toDouble(difference, true) + (exceeds ? TWO_64 : 0);
        addRelative(rounded, magnitude);
        if (difference != 0 || exceeds) {
            different++;
            outside += isWithin(exceeds, difference, tolerance.limit(magnitude)) ? 0 : 1;
        }
        return rounded;
    }

    private static int compare(boolean carryA, long lowA, boolean carryB, long lowB) {
        return carryA == carryB ? Long.compareUnsigned(lowA, lowB) : carryA ? 1 : -1;
    }

    /** Compares a difference with a limit, exactly. */
    private static boolean isWithin(boolean exceeds, long difference, double limit) {
        double rest = exceeds ? limit - TWO_64 : limit;
        if (rest < 0 || rest >= TWO_64) {
            return rest >= TWO_64;
        }
        long whole = rest < 0x1p63 ? (long) rest : (long) (rest - 0x1p63) ^ Long.MIN_VALUE;
        return Long.compareUnsigned(difference, whole) <= 0;
    }

    @Override
    long endChunk() {
        return chunkAt;
    }

    @Override
    int compareChunkMax() {
        return compare(chunkCarry, chunkLow, carry, low);
    }

    @Override
    int compareMax(PairAccumulator other) {
        LongPairs more = (LongPairs) other;
        return compare(more.carry, more.low, carry, low);
    }

    @Override
    void takeChunkMax() {
        carry = chunkCarry;
        low = chunkLow;
    }

    @Override
    void takeMax(PairAccumulator other) {
        carry = ((LongPairs) other).carry;
        low = ((LongPairs) other).low;
    }

    @Override
    @Nullable
    Number maxAbsolute() {
        if (maxAt() < 0) {
            return null;
        }
        BigInteger exact =
                new BigInteger(Long.toUnsignedString(low)).add(carry ? BigInteger.ONE.shiftLeft(64) : BigInteger.ZERO);
        return exact.bitLength() < Long.SIZE ? (Number) exact.longValueExact() : exact;
    }
}
