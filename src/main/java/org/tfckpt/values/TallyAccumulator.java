package org.tfckpt.values;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Elements;

/** Statistics of elements of 8 or 16 bits: counts how often each value occurs. */
final class TallyAccumulator extends Accumulator {
    private static final long serialVersionUID = 1;
    /** Few elements are kept as a list, because reading 65,536 counters would take longer. */
    private static final int MAX_LISTED = 1024;

    private static final int SIGNIFICAND = 24;

    private final DataType type;
    private final boolean histogram;
    private final transient short[] block = new short[BLOCK];
    private final int[] listed = new int[MAX_LISTED];
    private int listedCount;
    private boolean counting;
    private final long[] table;

    TallyAccumulator(DataType type, boolean histogram) {
        this.type = type;
        this.histogram = histogram;
        this.table = new long[1 << (Byte.SIZE * type.width())];
    }

    @Override
    void add(ByteBuffer elements) {
        int n = elements.limit() / type.width();
        if (!counting && n <= MAX_LISTED - listedCount) {
            for (int i = 0; i < n; i++) {
                listed[listedCount++] = type.width() == 1 ? elements.get(i) & 0xff : elements.getShort(2 * i) & 0xffff;
            }
            return;
        }
        count();
        if (type.width() == 1) {
            countBytes(elements, n);
        } else {
            java.nio.ShortBuffer values = elements.asShortBuffer();
            while (values.hasRemaining()) {
                int length = Math.min(BLOCK, values.remaining());
                values.get(block, 0, length);
                countShorts(length);
            }
        }
    }

    private void countBytes(ByteBuffer elements, int n) {
        for (int i = 0; i < n; i++) {
            table[elements.get(i) & 0xff]++;
        }
    }

    private void countShorts(int n) {
        for (int i = 0; i < n; i++) {
            table[block[i] & 0xffff]++;
        }
    }

    private void count() {
        counting = true;
        for (int i = 0; i < listedCount; i++) {
            table[listed[i]]++;
        }
        listedCount = 0;
    }

    @Override
    void merge(Accumulator other) {
        TallyAccumulator more = (TallyAccumulator) other;
        count();
        more.count();
        for (int i = 0; i < table.length; i++) {
            table[i] += more.table[i];
        }
    }

    /** Receives each value that occurs. */
    private interface Consumer {
        void accept(double value, long count);
    }

    private void forEach(Consumer consumer) {
        if (!counting) {
            Arrays.sort(listed, 0, listedCount);
            for (int i = 0; i < listedCount; ) {
                int first = i;
                while (i < listedCount && listed[i] == listed[first]) {
                    i++;
                }
                consumer.accept(value(listed[first]), i - first);
            }
            return;
        }
        for (int bits = 0; bits < table.length; bits++) {
            if (table[bits] > 0) {
                consumer.accept(value(bits), table[bits]);
            }
        }
    }

    private double value(int bits) {
        if (type == DataType.DT_BOOL) {
            return bits == 0 ? 0 : 1;
        }
        ByteBuffer one = ByteBuffer.allocate(Short.BYTES);
        if (type.width() == 1) {
            one.put(0, (byte) bits);
        } else {
            one.putShort(0, (short) bits);
        }
        return Elements.isInteger(type) ? Elements.longAt(type, one, 0) : Elements.floatAt(type, one, 0);
    }

    /** The statistics that follow from the counts. */
    private final class Result implements Consumer {
        private static final int MIN_EXPONENT = -149;

        private final ExactSum sum = new ExactSum(MIN_EXPONENT, 5 * Long.SIZE);
        private final ExactSum squares = new ExactSum(2 * MIN_EXPONENT, 10 * Long.SIZE);
        private long finite;
        private double min = Double.POSITIVE_INFINITY;
        private double max = Double.NEGATIVE_INFINITY;

        @Override
        public void accept(double value, long count) {
            if (!Double.isFinite(value)) {
                nan += Double.isNaN(value) ? count : 0;
                infinite += Double.isNaN(value) ? 0 : count;
                negativeInfinite += value < 0 ? count : 0;
                return;
            }
            finite += count;
            zeros += value == 0 ? count : 0;
            min = Math.min(min, value);
            max = Math.max(max, value);
            if (value != 0) {
                int exponent = Math.getExponent(value) - SIGNIFICAND + 1;
                long significand = (long) Math.scalb(value, -exponent);
                int trailing = Long.numberOfTrailingZeros(significand);
                significand >>= trailing;
                exponent += trailing;
                sum.add(significand * (count & 0xffff_ffffL), exponent);
                sum.add(significand * (count >>> 32), exponent + 32);
                // Values of 16 bits have at most 16 significant ones, so the products cannot overflow.
                long square = significand * significand;
                squares.add(square * (count & 0x3fff_ffffL), 2 * exponent);
                squares.add(square * (count >>> 30), 2 * exponent + 30);
            }
        }
    }

    @Override
    Summary summary() {
        super.reset();
        Result result = new Result();
        forEach(result);
        Moments moments = new Moments(result.finite, result.sum.value(), result.squares.value());
        if (result.finite == 0) {
            return summary(moments, null, null);
        }
        boolean integers = type == DataType.DT_BOOL || Elements.isInteger(type);
        return integers
                ? summary(moments, (long) result.min, (long) result.max)
                : summary(moments, result.min, result.max);
    }

    @Override
    @Nullable
    Histogram histogram() {
        if (!histogram) {
            return null;
        }
        double[][] pairs = sortedPairs();
        double min = pairs.length == 0 ? 0 : pairs[0][0];
        double max = pairs.length == 0 ? 0 : pairs[pairs.length - 1][0];
        Histogram.Builder buckets = new Histogram.Builder(min, max);
        for (double[] pair : pairs) {
            buckets.add(pair[0], pair[0], (long) pair[1]);
        }
        return buckets.build();
    }

    private double[][] sortedPairs() {
        java.util.List<double[]> pairs = new java.util.ArrayList<>();
        forEach((value, count) -> {
            if (Double.isFinite(value)) {
                pairs.add(new double[] {value, count});
            }
        });
        pairs.sort((a, b) -> Double.compare(a[0], b[0]));
        return pairs.toArray(new double[0][]);
    }

    @Override
    void reset() {
        super.reset();
        listedCount = 0;
        if (counting) {
            Arrays.fill(table, 0);
        }
        counting = false;
    }
}
