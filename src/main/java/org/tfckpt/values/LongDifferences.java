package org.tfckpt.values;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Elements;

/**
 * Differences between integers, at least one of which has 64 bits. A difference has up to 65 bits: one bit, the carry, and
 * a long without sign. Not thread-safe.
 */
final class LongDifferences {
    private static final double TWO_64 = 0x1p64;
    /** The differences of integers of this many bits are exact as doubles. */
    private static final int SMALL_BITS = 52;

    private final DataType typeA;
    private final DataType typeB;
    private final boolean unsignedA;
    private final boolean unsignedB;
    private final Tolerance tolerance;
    private final long[] a = new long[PairSums.BLOCK];
    private final long[] b = new long[PairSums.BLOCK];
    private int maxAt;
    private boolean maxCarry;
    private long maxLow;
    private long outside;

    LongDifferences(DataType typeA, DataType typeB, Tolerance tolerance) {
        this.typeA = typeA;
        this.typeB = typeB;
        this.unsignedA = typeA == DataType.DT_UINT64;
        this.unsignedB = typeB == DataType.DT_UINT64;
        this.tolerance = tolerance;
    }

    /** Reads pairs, also as doubles; returns whether their differences are exact as doubles. */
    boolean read(ByteBuffer bytesA, ByteBuffer bytesB, int first, double[] doublesA, double[] doublesB, int n) {
        read(typeA, bytesA, first, a, n);
        read(typeB, bytesB, first, b, n);
        long bits = toDoubles(a, unsignedA, doublesA, n) | toDoubles(b, unsignedB, doublesB, n);
        return bits >>> SMALL_BITS == 0;
    }

    private static void read(DataType type, ByteBuffer bytes, int first, long[] target, int n) {
        if (type.width() == Long.BYTES) {
            bytes.asLongBuffer().get(first, target, 0, n);
            return;
        }
        for (int i = 0; i < n; i++) {
            target[i] = Elements.longAt(type, bytes, first + i);
        }
    }

    /** Converts values, and returns the bits that are set in any magnitude. */
    private static long toDoubles(long[] values, boolean unsigned, double[] target, int n) {
        long bits = 0;
        for (int i = 0; i < n; i++) {
            long value = values[i];
            target[i] = LongAccumulator.toDouble(value, unsigned);
            bits |= unsigned ? value : value ^ (value >> (Long.SIZE - 1));
        }
        return bits;
    }

    /** Subtracts the pairs that were read, and compares them exactly. */
    void subtract(double[] differences, int n) {
        maxAt = -1;
        outside = 0;
        for (int i = 0; i < n; i++) {
            differences[i] = subtract(i);
        }
    }

    private double subtract(int i) {
        boolean negativeA = !unsignedA && a[i] < 0;
        boolean negativeB = !unsignedB && b[i] < 0;
        boolean carry = false;
        long low;
        if (negativeA == negativeB) {
            low = Long.compareUnsigned(a[i], b[i]) > 0 ? a[i] - b[i] : b[i] - a[i];
        } else {
            long positive = negativeA ? b[i] : a[i];
            low = positive - (negativeA ? a[i] : b[i]);
            carry = Long.compareUnsigned(low, positive) < 0;
        }
        int order = carry == maxCarry ? Long.compareUnsigned(low, maxLow) : carry ? 1 : -1;
        if (maxAt < 0 || order > 0) {
            maxAt = i;
            maxCarry = carry;
            maxLow = low;
        }
        double limit = tolerance.limit(Math.abs(LongAccumulator.toDouble(b[i], unsignedB)));
        outside += (low != 0 || carry) && !isWithin(carry, low, limit) ? 1 : 0;
        return LongAccumulator.toDouble(low, true) + (carry ? TWO_64 : 0);
    }

    /** Compares a difference with a limit, exactly. */
    private static boolean isWithin(boolean carry, long low, double limit) {
        double rest = carry ? limit - TWO_64 : limit;
        if (rest < 0 || rest >= TWO_64) {
            return rest >= TWO_64;
        }
        long whole = rest < 0x1p63 ? (long) rest : (long) (rest - 0x1p63) ^ Long.MIN_VALUE;
        return Long.compareUnsigned(low, whole) <= 0;
    }

    /** Returns the number of pairs outside the tolerance. */
    long outside() {
        return outside;
    }

    /** Returns the index of the first largest difference. */
    int maxAt() {
        return maxAt;
    }

    BigInteger max() {
        return new BigInteger(Long.toUnsignedString(maxLow))
                .add(maxCarry ? BigInteger.ONE.shiftLeft(64) : BigInteger.ZERO);
    }

    /** Returns an integer: {@code exact}, unless it is null because {@code rounded} is exact. */
    static BigInteger exact(double rounded, @Nullable BigInteger exact) {
        return exact == null ? new BigDecimal(rounded).toBigInteger() : exact;
    }

    /** Returns an integer as a long, or as a {@link BigInteger} if it has more bits. */
    static Number number(double rounded, @Nullable BigInteger exact) {
        BigInteger value = exact(rounded, exact);
        return value.bitLength() < Long.SIZE ? (Number) value.longValueExact() : value;
    }
}
