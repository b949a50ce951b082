package org.tfckpt.values;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.Checkpoint;
import org.tfckpt.CheckpointWriter;
import org.tfckpt.ValueSource;
import org.tfckpt.WriteOptions;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.Json;

/** Compares statistics and tolerances with NumPy. Runs only with {@code -Pinterop}, and needs Debian's python3-numpy. */
@EnabledIfSystemProperty(named = "tfckpt.interop.lib", matches = ".+")
class StatisticsInNumpyIT {
    private static final String PYTHON = "/usr/bin/python3";
    private static final Path SCRIPT = Corpus.root().resolveSibling("src/interop/python/values.py");
    private static final int COUNT = 20_000;
    private static final double[] PROBABILITIES = {0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99};

    /** NumPy's names of dtypes; it has no others. */
    private static final Map<DataType, String> DTYPES = new EnumMap<>(Map.ofEntries(
            Map.entry(DataType.DT_BOOL, "?"),
            Map.entry(DataType.DT_INT8, "i1"),
            Map.entry(DataType.DT_UINT8, "u1"),
            Map.entry(DataType.DT_INT16, "i2"),
            Map.entry(DataType.DT_UINT16, "u2"),
            Map.entry(DataType.DT_INT32, "i4"),
            Map.entry(DataType.DT_UINT32, "u4"),
            Map.entry(DataType.DT_INT64, "i8"),
            Map.entry(DataType.DT_UINT64, "u8"),
            Map.entry(DataType.DT_HALF, "f2"),
            Map.entry(DataType.DT_BFLOAT16, "bfloat16"),
            Map.entry(DataType.DT_FLOAT, "f4"),
            Map.entry(DataType.DT_DOUBLE, "f8"),
            Map.entry(DataType.DT_COMPLEX64, "c8"),
            Map.entry(DataType.DT_COMPLEX128, "c16")));

    @TempDir
    private Path directory;

    @BeforeAll
    static void requireNumpy() throws IOException, InterruptedException {
        boolean found = Files.isExecutable(Path.of(PYTHON))
                && new ProcessBuilder(PYTHON, "-c", "import numpy").start().waitFor() == 0;
        Assumptions.assumeTrue(found, "python3-numpy is not installed");
    }

    private List<Map<String, Object>> python(List<String> commands) throws IOException, InterruptedException {
        Path input = Files.write(directory.resolve("commands"), commands);
        Process process = new ProcessBuilder(PYTHON, SCRIPT.toString(), input.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        List<Map<String, Object>> results = new ArrayList<>();
        for (String line : output.lines().toList()) {
            results.add(Json.object(Json.parse(line)));
        }
        return results;
    }

    private Path file(String name, ByteBuffer bytes) throws IOException {
        byte[] array = new byte[bytes.limit()];
        bytes.get(0, array);
        if (name.startsWith("DT_BOOL")) {
            for (int i = 0; i < array.length; i++) {
                array[i] = (byte) (array[i] == 0 ? 0 : 1);
            }
        }
        return Files.write(directory.resolve(name), array);
    }

    @Test
    void statistics() throws IOException, InterruptedException {
        List<String> commands = new ArrayList<>();
        List<TensorStatistics> found = new ArrayList<>();
        Path prefix = directory.resolve("ckpt");
        List<String> names = new ArrayList<>();
        try (CheckpointWriter out = CheckpointWriter.open(prefix)) {
            for (Map.Entry<DataType, String> type : DTYPES.entrySet()) {
                for (Map.Entry<String, ByteBuffer> kind :
                        HardValues.of(type.getKey(), 7, COUNT).entrySet()) {
                    String name = type.getKey() + " " + kind.getKey();
                    ByteBuffer bytes = kind.getValue();
                    out.add(
                            name,
                            Shape.of(bytes.limit() / type.getKey().width()),
                            ValueSource.of(type.getKey(), bytes));
                    names.add(name);
                    commands.add("stats\t" + type.getValue() + "\t" + file(name, bytes));
                }
            }
            out.finish();
        }
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            for (String name : names) {
                found.add(Statistics.DEFAULT.of(checkpoint, name));
            }
        }
        List<Map<String, Object>> expected = python(commands);
        assertThat(expected).hasSameSizeAs(found);
        for (int i = 0; i < found.size(); i++) {
            compare(found.get(i), expected.get(i));
        }
    }

    private static void compare(TensorStatistics found, Map<String, Object> expected) {
        Summary summary = found.summary().orElseThrow();
        assertThat(List.of(summary.nan(), summary.infinite(), summary.negativeInfinite(), summary.zeros()))
                .as(found.name())
                .isEqualTo(List.of(
                        integer(expected, "nan"),
                        integer(expected, "inf"),
                        integer(expected, "neg_inf"),
                        integer(expected, "zeros")));
        if (summary.finite() == 0) {
            assertThat(expected).doesNotContainKey("min");
            return;
        }
        boolean complex = found.info().dtype().width() > found.info().dtype().swapUnit();
        extreme(summary.min(), (String) expected.get("min"), complex, found.name());
        extreme(summary.max(), (String) expected.get("max"), complex, found.name());
        if (!(boolean) expected.get("cancels")) {
            near(summary.mean().orElseThrow(), number(expected.get("mean")), found.name() + " mean");
        }
        // NumPy rounds absolute values in another way, which shows where they hardly differ.
        double rounding = complex ? 4 * Math.ulp(summary.max().doubleValue()) : 0;
        assertThat(summary.standardDeviation().orElseThrow())
                .as(found.name() + " std")
                .isCloseTo(
                        number(expected.get("std")),
                        within(1e-12 * number(expected.get("std")) + rounding + Double.MIN_VALUE));
        near(summary.norm(), number(expected.get("norm")), found.name() + " norm");
        List<?> quantiles = (List<?>) expected.get("quantiles");
        List<?> spread = (List<?>) expected.get("spread");
        boolean exact = found.info().dtype().width() <= Short.BYTES;
        for (int i = 0; i < PROBABILITIES.length; i++) {
            double larger = number(spread.get(i));
            assertThat(found.histogram().orElseThrow().quantile(PROBABILITIES[i]))
                    .as(found.name() + " quantile")
                    .isCloseTo(
                            number(quantiles.get(i)), within(exact ? 1e-15 * larger : larger / 128 + Float.MIN_NORMAL));
        }
    }

    private static long integer(Map<String, Object> object, String key) {
        return ((Number) object.get(key)).longValue();
    }

    private static double number(Object value) {
        return "inf".equals(value) ? Double.POSITIVE_INFINITY : ((Number) value).doubleValue();
    }

    private static void extreme(Number found, String expected, boolean rounded, String name) {
        if (!expected.contains("x")) {
            assertThat(found.toString()).as(name).isEqualTo(expected);
        } else {
            double value = Double.parseDouble(expected);
            assertThat(found.doubleValue()).as(name).isCloseTo(value, within(rounded ? 2 * Math.ulp(value) : 0));
        }
    }

    private static void near(double found, double expected, String name) {
        if (Double.isInfinite(expected)) {
            assertThat(found).as(name).isEqualTo(expected);
        } else {
            assertThat(found).as(name).isCloseTo(expected, within(1e-12 * Math.abs(expected) + Double.MIN_VALUE));
        }
    }

    @Test
    void tolerances() throws IOException, InterruptedException {
        Random random = new Random(11);
        List<String> commands = new ArrayList<>();
        List<Long> found = new ArrayList<>();
        for (int round = 0; round < 20; round++) {
            Tolerance tolerance = new Tolerance(
                    round % 4 == 0 ? 0 : Math.pow(10, -random.nextInt(9)),
                    round % 4 == 1 ? 0 : Math.pow(10, -random.nextInt(9)),
                    round % 2 == 0);
            ByteBuffer a = ByteBuffer.allocate(8 * 500).order(ByteOrder.LITTLE_ENDIAN);
            ByteBuffer b = ByteBuffer.allocate(8 * 500).order(ByteOrder.LITTLE_ENDIAN);
            for (int i = 0; i < 500; i++) {
                double value = odd(random, random.nextGaussian() * Math.pow(10, random.nextInt(8)));
                double step = tolerance.limit(Math.abs(value)) + (random.nextInt(5) - 2) * Math.ulp(value);
                a.putDouble(8 * i, odd(random, random.nextBoolean() ? value + step : value - step));
                b.putDouble(8 * i, value);
            }
            commands.add("close\t" + tolerance.relative() + "\t" + tolerance.absolute() + "\t" + tolerance.equalNan()
                    + "\t" + file("a" + round, a) + "\t" + file("b" + round, b));
            found.add(outside(a, b, tolerance));
        }
        List<Map<String, Object>> expected = python(commands);
        for (int i = 0; i < found.size(); i++) {
            assertThat(found.get(i)).isEqualTo(integer(expected.get(i), "outside"));
        }
    }

    private static double odd(Random random, double value) {
        return switch (random.nextInt(20)) {
            case 0 -> Double.NaN;
            case 1 -> Double.POSITIVE_INFINITY;
            case 2 -> Double.NEGATIVE_INFINITY;
            case 3 -> 0;
            case 4 -> Double.MAX_VALUE;
            default -> value;
        };
    }

    private long outside(ByteBuffer a, ByteBuffer b, Tolerance tolerance) throws IOException {
        List<Path> prefixes = new ArrayList<>();
        for (ByteBuffer values : List.of(a, b)) {
            prefixes.add(directory.resolve("side" + prefixes.size()));
            try (CheckpointWriter out =
                    CheckpointWriter.open(prefixes.get(prefixes.size() - 1), WriteOptions.DEFAULT.overwriting())) {
                out.add("x", Shape.of(500), ValueSource.of(DataType.DT_DOUBLE, values));
                out.finish();
            }
        }
        try (Checkpoint first = Checkpoint.open(prefixes.get(0));
                Checkpoint second = Checkpoint.open(prefixes.get(1))) {
            return CheckpointDiff.DEFAULT
                    .with(tolerance)
                    .compare(first, second)
                    .values()
                    .get(0)
                    .outside()
                    .orElseThrow();
        }
    }
}
