package org.tfckpt.values;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.CheckpointWriter;
import org.tfckpt.ValueSource;
import org.tfckpt.WriteOptions;
import org.tfckpt.edit.Recipe;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Elements;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.ShapeAndSlice;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.Values;

class CheckpointDiffTest {
    private static final MathContext PRECISE = new MathContext(60);
    private static final ScanOptions SEVEN_THREADS = ScanOptions.DEFAULT.withThreads(ForkJoinPool.commonPool(), 7);

    @TempDir
    private Path directory;

    static Stream<DataType> types() {
        return Values.fixedWidthTypes();
    }

    /** Writes tensors; the names are those of the keys. */
    private interface Content {
        void add(CheckpointWriter out) throws IOException;
    }

    private Path write(String name, Content content) throws IOException {
        Path prefix = directory.resolve(name);
        try (CheckpointWriter out = CheckpointWriter.open(prefix, WriteOptions.DEFAULT.overwriting())) {
            content.add(out);
            out.finish();
        }
        return prefix;
    }

    private static Differences diff(CheckpointDiff diff, Path a, Path b) throws IOException {
        try (Checkpoint first = Checkpoint.open(a);
                Checkpoint second = Checkpoint.open(b)) {
            return diff.compare(first, second);
        }
    }

    private Differences diff(CheckpointDiff diff, ValueSource a, ValueSource b, long... shape) throws IOException {
        return diff(
                diff,
                write("a", out -> out.add("x", Shape.of(shape), a)),
                write("b", out -> out.add("x", Shape.of(shape), b)));
    }

    @ParameterizedTest
    @MethodSource("types")
    void equalExactArithmetic(DataType type) throws IOException {
        Map<String, ByteBuffer> first = HardValues.of(type, 1, 1100);
        Map<String, ByteBuffer> second = HardValues.of(type, 2, 1100);
        first.remove("empty");
        for (String kind : first.keySet()) {
            ByteBuffer a = first.get(kind);
            ByteBuffer b = second.get(kind);
            int width = type.width();
            for (int i = 0; i < 300; i++) {
                b.put(i * width, a, i * width, width);
            }
            Tolerance tolerance = new Tolerance(0.01, 1e-3, !kind.equals("not finite"));
            Differences found = diff(
                    CheckpointDiff.DEFAULT.with(tolerance), ValueSource.of(type, a), ValueSource.of(type, b), 1100);
            assertThat(found.shapes()).isEmpty();
            Expected expected = new Expected(type, tolerance);
            for (int i = 0; i < 1100; i++) {
                expected.add(a, b, i);
            }
            if (expected.different == 0 && expected.outside == 0) {
                assertThat(found.values()).as(kind).isEmpty();
                assertThat(found.same()).isEqualTo(1);
            } else {
                expected.compare(found.values().get(0), kind);
                assertThat(found.isEqual()).isEqualTo(expected.outside == 0);
            }
        }
    }

    /** The measures by decimal arithmetic. */
    private static final class Expected {
        private final DataType type;
        private final Tolerance tolerance;
        private long different;
        private long outside;
        private long nanA;
        private long nanB;
        private long finite;
        private BigDecimal max = BigDecimal.ONE.negate();
        private long at = -1;
        private double maxRelative = -1;
        private BigDecimal absolute = BigDecimal.ZERO;
        private BigDecimal squares = BigDecimal.ZERO;
        private BigDecimal products = BigDecimal.ZERO;
        private BigDecimal squaresA = BigDecimal.ZERO;
        private BigDecimal squaresB = BigDecimal.ZERO;

        Expected(DataType type, Tolerance tolerance) {
            this.type = type;
            this.tolerance = tolerance;
        }

        private double[] parts(ByteBuffer bytes, int i) {
            return switch (type) {
                case DT_COMPLEX64 -> new double[] {bytes.getFloat(8 * i), bytes.getFloat(8 * i + 4)};
                case DT_COMPLEX128 -> new double[] {bytes.getDouble(16 * i), bytes.getDouble(16 * i + 8)};
                case DT_BOOL -> new double[] {bytes.get(i) == 0 ? 0 : 1};
                default ->
                    new double[] {
                        Elements.isInteger(type) ? Elements.longAt(type, bytes, i) : Elements.floatAt(type, bytes, i)
                    };
            };
        }

        private BigDecimal[] exact(ByteBuffer bytes, int i) {
            if (type == DataType.DT_UINT64) {
                return new BigDecimal[] {new BigDecimal(Long.toUnsignedString(bytes.getLong(8 * i)))};
            }
            if (type == DataType.DT_INT64) {
                return new BigDecimal[] {BigDecimal.valueOf(bytes.getLong(8 * i))};
            }
            return Arrays.stream(parts(bytes, i)).mapToObj(BigDecimal::new).toArray(BigDecimal[]::new);
        }

        void add(ByteBuffer bytesA, ByteBuffer bytesB, int i) {
            double[] a = parts(bytesA, i);
            double[] b = parts(bytesB, i);
            boolean isNanA = Arrays.stream(a).anyMatch(Double::isNaN);
            boolean isNanB = Arrays.stream(b).anyMatch(Double::isNaN);
            nanA += isNanA ? 1 : 0;
            nanB += isNanB ? 1 : 0;
            if (isNanA && isNanB) {
                outside += tolerance.equalNan() ? 0 : 1;
                return;
            }
            if (!Arrays.stream(a).allMatch(Double::isFinite)
                    || !Arrays.stream(b).allMatch(Double::isFinite)) {
                boolean equal = a[0] == b[0] && a[a.length - 1] == b[b.length - 1];
                different += equal ? 0 : 1;
                outside += equal ? 0 : 1;
                return;
            }
            addFinite(exact(bytesA, i), exact(bytesB, i), i);
        }

        private void addFinite(BigDecimal[] a, BigDecimal[] b, int i) {
            finite++;
            BigDecimal dd = BigDecimal.ZERO;
            BigDecimal bb = BigDecimal.ZERO;
            for (int part = 0; part < a.length; part++) {
                // Differences of floats are rounded to double, as defined.
                BigDecimal difference = a[part].subtract(b[part]);
                dd = dd.add(difference.pow(2));
                bb = bb.add(b[part].pow(2));
                products = products.add(a[part].multiply(b[part]));
                squaresA = squaresA.add(a[part].pow(2));
            }
            squares = squares.add(dd);
            squaresB = squaresB.add(bb);
            BigDecimal distance = a.length == 1 ? a[0].subtract(b[0]).abs() : root(dd);
            BigDecimal magnitude = a.length == 1 ? b[0].abs() : root(bb);
            absolute = absolute.add(distance);
            if (distance.signum() != 0) {
                different++;
                boolean within = Elements.isInteger(type)
                        ? distance.compareTo(new BigDecimal(
                                        tolerance.absolute() + tolerance.relative() * magnitude.doubleValue()))
                                <= 0
                        : distance.doubleValue()
                                <= tolerance.absolute() + tolerance.relative() * magnitude.doubleValue();
                outside += within ? 0 : 1;
            }
            BigDecimal rounded = Elements.isInteger(type) || Double.isInfinite(distance.doubleValue())
                    ? distance
                    : new BigDecimal(distance.doubleValue());
            if (rounded.compareTo(max) > 0) {
                max = rounded;
                at = i;
            }
            if (magnitude.signum() != 0) {
                maxRelative = Math.max(
                        maxRelative,
                        distance.divide(magnitude, new MathContext(40)).doubleValue());
            }
        }

        private static BigDecimal root(BigDecimal value) {
            return value.signum() == 0 ? value : value.sqrt(new MathContext(40));
        }

        void compare(TensorDifference found, String kind) {
            assertThat(List.of(
                            found.different().orElseThrow(),
                            found.outside().orElseThrow(),
                            found.nanA().orElseThrow(),
                            found.nanB().orElseThrow()))
                    .as(kind)
                    .containsExactly(different, outside, nanA, nanB);
            if (finite == 0) {
                assertThat(found.maxAbsolute()).isEmpty();
                assertThat(found.at()).isEmpty();
                return;
            }
            Number maxFound = found.maxAbsolute().orElseThrow();
            near(maxFound.doubleValue(), max, 1e-14, kind + " max");
            if (Elements.isInteger(type)) {
                assertThat(new BigDecimal(maxFound.toString())).isEqualByComparingTo(max);
            }
            if (type.width() == type.swapUnit()) {
                assertThat(found.at()).as(kind).hasValue(List.of(at));
            }
            // An absolute value that is subnormal has few digits.
            if (type.width() == type.swapUnit() || !kind.equals("subnormal")) {
                near(
                        found.maxRelative().orElse(-1),
                        new BigDecimal(Math.min(maxRelative, Double.MAX_VALUE)),
                        1e-14,
                        kind + " relative");
            }
            BigDecimal count = BigDecimal.valueOf(finite);
            near(found.meanAbsolute().orElseThrow(), absolute.divide(count, PRECISE), 1e-12, kind + " mean");
            near(found.rootMeanSquare().orElseThrow(), root(squares.divide(count, PRECISE)), 1e-12, kind + " rms");
            BigDecimal lengths = root(squaresA.multiply(squaresB));
            if (lengths.signum() == 0) {
                assertThat(found.cosine()).isEmpty();
            } else {
                assertThat(found.cosine().orElseThrow())
                        .as(kind)
                        .isBetween(-1.0, 1.0)
                        .isCloseTo(products.divide(lengths, PRECISE).doubleValue(), within(1e-12));
                near(found.relativeChange().orElseThrow(), root(squares.divide(squaresB, PRECISE)), 1e-12, kind);
            }
        }

        private static void near(double found, BigDecimal expected, double relative, String what) {
            double nearest = expected.doubleValue();
            if (Double.isInfinite(nearest) || Math.abs(nearest) == Double.MAX_VALUE) {
                assertThat(found).as(what).isGreaterThanOrEqualTo(Math.abs(nearest));
            } else {
                assertThat(found).as(what).isCloseTo(nearest, within(relative * Math.abs(nearest) + Double.MIN_VALUE));
            }
        }
    }

    /** Rare pairs in blocks after the first one: larger differences and quotients, zeros, and elements that are not finite. */
    @Test
    void everyBlockCounts() throws IOException {
        Random random = new Random(5);
        double[] a = new double[60_000];
        double[] b = new double[a.length];
        Tolerance tolerance = new Tolerance(1e-3, 1e-2, true);
        long different = 0;
        long outside = 0;
        double max = 0;
        long at = 0;
        double maxRelative = 0;
        for (int i = 0; i < a.length; i++) {
            b[i] = random.nextInt(5_000) == 0 ? 0 : 1 + random.nextDouble();
            double step = random.nextInt(3) == 0 ? 0 : random.nextInt(7_000) == 0 ? random.nextInt(3) : 0.02;
            a[i] = b[i] + step * random.nextDouble();
            if (i == 20_000 || i == 45_000) {
                a[i] = i == 20_000 ? Double.NaN : 7;
                b[i] = i == 20_000 ? 1 : 0x1p-1015;
            }
            double difference = Math.abs(a[i] - b[i]);
            different += a[i] == b[i] ? 0 : 1;
            outside += isClose(a[i], b[i], 1e-3, 1e-2, true) ? 0 : 1;
            at = difference > max ? i : at;
            max = difference > max ? difference : max;
            maxRelative = b[i] != 0 && difference / b[i] > maxRelative ? difference / b[i] : maxRelative;
        }
        TensorDifference found = diff(
                        CheckpointDiff.DEFAULT.with(tolerance), ValueSource.of(a), ValueSource.of(b), a.length)
                .values()
                .get(0);
        assertThat(found.different()).hasValue(different);
        assertThat(found.outside()).hasValue(outside);
        assertThat(found.maxAbsolute()).hasValue(max);
        assertThat(found.at()).hasValue(List.of(at));
        assertThat(found.maxRelative()).hasValue(maxRelative);
    }

    /** numpy.isclose, for 10,000 pairs near the limit of the tolerance. */
    @Test
    void theToleranceIsThatOfNumpy() throws IOException {
        Random random = new Random(3);
        double[] special = {0, -0.0, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.MAX_VALUE};
        for (int round = 0; round < 10; round++) {
            double rtol = round % 3 == 0 ? 0 : Math.pow(10, -random.nextInt(9));
            double atol = round % 4 == 1 ? 0 : Math.pow(10, -random.nextInt(9));
            boolean equalNan = round % 2 == 0;
            double[] a = new double[1000];
            double[] b = new double[1000];
            long outside = 0;
            for (int i = 0; i < a.length; i++) {
                boolean odd = random.nextInt(10) == 0;
                b[i] = odd ? special[random.nextInt(6)] : random.nextGaussian() * Math.pow(10, random.nextInt(8));
                double limit = atol + rtol * Math.abs(b[i]);
                double step = limit + (random.nextInt(5) - 2) * Math.ulp(b[i]);
                a[i] = odd ? special[random.nextInt(6)] : random.nextBoolean() ? b[i] + step : b[i] - step;
                outside += isClose(a[i], b[i], rtol, atol, equalNan) ? 0 : 1;
            }
            Differences found = diff(
                    CheckpointDiff.DEFAULT.with(new Tolerance(rtol, atol, equalNan)),
                    ValueSource.of(a),
                    ValueSource.of(b),
                    1000);
            assertThat(found.values().get(0).outside()).hasValue(outside);
        }
    }

    private static boolean isClose(double a, double b, double rtol, double atol, boolean equalNan) {
        if (Double.isNaN(a) && Double.isNaN(b)) {
            return equalNan;
        }
        if (!Double.isFinite(a) || !Double.isFinite(b)) {
            return a == b;
        }
        return Math.abs(a - b) <= atol + rtol * Math.abs(b);
    }

    @Test
    void integersBeyond2To53AreExact() throws IOException {
        long big = (1L << 60) + 1;
        CheckpointDiff tolerant = CheckpointDiff.DEFAULT.with(new Tolerance(0, 1, true));
        Differences found = diff(tolerant, ValueSource.of(big, big, 5L), ValueSource.of(big + 1, big + 2, 5L), 3);
        TensorDifference x = found.values().get(0);
        assertThat(x.different()).hasValue(2);
        assertThat(x.outside()).hasValue(1);
        assertThat(x.maxAbsolute()).hasValue(2L);
        assertThat(x.at()).hasValue(List.of(1L));
        ByteBuffer unsigned =
                ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(0, -1);
        Differences mixed = diff(
                CheckpointDiff.DEFAULT, ValueSource.of(Long.MIN_VALUE), ValueSource.of(DataType.DT_UINT64, unsigned));
        assertThat(mixed.dtypes()).hasSize(1);
        assertThat(mixed.values().get(0).maxAbsolute())
                .hasValue(BigInteger.ONE
                        .shiftLeft(64)
                        .add(BigInteger.ONE.shiftLeft(63))
                        .subtract(BigInteger.ONE));
    }

    @Test
    void aMeanOfComplexDifferencesIsFiniteEvenIfTheyOverflow() throws IOException {
        ByteBuffer a = ByteBuffer.allocate(3 * 16).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer b = ByteBuffer.allocate(3 * 16).order(ByteOrder.LITTLE_ENDIAN);
        a.putDouble(0, 0x1p1023).putDouble(8, 0x1p1023);
        b.putDouble(0, -0x1p1023).putDouble(8, -0x1p1023);
        Differences found = diff(
                CheckpointDiff.DEFAULT,
                ValueSource.of(DataType.DT_COMPLEX128, a),
                ValueSource.of(DataType.DT_COMPLEX128, b),
                3);
        TensorDifference x = found.values().get(0);
        assertThat(x.maxAbsolute()).hasValue(Double.POSITIVE_INFINITY);
        assertThat(x.maxRelative()).hasValue(2);
        assertThat(x.meanAbsolute().orElseThrow()).isCloseTo(Math.sqrt(8) / 3 * 0x1p1023, within(0x1p973));
    }

    @Test
    void differentDtypesAreComparedIfBothAreFloatsOrIntegers() throws IOException {
        Differences floats = diff(CheckpointDiff.DEFAULT, ValueSource.of(1f, 2f), ValueSource.of(1.0, 2.5), 2);
        assertThat(floats.dtypes()).hasSize(1);
        assertThat(floats.values().get(0).maxAbsolute()).hasValue(0.5);
        assertThat(floats.same()).isZero();
        assertThat(diff(CheckpointDiff.DEFAULT, ValueSource.of(1f), ValueSource.of(1.0))
                        .values())
                .isEmpty();
        Differences integers = diff(CheckpointDiff.DEFAULT, ValueSource.of(7L), ValueSource.of(9));
        assertThat(integers.values().get(0).maxAbsolute()).hasValue(2L);
        Differences others = diff(CheckpointDiff.DEFAULT, ValueSource.of(7f), ValueSource.of(9));
        assertThat(others.dtypes()).hasSize(1);
        assertThat(others.values()).isEmpty();
        assertThat(others.isEqual()).isFalse();
    }

    @Test
    void namesShapesAndValues() throws IOException {
        Path a = write("a", out -> {
            out.add("both", Shape.of(2), ValueSource.of(1f, 2f));
            out.add("only/a", Shape.of(), ValueSource.of(1f));
            out.add("shape", Shape.of(2, 1), ValueSource.of(1f, 2f));
            out.add("text", Shape.of(3), ValueSource.of("a", "b", "c"));
        });
        Path b = write("b", out -> {
            out.add("both", Shape.of(2), ValueSource.of(1f, 2f));
            out.add("only/b", Shape.of(), ValueSource.of(1f));
            out.add("shape", Shape.of(1, 2), ValueSource.of(1f, 2f));
            out.add("text", Shape.of(3), ValueSource.of("a", "x", "cc"));
        });
        Differences found = diff(CheckpointDiff.DEFAULT, a, b);
        assertThat(found.onlyA()).extracting(TensorInfo::name).containsExactly("only/a");
        assertThat(found.onlyB()).extracting(TensorInfo::name).containsExactly("only/b");
        assertThat(found.shapes()).extracting(pair -> pair.a().name()).containsExactly("shape");
        assertThat(found.same()).isEqualTo(1);
        TensorDifference text = found.values().get(0);
        assertThat(text.different()).hasValue(2);
        assertThat(text.at()).hasValue(List.of(1L));
        assertThat(text.maxAbsolute()).isEmpty();
        assertThat(text.nanA()).isEmpty();
        Differences selected = diff(
                CheckpointDiff.DEFAULT.selecting(
                        info -> info.name().equals("both"), info -> info.name().equals("both")),
                a,
                b);
        assertThat(selected.isEqual()).isTrue();
        assertThat(diff(CheckpointDiff.DEFAULT.with(DiffDepth.INDEX), a, b).same())
                .isEqualTo(2);
    }

    @Test
    void namesOfAAreMappedToNamesOfB() throws IOException {
        Path a = write("a", out -> {
            out.add("init/x", Shape.of(), ValueSource.of(1f));
            out.add("z", Shape.of(), ValueSource.of(3f));
        });
        Path b = write("b", out -> {
            out.add("input/x", Shape.of(), ValueSource.of(2f));
            out.add("a", Shape.of(), ValueSource.of(3f));
            out.add("y", Shape.of(), ValueSource.of(3f));
        });
        CheckpointDiff mapped =
                CheckpointDiff.DEFAULT.mapping(name -> name.equals("z") ? "a" : name.replace("init/", "input/"));
        Differences found = diff(mapped, a, b);
        assertThat(found.values()).extracting(x -> x.a().name()).containsExactly("init/x");
        assertThat(found.onlyA()).isEmpty();
        assertThat(found.onlyB()).extracting(TensorInfo::name).containsExactly("y");
        assertThat(found.same()).isEqualTo(1);
    }

    @Test
    void slicesAndByteOrdersDoNotMatter() throws IOException {
        for (String kind : List.of("dtypes", "partitioned", "strings")) {
            Path little = Corpus.root().resolve("golden/tf218-v2-" + kind + "/ckpt");
            Path big = Corpus.root().resolve("golden/bigendian-v2-" + kind + "/ckpt");
            Differences found = diff(CheckpointDiff.DEFAULT.with(SEVEN_THREADS), little, big);
            assertThat(found.isEqual()).isTrue();
            assertThat(found.same()).isPositive();
        }
        float[] values = new float[500_000];
        float[] changed = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            // The last difference has the largest quotient.
            values[i] = 1_000_000 - i;
            changed[i] = values[i] + (i == 250_260 || i == 250_261 || i == 499_503 ? 1 : 0);
        }
        Path whole = write("whole", out -> out.add("x", Shape.of(1000, 500), ValueSource.of(values)));
        Path columns = write("columns", out -> {
            for (int start = 0; start < 500; start += 250) {
                float[] part = new float[250_000];
                for (int i = 0; i < part.length; i++) {
                    part[i] = changed[i / 250 * 500 + start + i % 250];
                }
                out.addSlice("x", ShapeAndSlice.parse("1000 500 -:" + start + ",250"), ValueSource.of(part));
            }
        });
        Path rows = write("rows", out -> {
            out.addSlice("x", ShapeAndSlice.parse("1000 500 0,999:-"), ValueSource.of(Arrays.copyOf(values, 499_500)));
            float[] last = Arrays.copyOfRange(values, 499_500, 500_000);
            out.addSlice("x", ShapeAndSlice.parse("1000 500 999,1:-"), ValueSource.of(last));
        });
        for (Path other : List.of(whole, rows)) {
            for (List<Path> pair : List.of(List.of(other, columns), List.of(columns, other))) {
                for (ScanOptions options : List.of(ScanOptions.DEFAULT, SEVEN_THREADS)) {
                    TensorDifference x = diff(CheckpointDiff.DEFAULT.with(options), pair.get(0), pair.get(1))
                            .values()
                            .get(0);
                    assertThat(x.different()).hasValue(3);
                    assertThat(x.at()).hasValue(List.of(500L, 260L));
                }
            }
        }
        assertThat(diff(CheckpointDiff.DEFAULT, whole, rows).isEqual()).isTrue();
    }

    @Test
    void resultsDoNotDependOnThreads() throws IOException {
        for (DataType type : List.of(
                DataType.DT_FLOAT,
                DataType.DT_DOUBLE,
                DataType.DT_BFLOAT16,
                DataType.DT_UINT64,
                DataType.DT_COMPLEX64)) {
            Path a = write("a", out -> addAll(out, type, 1));
            Path b = write("b", out -> addAll(out, type, 2));
            String alone = diff(CheckpointDiff.DEFAULT, a, b).toString();
            assertThat(diff(CheckpointDiff.DEFAULT.with(SEVEN_THREADS), a, b).toString())
                    .isEqualTo(alone);
        }
    }

    private static void addAll(CheckpointWriter out, DataType type, long seed) throws IOException {
        for (Map.Entry<String, ByteBuffer> kind :
                HardValues.of(type, seed, 600_001).entrySet()) {
            int count = kind.getValue().limit() / type.width();
            out.add(kind.getKey(), Shape.of(count), ValueSource.of(type, kind.getValue()));
        }
    }

    @Test
    void equalChecksumsAreTrustedUnlessBytesAreWanted() throws IOException {
        Path a = write("a", out -> out.add("x", Shape.of(2), ValueSource.of(1f, Float.NaN)));
        Path b = write("b", out -> out.add("x", Shape.of(2), ValueSource.of(1f, Float.NaN)));
        Path data = directory.resolve("b.data-00000-of-00001");
        byte[] intact = Files.readAllBytes(data);
        assertThat(diff(CheckpointDiff.DEFAULT.with(new Tolerance(0, 0, false)), a, b)
                        .isEqual())
                .isFalse();
        byte[] damaged = intact.clone();
        damaged[0] ^= 1;
        Files.write(data, damaged);
        assertThat(diff(CheckpointDiff.DEFAULT, a, b).isEqual()).isTrue();
        assertThat(diff(CheckpointDiff.DEFAULT.with(DiffDepth.CHECKSUMS), a, b).isEqual())
                .isTrue();
        Differences bytes = diff(CheckpointDiff.DEFAULT.with(DiffDepth.BYTES), a, b);
        assertThat(bytes.isEqual()).isFalse();
        assertThat(bytes.notCompared().get(0).damage()).hasMessageContaining("checksum");
    }

    @Test
    void checksumsNeedNoDataFiles() throws IOException {
        Path a = write("a", out -> {
            out.add("x", Shape.of(), ValueSource.of(1f));
            out.add("y", Shape.of(), ValueSource.of(1f));
        });
        Path b = write("b", out -> {
            out.add("x", Shape.of(), ValueSource.of(1f));
            out.add("y", Shape.of(), ValueSource.of(2f));
        });
        Files.delete(directory.resolve("a.data-00000-of-00001"));
        Differences found = diff(CheckpointDiff.DEFAULT.with(DiffDepth.CHECKSUMS), a, b);
        assertThat(found.same()).isEqualTo(1);
        assertThat(found.values()).hasSize(1);
        assertThat(found.values().get(0).different()).isEmpty();
        assertThat(found.isEqual()).isFalse();
        Path v1 = Corpus.root().resolve("golden/tf218-v1-dtypes/model.ckpt");
        Differences ofV1 = diff(CheckpointDiff.DEFAULT.with(DiffDepth.CHECKSUMS), v1, v1);
        assertThat(ofV1.notCompared()).isNotEmpty();
        assertThat(ofV1.isEqual()).isTrue();
        assertThat(diff(CheckpointDiff.DEFAULT, v1, v1).notCompared()).isEmpty();
    }

    @Test
    void aToleranceIsANumber() {
        List<Double> wrong = new ArrayList<>(List.of(-1.0, Double.NaN, Double.POSITIVE_INFINITY));
        for (double tolerance : wrong) {
            assertThatThrownBy(() -> new Tolerance(tolerance, 0, true)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> new Tolerance(0, tolerance, true)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aRecipeProvesAConversion() throws IOException {
        int rows = 700;
        int columns = 500;
        float[] values = new float[rows * columns];
        float[] transposed = new float[values.length];
        Random random = new Random(3);
        for (int i = 0; i < values.length; i++) {
            values[i] = random.nextFloat();
            transposed[i % columns * rows + i / columns] = values[i];
        }
        Path a = write("a", out -> {
            out.add("layer/kernel", Shape.of(rows, columns), ValueSource.of(values));
            out.add("layer/vector", Shape.of(1, 2), ValueSource.of(1f, 2f));
            out.add("step", Shape.of(), ValueSource.of(1L));
        });
        Path sliced = write("sliced", out -> {
            int first = 300;
            out.addSlice(
                    "layer/kernel",
                    ShapeAndSlice.parse(rows + " " + columns + " 0," + first + ":-"),
                    ValueSource.of(Arrays.copyOf(values, first * columns)));
            out.addSlice(
                    "layer/kernel",
                    ShapeAndSlice.parse(rows + " " + columns + " " + first + "," + (rows - first) + ":-"),
                    ValueSource.of(Arrays.copyOfRange(values, first * columns, values.length)));
            out.add("layer/vector", Shape.of(1, 2), ValueSource.of(1f, 2f));
        });
        Path b = write("b", out -> {
            out.add("layer.weight", Shape.of(columns, rows), ValueSource.of(transposed));
            out.add("vector", Shape.of(2), ValueSource.of(1f, 2f));
        });
        Path slicedB = write("slicedB", out -> {
            int first = 123;
            out.addSlice(
                    "layer.weight",
                    ShapeAndSlice.parse(columns + " " + rows + " 0," + first + ":-"),
                    ValueSource.of(Arrays.copyOf(transposed, first * rows)));
            out.addSlice(
                    "layer.weight",
                    ShapeAndSlice.parse(columns + " " + rows + " " + first + "," + (columns - first) + ":-"),
                    ValueSource.of(Arrays.copyOfRange(transposed, first * rows, values.length)));
            out.add("vector", Shape.of(2), ValueSource.of(1f, 2f));
        });
        Recipe recipe = Recipe.parse("""
                exclude step
                rename s#/kernel$#.weight#
                rename s#.*/vector#vector#
                transpose **/kernel
                transpose vector=1
                """);
        CheckpointDiff diff = CheckpointDiff.DEFAULT.with(SEVEN_THREADS);
        for (Path first : List.of(a, sliced)) {
            for (Path second : List.of(b, slicedB)) {
                Differences equal = converted(recipe, diff, first, second);
                assertThat(equal.isEqual()).as(equal.toString()).isTrue();
                assertThat(equal.same()).isEqualTo(2);
            }
        }
        Differences checksums = converted(recipe, diff.with(DiffDepth.CHECKSUMS), a, b);
        assertThat(checksums.isEqual()).isTrue();
        assertThat(checksums.notCompared())
                .extracting(tensor -> tensor.a().name())
                .contains("layer.weight");

        transposed[5 * rows + 7]++;
        Path changed = write("changed", out -> {
            out.add("layer.weight", Shape.of(columns, rows), ValueSource.of(transposed));
            out.add("step", Shape.of(), ValueSource.of(1L));
            out.add("vector", Shape.of(1, 2), ValueSource.of(1f, 2f));
        });
        Differences differences = converted(recipe, diff, a, changed);
        assertThat(differences.onlyB()).extracting(TensorInfo::name).containsExactly("step");
        assertThat(differences.shapes()).extracting(pair -> pair.a().shape()).containsExactly(Shape.of(2));
        TensorDifference kernel = differences.values().get(0);
        assertThat(kernel.at()).contains(List.of(5L, 7L));
        assertThat(kernel.different()).hasValue(1);
        assertThat(kernel.a().shape()).isEqualTo(Shape.of(columns, rows));
    }

    private static Differences converted(Recipe recipe, CheckpointDiff diff, Path a, Path b) throws IOException {
        try (Checkpoint first = Checkpoint.open(a);
                Checkpoint second = Checkpoint.open(b)) {
            return diff.compare(recipe.viewOf(first, note -> {}), second);
        }
    }

    @Test
    void damageOfATransposedTensorIsFound() throws IOException {
        Path a = write("a", out -> out.add("x", Shape.of(2, 3), ValueSource.of(1f, 2f, 3f, 4f, 5f, 6f)));
        Path b = write("b", out -> out.add("x", Shape.of(3, 2), ValueSource.of(1f, 4f, 2f, 5f, 3f, 6f)));
        Recipe recipe = Recipe.NONE.transpose("x");
        assertThat(converted(recipe, CheckpointDiff.DEFAULT, a, b).isEqual()).isTrue();
        Path data = directory.resolve("a.data-00000-of-00001");
        byte[] bytes = Files.readAllBytes(data);
        bytes[0] ^= 1;
        Files.write(data, bytes);
        assertThat(converted(recipe, CheckpointDiff.DEFAULT, a, b).notCompared())
                .extracting(tensor -> tensor.damage())
                .doesNotContainNull();
    }
}
