package org.tfckpt.values;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.tfckpt.scan.DoubleReader;
import org.tfckpt.tensor.DataType;

/** Differences between elements that are exact as doubles: floats, integers of up to 32 bits and booleans. */
final class DoublePairs extends RealPairs {
    private final DoubleReader readerA;
    private final DoubleReader readerB;
    private final boolean integers;
    private final boolean floats;
    private final double[] a = new double[BLOCK];
    private final double[] b = new double[BLOCK];

    DoublePairs(DataType typeA, DataType typeB, Tolerance tolerance) {
        super(tolerance);
        this.readerA = new DoubleReader(typeA);
        this.readerB = new DoubleReader(typeB);
        this.floats = typeA == DataType.DT_FLOAT && typeB == DataType.DT_FLOAT && tolerance.isZero();
        this.integers = !DoubleReader.isFloat(typeA);
    }

    @Override
    void addBlock(ByteBuffer bytesA, ByteBuffer bytesB, int first, int n) {
        if (floats && addFloats(readerA.readFloats(bytesA, first, n), readerB.readFloats(bytesB, first, n), first, n)) {
            return;
        }
        readerA.read(bytesA, first, a, n);
        readerB.read(bytesB, first, b, n);
        if (!addSafely(first, n)) {
            addCarefully(first, n);
        }
    }

    /** Adds a block of finite elements of common magnitudes; returns false, and adds nothing, if it has others. */
    private boolean addSafely(int first, int n) {
        double absolute = 0;
        double dd = 0;
        double ab = 0;
        double aa = 0;
        double bb = 0;
        int unequal = 0;
        for (int i = 0; i < n; i++) {
            double x = a[i];
            double y = b[i];
            double difference = x - y;
            unequal += x != y ? 1 : 0;
            absolute += Math.abs(difference);
            dd += difference * difference;
            ab += x * y;
            aa += x * x;
            bb += y * y;
        }
        if (PairSums.isUnsafe(aa, !isZero(a, n, aa))
                || PairSums.isUnsafe(bb, !isZero(b, n, bb))
                || PairSums.isUnsafe(dd, unequal > 0)) {
            return false;
        }
        sums.add(absolute, dd, ab, aa, bb);
        finite += n;
        different += unequal;
        if (unequal > 0) {
            addUnequal(first, n);
        } else {
            if (chunkMax < 0 && n > 0) {
                chunkMax = 0;
                chunkAt = first;
            }
            if (maxRelative < 0 && bb > 0) {
                maxRelative = 0;
            }
        }
        return true;
    }

    /** Does as {@link #addSafely} in one loop, for float32 elements without a tolerance. */
    private boolean addFloats(float[] floatsA, float[] floatsB, int first, int n) {
        double absolute = 0;
        double dd = 0;
        double ab = 0;
        double aa = 0;
        double bb = 0;
        int unequal = 0;
        double largest = -1;
        int largestAt = -1;
        double threshold = relativeThreshold();
        double relative = maxRelative;
        for (int i = 0; i < n; i++) {
            double x = floatsA[i];
            double y = floatsB[i];
            double difference = x - y;
            double magnitude = Math.abs(difference);
            unequal += difference != 0 ? 1 : 0;
            absolute += magnitude;
            dd = Math.fma(difference, difference, dd);
            ab = Math.fma(x, y, ab);
            aa = Math.fma(x, x, aa);
            bb = Math.fma(y, y, bb);
            if (magnitude > largest) {
                largest = magnitude;
                largestAt = i;
            }
            if (magnitude > threshold * Math.abs(y) && y != 0 && magnitude / Math.abs(y) > relative) {
                relative = magnitude / Math.abs(y);
                threshold = threshold(relative);
            }
        }
        // No float is so small or large that a square is not safe; the sum of those that are not finite is not finite.
        if (!(dd + aa + bb < Double.POSITIVE_INFINITY)) {
            return false;
        }
        sums.add(absolute, dd, ab, aa, bb);
        finite += n;
        different += unequal;
        outside += unequal;
        setRelative(relative);
        if (largest > chunkMax) {
            chunkMax = largest;
            chunkAt = first + largestAt;
        }
        return true;
    }

    private static boolean isZero(double[] values, int n, double sumOfSquares) {
        if (sumOfSquares > 0) {
            return false;
        }
        for (int i = 0; i < n; i++) {
            if (values[i] != 0) {
                return false;
            }
        }
        return true;
    }

    private void addUnequal(int first, int n) {
        double largest = chunkMax;
        for (int i = 0; i < n; i++) {
            double difference = Math.abs(a[i] - b[i]);
            addRelative(difference, Math.abs(b[i]));
            if (difference > largest) {
                largest = difference;
                chunkAt = first + i;
            }
        }
        chunkMax = largest;
        for (int i = 0; i < n; i++) {
            outside += a[i] != b[i] && !(Math.abs(a[i] - b[i]) <= tolerance.limit(Math.abs(b[i]))) ? 1 : 0;
        }
    }

    private void addCarefully(int first, int n) {
        int kept = 0;
        for (int i = 0; i < n; i++) {
            double x = a[i];
            double y = b[i];
            nanA += Double.isNaN(x) ? 1 : 0;
            nanB += Double.isNaN(y) ? 1 : 0;
            boolean bothFinite = Double.isFinite(x) && Double.isFinite(y);
            double difference = Math.abs(x - y);
            if (Double.isNaN(x) && Double.isNaN(y)) {
                outside += tolerance.equalNan() ? 0 : 1;
            } else if (x != y) {
                different++;
                outside += bothFinite && difference <= tolerance.limit(Math.abs(y)) ? 0 : 1;
            }
            if (bothFinite) {
                if (Double.isInfinite(difference)) {
                    addRelative(Math.abs(x / 2 - y / 2), Math.abs(y / 2));
                } else {
                    addRelative(difference, Math.abs(y));
                }
                if (difference > chunkMax) {
                    chunkMax = difference;
                    chunkAt = first + i;
                }
                a[kept] = x;
                b[kept++] = y;
            }
        }
        finite += kept;
        sums.addScaled(a, b, kept, false);
    }

    @Override
    @Nullable
    Number maxAbsolute() {
        Number max = super.maxAbsolute();
        return max != null && integers ? (Number) max.longValue() : max;
    }
}
