package org.tfckpt.values;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.CheckpointWriter;
import org.tfckpt.ReadOptions;
import org.tfckpt.ValueSource;
import org.tfckpt.WriteOptions;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Elements;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.ShapeAndSlice;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.Values;

class StatisticsTest {
    private static final MathContext PRECISE = new MathContext(800);
    private static final ScanOptions SEVEN_THREADS = ScanOptions.DEFAULT.withThreads(ForkJoinPool.commonPool(), 7);

    @TempDir
    private Path directory;

    static Stream<DataType> types() {
        return Values.fixedWidthTypes();
    }

    @ParameterizedTest
    @MethodSource("types")
    void equalExactArithmetic(DataType type) throws IOException {
        Map<String, ByteBuffer> kinds = HardValues.of(type, type.number(), 1300);
        Path prefix = directory.resolve("kinds");
        try (CheckpointWriter out = CheckpointWriter.open(prefix)) {
            for (Map.Entry<String, ByteBuffer> kind : kinds.entrySet()) {
                int count = kind.getValue().limit() / type.width();
                out.add(kind.getKey(), Shape.of(count), ValueSource.of(type, kind.getValue()));
                if (count > 600) {
                    ByteBuffer few = kind.getValue().slice(0, 600 * type.width());
                    out.add(
                            "few " + kind.getKey(),
                            Shape.of(600),
                            ValueSource.of(type, few.order(ByteOrder.LITTLE_ENDIAN)));
                }
            }
            out.finish();
        }
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            for (TensorInfo info : checkpoint.tensors().toList()) {
                ByteBuffer bytes = checkpoint.tensor(info).asByteBuffer();
                TensorStatistics found = Statistics.DEFAULT.of(checkpoint, info.name());
                new Expected(type, bytes).compare(found, info.name());
            }
        }
    }

    /** Statistics by decimal arithmetic of 800 digits. */
    private static final class Expected {
        private final DataType type;
        private final List<Number> finite = new ArrayList<>();
        private long nan;
        private long infinite;
        private long negativeInfinite;

        Expected(DataType type, ByteBuffer bytes) {
            this.type = type;
            for (int i = 0; i < bytes.limit() / type.width(); i++) {
                add(number(bytes, i));
            }
        }

        private Number number(ByteBuffer bytes, int i) {
            return switch (type) {
                case DT_BOOL -> bytes.get(i) == 0 ? 0L : 1L;
                case DT_UINT64 -> new BigInteger(Long.toUnsignedString(bytes.getLong(8 * i)));
                case DT_COMPLEX64 -> modulus(bytes.getFloat(8 * i), bytes.getFloat(8 * i + 4));
                case DT_COMPLEX128 -> modulus(bytes.getDouble(16 * i), bytes.getDouble(16 * i + 8));
                default ->
                    Elements.isInteger(type)
                            ? (Number) Elements.longAt(type, bytes, i)
                            : (Number) Elements.floatAt(type, bytes, i);
            };
        }

        private static Number modulus(double real, double imaginary) {
            if (!Double.isFinite(real) || !Double.isFinite(imaginary)) {
                return Math.hypot(real, imaginary);
            }
            BigDecimal squares = new BigDecimal(real).pow(2).add(new BigDecimal(imaginary).pow(2));
            return squares.signum() == 0
                    ? 0.0
                    : squares.sqrt(new MathContext(30)).doubleValue();
        }

        private void add(Number value) {
            if (value instanceof Double number && !Double.isFinite(number)) {
                nan += number.isNaN() ? 1 : 0;
                infinite += number.isNaN() ? 0 : 1;
                negativeInfinite += number < 0 ? 1 : 0;
            } else {
                finite.add(value);
            }
        }

        private static BigDecimal exact(Number number) {
            return number instanceof Double value ? new BigDecimal(value) : new BigDecimal(number.toString());
        }

        private static int order(Number a, Number b) {
            return a instanceof Double x ? Double.compare(x, (Double) b) : exact(a).compareTo(exact(b));
        }

        void compare(TensorStatistics statistics, String kind) {
            Summary found = statistics.summary().orElseThrow();
            assertThat(List.of(found.nan(), found.infinite(), found.negativeInfinite()))
                    .as(kind)
                    .containsExactly(nan, infinite, negativeInfinite);
            assertThat(found.finite()).as(kind).isEqualTo(finite.size());
            assertThat(found.elements()).as(kind).isEqualTo(finite.size() + nan + infinite);
            assertThat(found.zeros())
                    .as(kind)
                    .isEqualTo(finite.stream()
                            .filter(value -> exact(value).signum() == 0)
                            .count());
            if (finite.isEmpty()) {
                assertThat(found.min()).isNull();
                assertThat(found.max()).isNull();
                assertThat(found.mean()).isEmpty();
                assertThat(found.standardDeviation()).isEmpty();
                assertThat(found.norm()).isZero();
                return;
            }
            List<Number> sorted = finite.stream().sorted(Expected::order).toList();
            extreme(found.min(), sorted.get(0), kind);
            extreme(found.max(), sorted.get(sorted.size() - 1), kind);
            sums(found, kind);
            quantiles(statistics.histogram().orElseThrow(), sorted, kind);
        }

        private void extreme(@Nullable Number found, Number expected, String kind) {
            if (type.width() > type.swapUnit()) {
                near(((Double) found).doubleValue(), exact(expected), kind);
            } else {
                assertThat(String.valueOf(found)).as(kind).isEqualTo(expected.toString());
            }
        }

        private void sums(Summary found, String kind) {
            BigDecimal count = BigDecimal.valueOf(finite.size());
            BigDecimal sum = BigDecimal.ZERO;
            BigDecimal squares = BigDecimal.ZERO;
            for (Number value : finite) {
                sum = sum.add(exact(value));
                squares = squares.add(exact(value).pow(2));
            }
            BigDecimal mean = sum.divide(count, PRECISE);
            // The rounding of absolute values may not cancel.
            if (type.width() == type.swapUnit()) {
                BigDecimal variance =
                        squares.divide(count, PRECISE).subtract(mean.pow(2)).max(BigDecimal.ZERO);
                near(found.standardDeviation().orElseThrow(), root(variance), kind + " std");
            }
            near(found.mean().orElseThrow(), mean, kind + " mean");
            near(found.norm(), root(squares), kind + " norm");
        }

        private static BigDecimal root(BigDecimal value) {
            return value.sqrt(new MathContext(40));
        }

        private static void near(double found, BigDecimal expected, String what) {
            double nearest = expected.doubleValue();
            if (Double.isInfinite(nearest)) {
                assertThat(found).as(what).isEqualTo(nearest);
            } else {
                assertThat(found).as(what).isCloseTo(nearest, within(2 * Math.ulp(nearest)));
            }
        }

        private void quantiles(Histogram histogram, List<Number> sorted, String kind) {
            assertThat(histogram.count()).isEqualTo(sorted.size());
            boolean exact = type.width() <= Short.BYTES;
            for (double probability : new double[] {0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1}) {
                double position = (sorted.size() - 1) * probability;
                BigDecimal below = exact(sorted.get((int) position));
                BigDecimal above = exact(sorted.get((int) Math.ceil(position)));
                BigDecimal weight = new BigDecimal(position - Math.floor(position));
                double expected =
                        below.add(above.subtract(below).multiply(weight)).doubleValue();
                double larger = Math.max(below.abs().doubleValue(), above.abs().doubleValue());
                double subnormal = type.swapUnit() == Float.BYTES ? Float.MIN_NORMAL : Double.MIN_NORMAL;
                // Zeros are exact.
                double bound = exact || larger == 0 ? 1e-15 * larger : (larger + subnormal) / 128;
                assertThat(histogram.quantile(probability))
                        .as("%s, quantile %s", kind, probability)
                        .isCloseTo(expected, within(bound));
            }
        }
    }

    private Path large(DataType type, int count) throws IOException {
        Path prefix = directory.resolve("large");
        try (CheckpointWriter out = CheckpointWriter.open(prefix, WriteOptions.DEFAULT.overwriting())) {
            HardValues.of(type, 5, count).forEach((name, values) -> {
                try {
                    ByteBuffer bytes = values.limit() == 0 ? values : values.slice(0, count * type.width());
                    out.add(
                            name,
                            Shape.of(bytes.limit() / type.width()),
                            ValueSource.of(type, bytes.order(values.order())));
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            });
            out.finish();
        }
        return prefix;
    }

    private static List<String> scan(Path prefix, ReadOptions reading, ScanOptions options) throws IOException {
        List<String> found = new ArrayList<>();
        try (Checkpoint checkpoint = Checkpoint.open(prefix, reading)) {
            Statistics.DEFAULT.with(options).scan(checkpoint, checkpoint.tensorIterator(), tensor -> {
                String quantiles = tensor.histogram()
                        .map(histogram -> histogram + " " + histogram.hashCode() + " " + histogram.quantile(0.3))
                        .orElse("");
                found.add(tensor + " " + quantiles);
            });
        }
        return found;
    }

    @Test
    void doNotDependOnThreadsOrOnHowTheFileIsRead() throws IOException {
        for (DataType type : List.of(
                DataType.DT_FLOAT, DataType.DT_DOUBLE, DataType.DT_HALF, DataType.DT_INT64, DataType.DT_COMPLEX64)) {
            Path prefix = large(type, 700_001);
            List<String> alone = scan(prefix, ReadOptions.DEFAULT, ScanOptions.DEFAULT);
            assertThat(alone).isNotEmpty();
            assertThat(scan(prefix, ReadOptions.DEFAULT, SEVEN_THREADS)).isEqualTo(alone);
            assertThat(scan(prefix, ReadOptions.DEFAULT.withoutMapping(), SEVEN_THREADS))
                    .isEqualTo(alone);
            assertThat(scan(prefix, ReadOptions.DEFAULT.withoutChecksums(), ScanOptions.DEFAULT))
                    .isEqualTo(alone);
        }
    }

    /** Both cases of the requirement: many values near 10^4, and values whose squares are beyond the range. */
    @Test
    void sumsOfManyValuesAreExact() throws IOException {
        int count = 3_000_000;
        Random random = new Random(1);
        float[] values = new float[count];
        long integers = 0;
        double squares = 0;
        for (int i = 0; i < count; i++) {
            // Multiples of 2^-10 around 10^4: their sums are exact as integers.
            int steps = (int) Math.round(random.nextGaussian());
            values[i] = 10_000 + steps / 1024f;
            integers += steps;
            squares += (double) steps * steps;
        }
        BigDecimal sum = BigDecimal.valueOf(integers).divide(BigDecimal.valueOf(1024L * count), PRECISE);
        double variance = (squares / count - Math.pow((double) integers / count, 2)) / (1024.0 * 1024);
        Path prefix = directory.resolve("many");
        try (CheckpointWriter out = CheckpointWriter.open(prefix)) {
            out.add("x", Shape.of(count), ValueSource.of(values));
            out.finish();
        }
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            Summary found = Statistics.DEFAULT
                    .with(SEVEN_THREADS)
                    .of(checkpoint, "x")
                    .summary()
                    .orElseThrow();
            double mean = sum.add(BigDecimal.valueOf(10_000)).doubleValue();
            assertThat(found.mean().orElseThrow()).isEqualTo(mean);
            assertThat(found.standardDeviation().orElseThrow()).isCloseTo(Math.sqrt(variance), within(1e-15));
        }
    }

    @Test
    void byteOrderAndSlicesDoNotMatter() throws IOException {
        for (String kind : List.of("dtypes", "partitioned", "strings")) {
            List<String> big = scan(golden("bigendian-v2-" + kind), ReadOptions.DEFAULT, ScanOptions.DEFAULT);
            assertThat(big).isNotEmpty();
            assertThat(scan(golden("tf218-v2-" + kind), ReadOptions.DEFAULT, SEVEN_THREADS))
                    .isEqualTo(big);
        }
    }

    private static Path golden(String name) {
        return Corpus.root().resolve("golden").resolve(name).resolve("ckpt");
    }

    @Test
    void slicesOfAPartitionedTensorAddUp() throws IOException {
        float[] values = new float[600_000];
        Random random = new Random(2);
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) random.nextGaussian();
        }
        Path prefix = directory.resolve("parts");
        try (CheckpointWriter out = CheckpointWriter.open(prefix)) {
            out.add("whole", Shape.of(600, 1000), ValueSource.of(values));
            float[] first = java.util.Arrays.copyOf(values, 500_000);
            float[] second = java.util.Arrays.copyOfRange(values, 500_000, values.length);
            out.addSlice("x", ShapeAndSlice.parse("600 1000 0,500:-"), ValueSource.of(first));
            out.addSlice("x", ShapeAndSlice.parse("600 1000 500,100:-"), ValueSource.of(second));
            out.finish();
        }
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            TensorStatistics whole = Statistics.DEFAULT.of(checkpoint, "whole");
            TensorStatistics parts = Statistics.DEFAULT.of(checkpoint, "x");
            assertThat(parts.summary()).isEqualTo(whole.summary());
            assertThat(parts.histogram()).isEqualTo(whole.histogram());
        }
    }

    @Test
    void summariesAndHistogramsOfTensorsAddUp() throws IOException {
        Path prefix = directory.resolve("sum");
        try (CheckpointWriter out = CheckpointWriter.open(prefix)) {
            out.add("a", Shape.of(3), ValueSource.of(1f, Float.NaN, -2f));
            out.add("b", Shape.of(2), ValueSource.of(4.0, Double.NEGATIVE_INFINITY));
            out.add(
                    "c",
                    Shape.of(1),
                    ValueSource.of(DataType.DT_UINT64, ByteBuffer.allocate(8).putLong(0, -1)));
            out.finish();
        }
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            TensorStatistics a = Statistics.DEFAULT.of(checkpoint, "a");
            TensorStatistics b = Statistics.DEFAULT.of(checkpoint, "b");
            Summary both = a.summary().orElseThrow().plus(b.summary().orElseThrow());
            assertThat(both.toString())
                    .startsWith("5 elements, nan=1, inf=1, neg_inf=1, zeros=0, min=-2.0, max=4.0, mean=1.0, std=2.449");
            Summary all =
                    both.plus(Statistics.DEFAULT.of(checkpoint, "c").summary().orElseThrow());
            assertThat(all.max()).isEqualTo(new BigInteger("18446744073709551615"));
            Histogram histogram = a.histogram().orElseThrow().plus(b.histogram().orElseThrow());
            assertThat(histogram.count()).isEqualTo(3);
            assertThat(histogram.quantile(0.5)).isCloseTo(1, within(1.0 / 128));
            assertThat(Summary.EMPTY.plus(both)).isEqualTo(both);
        }
    }

    @Test
    void stringsHaveLengths() throws IOException {
        Path prefix = directory.resolve("strings");
        try (CheckpointWriter out = CheckpointWriter.open(prefix)) {
            out.add("s", Shape.of(3), ValueSource.of("ab", "", "name\u00e4"));
            out.add("t", Shape.of(0), ValueSource.of(new String[0]));
            out.finish();
        }
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            TensorStatistics found = Statistics.DEFAULT.of(checkpoint, "s");
            assertThat(found.lengths()).hasValue(new TensorStatistics.StringLengths(0, 6, 8));
            assertThat(found.summary()).isEmpty();
            assertThat(Statistics.DEFAULT.of(checkpoint, "t").lengths()).isEmpty();
        }
    }

    @Test
    void everyByteIsChecked() throws IOException {
        Path prefix = large(DataType.DT_FLOAT, 700_001);
        Path data = directory.resolve("large.data-00000-of-00001");
        byte[] bytes = Files.readAllBytes(data);
        bytes[bytes.length / 2] ^= 1;
        Files.write(data, bytes);
        List<String> damaged = new ArrayList<>();
        List<String> intact = new ArrayList<>();
        Statistics.Listener listener = new Statistics.Listener() {
            @Override
            public void accept(TensorStatistics statistics) {
                intact.add(statistics.name());
            }

            @Override
            public void damaged(TensorInfo tensor, CheckpointException problem) {
                assertThat(problem).hasMessageContaining("checksum");
                damaged.add(tensor.name());
            }
        };
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            Statistics.DEFAULT.with(SEVEN_THREADS).scan(checkpoint, checkpoint.tensorIterator(), listener);
            assertThat(damaged).hasSize(1);
            assertThat(intact).hasSize(12);
            assertThatThrownBy(() -> Statistics.DEFAULT.of(checkpoint, damaged.get(0)))
                    .isInstanceOf(DataLossException.class)
                    .hasMessageContaining(damaged.get(0));
        }
    }

    @Test
    void aScanCanBeCancelled() throws IOException {
        Path prefix = large(DataType.DT_FLOAT, 700_001);
        List<Long> progress = new ArrayList<>();
        ScanOptions options = SEVEN_THREADS.withProgress(bytes -> {
            progress.add(bytes);
            if (bytes > 3_000_000) {
                throw new CancellationException();
            }
        });
        assertThatThrownBy(() -> scan(prefix, ReadOptions.DEFAULT, options)).isInstanceOf(CancellationException.class);
        assertThat(progress).isSorted();
        assertThat(progress.get(progress.size() - 1)).isGreaterThan(3_000_000).isLessThan(10_000_000);
        ScanOptions interrupting =
                ScanOptions.DEFAULT.withProgress(bytes -> Thread.currentThread().interrupt());
        assertThatThrownBy(() -> scan(prefix, ReadOptions.DEFAULT, interrupting))
                .isInstanceOfAny(InterruptedIOException.class, ClosedByInterruptException.class);
        assertThat(Thread.interrupted()).isTrue();
    }
}
