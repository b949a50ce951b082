package org.tfckpt.values;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.function.LongUnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.tfckpt.scan.DoubleReader;
import org.tfckpt.tensor.DataType;

/**
 * Collects the differences between the elements of two tensors. Blocks are cut at fixed places, and their results are
 * added exactly, so that accumulators that share the chunks of a tensor in any way add up to the same result. Not
 * thread-safe.
 */
final class PairAccumulator {
    private static final int BLOCK = PairSums.BLOCK;
    private static final int[] IDENTITY = IntStream.range(0, BLOCK).toArray();
    /** Smaller products may be rounded too much. */
    private static final double TINY = 0x1p-900;

    private final DataType typeA;
    private final Tolerance tolerance;
    /** How many parts an element has: two if it is complex. */
    private final int parts;

    private final @Nullable DoubleReader readerA;
    private final @Nullable DoubleReader readerB;
    private final @Nullable LongDifferences longs;
    /** Compares real elements that are exact as doubles. */
    private final @Nullable PairLanes lanes;

    private final double[] a = new double[BLOCK];
    private final double[] b = new double[BLOCK];
    /** |a − b|. */
    private final double[] differences = new double[BLOCK];
    /** b, or |b| if it is complex. */
    private final double[] magnitudes;
    /** The indexes of finite pairs, if others have been removed. */
    private final int[] kept = new int[BLOCK];

    private int unequal;
    private double largest;
    private int largestAt;
    private double absolute;
    private double dd;
    private double ab;
    private double aa;
    private double bb;

    private final PairSums sums = new PairSums();
    private long different;
    private long outside;
    private long nanA;
    private long nanB;
    /** The number of pairs of finite elements. */
    private long finite;

    private double maxRelative = -1;
    /** If |a − b| is at most this multiple of |b|, it does not change {@link #maxRelative}, in spite of rounding. */
    private double threshold = -1;

    private double max = -1;
    /** The largest difference as an integer, if it may not be exact as a double. */
    private @Nullable BigInteger exactMax;
    /** The index of the first pair with the largest difference, in the whole tensor. */
    private long maxAt = -1;

    PairAccumulator(DataType typeA, DataType typeB, Tolerance tolerance) {
        boolean readable = DoubleReader.canRead(typeA) && DoubleReader.canRead(typeB);
        this.typeA = typeA;
        this.tolerance = tolerance;
        this.parts = typeA.width() / typeA.swapUnit();
        this.readerA = readable ? new DoubleReader(typeA) : null;
        this.readerB = readable ? new DoubleReader(typeB) : null;
        this.longs = readable ? null : new LongDifferences(typeA, typeB, tolerance);
        this.lanes =
                readerA != null && readerB != null && parts == 1 ? new PairLanes(readerA, readerB, tolerance) : null;
        this.magnitudes = parts == 1 ? b : new double[BLOCK];
    }

    /** Adds a chunk of both tensors. */
    void add(ByteBuffer bytesA, ByteBuffer bytesB, int count, LongUnaryOperator indexInTensor) {
        for (int first = 0; first < count; first += PairLanes.BLOCK) {
            int n = Math.min(PairLanes.BLOCK, count - first);
            boolean added = lanes != null && addLanes(lanes, bytesA, bytesB, first, n, indexInTensor);
            int step = BLOCK / parts;
            for (int done = 0; done < n && !added; done += step) {
                addBlock(bytesA, bytesB, first + done, Math.min(step, n - done), indexInTensor);
            }
        }
    }

    /** Adds pairs if their sums are {@linkplain PairLanes#isSafe safe}, and returns whether they are. */
    private boolean addLanes(
            PairLanes lanes, ByteBuffer bytesA, ByteBuffer bytesB, int first, int n, LongUnaryOperator index) {
        // An equal difference at a smaller index counts, too.
        double limit = index.applyAsLong(first) < maxAt ? Math.nextDown(max) : max;
        lanes.compare(bytesA, bytesB, first, n, limit, threshold);
        if (!lanes.isSafe()) {
            return false;
        }
        lanes.addTo(sums);
        finite += n;
        different += lanes.unequal();
        outside += lanes.outside();
        boolean exceeds = lanes.exceeds();
        for (int done = 0; done < n && exceeds; done += BLOCK) {
            int length = Math.min(BLOCK, n - done);
            read(bytesA, bytesB, first + done, length);
            subtract(length);
            compare(length);
            offer(largest, null, index.applyAsLong(first + done + largestAt));
        }
        return true;
    }

    private boolean read(ByteBuffer bytesA, ByteBuffer bytesB, int first, int n) {
        if (readerA == null || readerB == null) {
            return false;
        }
        readerA.read(bytesA, first * parts, a, n * parts);
        readerB.read(bytesB, first * parts, b, n * parts);
        return true;
    }

    private void addBlock(ByteBuffer bytesA, ByteBuffer bytesB, int first, int n, LongUnaryOperator index) {
        if (!read(bytesA, bytesB, first, n) && longs != null && !longs.read(bytesA, bytesB, first, a, b, n)) {
            longs.subtract(differences, n);
            compare(n);
            outside += longs.outside();
            addFinite(n, first, longs, index, IDENTITY);
            return;
        }
        int[] indexes = IDENTITY;
        int count = n;
        subtract(n);
        compare(n);
        if (!(dd + aa + bb < Double.POSITIVE_INFINITY)) {
            indexes = kept;
            count = keepFinite(n);
            subtract(count);
            compare(count);
        }
        outside += tolerance.isZero() ? unequal : outside(differences, magnitudes, count, tolerance);
        addFinite(count, first, null, index, indexes);
    }

    private void subtract(int n) {
        if (parts == 1) {
            subtract(a, b, differences, n);
            return;
        }
        for (int i = 0; i < n; i++) {
            int part = 2 * i;
            differences[i] = Complex.absolute(a[part] - b[part], a[part + 1] - b[part + 1]);
            magnitudes[i] = Complex.absolute(b[part], b[part + 1]);
        }
    }

    private static void subtract(double[] a, double[] b, double[] differences, int n) {
        for (int i = 0; i < n; i++) {
            differences[i] = Math.abs(a[i] - b[i]);
        }
    }

    /** Compares and sums up the pairs of a block. */
    private void compare(int n) {
        // Local variables, because the JIT compiler keeps fields in memory.
        double[] x = a;
        double[] y = b;
        double[] d = differences;
        double[] v = magnitudes;
        double sum = 0;
        double sumD = 0;
        double sumXy = 0;
        double sumX = 0;
        double sumY = 0;
        int count = 0;
        double max = -1;
        int at = -1;
        double limit = threshold;
        for (int i = 0; i < n; i++) {
            double difference = d[i];
            double magnitude = Math.abs(v[i]);
            count += difference != 0 ? 1 : 0;
            sum += difference;
            sumD += difference * difference;
            sumXy += x[i] * y[i];
            sumX += x[i] * x[i];
            sumY += y[i] * y[i];
            if (difference > max) {
                max = difference;
                at = i;
            }
            if ((difference > limit * magnitude || magnitude < TINY) && magnitude > 0) {
                limit = addRelative(i, magnitude);
            }
        }
        for (int i = n; i < n * parts; i++) {
            sumXy += x[i] * y[i];
            sumX += x[i] * x[i];
            sumY += y[i] * y[i];
        }
        unequal = count;
        largest = max;
        largestAt = at;
        absolute = sum;
        dd = sumD;
        ab = sumXy;
        aa = sumX;
        bb = sumY;
    }

    /** Moves pairs of finite elements to the front, compares the others, and returns how many are finite. */
    private int keepFinite(int n) {
        int count = 0;
        for (int i = 0; i < n; i++) {
            boolean isNanA = false;
            boolean isNanB = false;
            boolean isFinite = true;
            boolean isEqual = true;
            for (int part = i * parts; part < (i + 1) * parts; part++) {
                isNanA |= Double.isNaN(a[part]);
                isNanB |= Double.isNaN(b[part]);
                isFinite &= Double.isFinite(a[part]) && Double.isFinite(b[part]);
                isEqual &= a[part] == b[part];
            }
            nanA += isNanA ? 1 : 0;
            nanB += isNanB ? 1 : 0;
            if (isFinite) {
                System.arraycopy(a, i * parts, a, count * parts, parts);
                System.arraycopy(b, i * parts, b, count * parts, parts);
                kept[count++] = i;
            } else if (isNanA && isNanB) {
                outside += tolerance.equalNan() ? 0 : 1;
            } else if (!isEqual) {
                different++;
                outside++;
            }
        }
        return count;
    }

    private void addSeparately(int i) {
        boolean overflows = Double.isInfinite(differences[i]);
        sums.addDifference(overflows ? quarter(i) : differences[i], overflows ? 2 : 0);
        for (int part = i * parts; part < (i + 1) * parts; part++) {
            sums.addParts(a[part], b[part]);
        }
    }

    /** Returns a quarter of a difference that overflows: half of a complex one can still overflow. */
    private double quarter(int i) {
        return parts == 1
                ? Math.abs(a[i] / 4 - b[i] / 4)
                : Complex.absolute(a[2 * i] / 4 - b[2 * i] / 4, a[2 * i + 1] / 4 - b[2 * i + 1] / 4);
    }

    private static int outside(double[] differences, double[] magnitudes, int n, Tolerance tolerance) {
        int count = 0;
        for (int i = 0; i < n; i++) {
            count += differences[i] > tolerance.limit(Math.abs(magnitudes[i])) ? 1 : 0;
        }
        return count;
    }

    /** Adds the results of {@link #compare}. */
    private void addFinite(int n, int first, @Nullable LongDifferences exact, LongUnaryOperator index, int[] indexes) {
        finite += n;
        different += unequal;
        if (PairSums.isSafe(dd, differences, n)
                && PairSums.isSafe(aa, a, n * parts)
                && PairSums.isSafe(bb, b, n * parts)) {
            sums.add(absolute, dd, ab, aa, bb);
        } else {
            for (int i = 0; i < n; i++) {
                addSeparately(i);
            }
        }
        if (n > 0 && largest >= max) {
            int at = exact == null ? largestAt : exact.maxAt();
            offer(largest, exact == null ? null : exact.max(), index.applyAsLong((long) first + indexes[at]));
        }
    }

    /** Divides a difference, unless an element is not finite, and returns the new threshold. */
    private double addRelative(int i, double magnitude) {
        double quotient = differences[i] / magnitude;
        if (Double.isInfinite(differences[i])) {
            double divisor = parts == 1 ? magnitude / 4 : Complex.absolute(b[2 * i] / 4, b[2 * i + 1] / 4);
            double quarter = quarter(i);
            quotient = quarter < Double.POSITIVE_INFINITY ? quarter / divisor : -1;
        }
        if (quotient > maxRelative) {
            maxRelative = quotient;
            threshold = quotient * (1 - 0x1p-50);
        }
        return threshold;
    }

    private void offer(double difference, @Nullable BigInteger exact, long index) {
        int order = Double.compare(difference, max);
        if (order == 0 && (exact != null || exactMax != null)) {
            order = LongDifferences.exact(difference, exact).compareTo(LongDifferences.exact(max, exactMax));
        }
        if (order > 0 || (order == 0 && index < maxAt)) {
            max = difference;
            exactMax = exact;
            maxAt = index;
        }
    }

    void merge(PairAccumulator other) {
        different += other.different;
        outside += other.outside;
        nanA += other.nanA;
        nanB += other.nanB;
        finite += other.finite;
        maxRelative = Math.max(maxRelative, other.maxRelative);
        sums.add(other.sums);
        offer(other.max, other.exactMax, other.maxAt);
    }

    TensorDifference.Counts counts() {
        return new TensorDifference.Counts(different, outside, nanA, nanB);
    }

    /** Returns the measures; null if no pair is finite. */
    TensorDifference.@Nullable Measures measures() {
        if (maxAt < 0) {
            return null;
        }
        boolean integers = parts == 1 && !DoubleReader.isFloat(typeA);
        Number exact = integers ? LongDifferences.number(max, exactMax) : (Number) max;
        return new TensorDifference.Measures(
                exact,
                maxRelative < 0 ? Double.NaN : maxRelative,
                sums.meanAbsolute(finite),
                sums.rootMeanSquare(finite),
                sums.relativeChange(),
                sums.cosine());
    }

    /** Returns the index of the first pair with the largest difference; negative if no pair is finite. */
    long maxAt() {
        return maxAt;
    }
}
