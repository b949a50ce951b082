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
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.CheckpointWriter;
import org.tfckpt.ValueSource;
import org.tfckpt.WriteOptions;
import org.tfckpt.edit.Average;
import org.tfckpt.edit.RewriteProgress;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Elements;
import org.tfckpt.tensor.Shape;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.Json;
import org.tfckpt.testing.Values;

/** Compares statistics, tolerances and averages with NumPy. Runs only with {@code -Pinterop}, and needs Debian's python3-numpy. */
@EnabledIfSystemProperty(named = "tfckpt.interop.lib", matches = ".+")
class ValuesInNumpyIT {
    private static final String PYTHON = "/usr/bin/python3";
    private static final Path SCRIPT = Corpus.root().resolveSibling("src/interop/python/values.py");
    private static final int COUNT = 20_000;
    private static final int PAIRS = 500;
    private static final double[] PROBABILITIES = {0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99};

    /** NumPy's names of dtypes; others have the names of the script. */
    private static final Map<DataType, String> DTYPES = new EnumMap<>(Map.ofEntries(
            Map.entry(DataType.DT_BOOL, "?"),
            Map.entry(DataType.DT_INT8, "i1"),
            Map.entry(DataType.DT_QINT8, "i1"),
            Map.entry(DataType.DT_UINT8, "u1"),
            Map.entry(DataType.DT_QUINT8, "u1"),
            Map.entry(DataType.DT_INT16, "i2"),
            Map.entry(DataType.DT_QINT16, "i2"),
            Map.entry(DataType.DT_UINT16, "u2"),
            Map.entry(DataType.DT_QUINT16, "u2"),
            Map.entry(DataType.DT_INT32, "i4"),
            Map.entry(DataType.DT_QINT32, "i4"),
            Map.entry(DataType.DT_UINT32, "u4"),
            Map.entry(DataType.DT_INT64, "i8"),
            Map.entry(DataType.DT_UINT64, "u8"),
            Map.entry(DataType.DT_HALF, "f2"),
            Map.entry(DataType.DT_FLOAT, "f4"),
            Map.entry(DataType.DT_DOUBLE, "f8"),
            Map.entry(DataType.DT_COMPLEX64, "c8"),
            Map.entry(DataType.DT_COMPLEX128, "c16")));

    private static String name(DataType type) {
        return DTYPES.getOrDefault(type, type.name().substring(3).toLowerCase(Locale.ROOT));
    }

    @TempDir
    private Path directory;

    @BeforeAll
    static void requireNumpy() throws IOException, InterruptedException {
        boolean found = Files.isExecutable(Path.of(PYTHON))
                && new ProcessBuilder(PYTHON, "-c", "import numpy").start().waitFor() == 0;
        Assumptions.assumeTrue(found, "python3-numpy is not installed");
    }

    private List<Object> python(List<String> commands) throws IOException, InterruptedException {
        Path input = Files.write(directory.resolve("commands"), commands);
        Process process = new ProcessBuilder(PYTHON, SCRIPT.toString(), input.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        List<Object> results = new ArrayList<>();
        for (String line : output.lines().toList()) {
            results.add(Json.parse(line));
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
            for (DataType type : Values.fixedWidthTypes().toList()) {
                Map<String, ByteBuffer> kinds = HardValues.of(type, 7, COUNT);
                if (type == DataType.DT_FLOAT) {
                    Random random = new Random(1);
                    kinds.put("many", HardValues.elements(type, 1_000_000, () -> 1e4 + random.nextGaussian() * 1e-3));
                }
                for (Map.Entry<String, ByteBuffer> kind : kinds.entrySet()) {
                    String name = type + " " + kind.getKey();
                    ByteBuffer bytes = kind.getValue();
                    out.add(name, Shape.of(bytes.limit() / type.width()), ValueSource.of(type, bytes));
                    names.add(name);
                    commands.add("stats\t" + name(type) + "\t" + file(name, bytes));
                }
            }
            out.finish();
        }
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            for (String name : names) {
                found.add(Statistics.DEFAULT.of(checkpoint, name));
            }
        }
        List<Object> expected = python(commands);
        assertThat(expected).hasSameSizeAs(found);
        for (int i = 0; i < found.size(); i++) {
            compare(found.get(i), Json.object(expected.get(i)));
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
        near(summary.mean().orElseThrow(), number(expected.get("mean")), found.name() + " mean");
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
    void tolerancesOfFloats() throws IOException, InterruptedException {
        Random random = new Random(11);
        List<Closeness> rounds = new ArrayList<>();
        for (int round = 0; round < 20; round++) {
            rounds.add(floats(random, DataType.DT_DOUBLE, round));
        }
        for (DataType type :
                List.of(DataType.DT_FLOAT, DataType.DT_HALF, DataType.DT_BFLOAT16, DataType.DT_FLOAT8_E5M2)) {
            for (int round = 0; round < 4; round++) {
                rounds.add(floats(random, type, round));
            }
        }
        compare(rounds);
    }

    @Test
    void tolerancesOfIntegersBeyondTheExactDoubles() throws IOException, InterruptedException {
        Random random = new Random(12);
        List<Closeness> rounds = new ArrayList<>();
        for (DataType type : List.of(DataType.DT_INT64, DataType.DT_UINT64)) {
            for (int round = 0; round < 8; round++) {
                rounds.add(integers(random, type, round));
            }
        }
        compare(rounds);
    }

    /** Pairs of elements of one dtype, and a tolerance. */
    private record Closeness(DataType type, Tolerance tolerance, ByteBuffer a, ByteBuffer b) {
        static Closeness of(Random random, DataType type, int round) {
            Tolerance tolerance = new Tolerance(
                    round % 4 == 0 ? 0 : Math.pow(10, -random.nextInt(9)),
                    round % 4 == 1 ? 0 : Math.pow(10, -random.nextInt(9)),
                    round % 2 == 0);
            return new Closeness(type, tolerance, buffer(type), buffer(type));
        }

        private static ByteBuffer buffer(DataType type) {
            return ByteBuffer.allocate(PAIRS * type.width()).order(ByteOrder.LITTLE_ENDIAN);
        }

        Path write(Path prefix, ByteBuffer values) throws IOException {
            try (CheckpointWriter out = CheckpointWriter.open(prefix, WriteOptions.DEFAULT.overwriting())) {
                for (int i = 0; i < PAIRS; i++) {
                    ByteBuffer element =
                            values.slice(i * type.width(), type.width()).order(ByteOrder.LITTLE_ENDIAN);
                    out.add("x" + i, Shape.of(), ValueSource.of(type, element));
                }
                out.finish();
            }
            return prefix;
        }
    }

    /** Elements near the limit of the tolerance. */
    private static Closeness floats(Random random, DataType type, int round) {
        Closeness pairs = Closeness.of(random, type, round);
        for (int i = 0; i < PAIRS; i++) {
            double value = odd(random, random.nextGaussian() * Math.pow(10, random.nextInt(8)));
            double step = pairs.tolerance.limit(Math.abs(value)) + (random.nextInt(5) - 2) * Math.ulp(value);
            double other = odd(random, random.nextBoolean() ? value + step : value - step);
            pairs.a.put(HardValues.elements(type, 1, () -> other));
            pairs.b.put(HardValues.elements(type, 1, () -> value));
        }
        return pairs;
    }

    private static Closeness integers(Random random, DataType type, int round) {
        Closeness pairs = Closeness.of(random, type, round);
        for (int i = 0; i < PAIRS; i++) {
            long value = random.nextLong() >> random.nextInt(10);
            double magnitude = Math.abs(type == DataType.DT_INT64 ? value : (double) (value >>> 1) * 2);
            long step = (long) pairs.tolerance.limit(magnitude) + random.nextInt(5) - 2;
            pairs.a.putLong(random.nextBoolean() ? value + step : value - step);
            pairs.b.putLong(value);
        }
        return pairs;
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

    private void compare(List<Closeness> rounds) throws IOException, InterruptedException {
        List<String> commands = new ArrayList<>();
        List<List<Boolean>> found = new ArrayList<>();
        for (Closeness round : rounds) {
            String number = String.valueOf(commands.size());
            commands.add(String.join(
                    "\t",
                    "close",
                    name(round.type),
                    String.valueOf(round.tolerance.relative()),
                    String.valueOf(round.tolerance.absolute()),
                    String.valueOf(round.tolerance.equalNan()),
                    file("a" + number, round.a).toString(),
                    file("b" + number, round.b).toString()));
            found.add(outside(round));
        }
        List<Object> expected = python(commands);
        for (int i = 0; i < found.size(); i++) {
            assertThat(found.get(i)).as(commands.get(i)).isEqualTo(expected.get(i));
            assertThat(found.get(i)).as(commands.get(i)).contains(true, false);
        }
    }

    private List<Boolean> outside(Closeness round) throws IOException {
        try (Checkpoint a = Checkpoint.open(round.write(directory.resolve("sideA"), round.a));
                Checkpoint b = Checkpoint.open(round.write(directory.resolve("sideB"), round.b))) {
            Set<String> outside = CheckpointDiff.DEFAULT.with(round.tolerance).compare(a, b).values().stream()
                    .filter(tensor -> tensor.outside().orElseThrow() > 0)
                    .map(tensor -> tensor.a().name())
                    .collect(Collectors.toSet());
            return IntStream.range(0, PAIRS)
                    .mapToObj(i -> outside.contains("x" + i))
                    .toList();
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"DT_FLOAT", "DT_DOUBLE", "DT_HALF", "DT_BFLOAT16", "DT_COMPLEX64", "DT_COMPLEX128"})
    void averages(DataType type) throws IOException, InterruptedException {
        List<Map<String, ByteBuffer>> inputs = IntStream.range(0, 3)
                .mapToObj(seed -> HardValues.of(type, seed, COUNT))
                .toList();
        List<String> kinds = new ArrayList<>(inputs.get(0).keySet());
        kinds.remove("empty");
        if (type.swapUnit() == Double.BYTES) {
            // NumPy's sums overflow.
            kinds.removeAll(List.of("bits", "large", "largest", "cancelling"));
        }
        List<String> commands = new ArrayList<>();
        for (double[] weights : new double[][] {{}, {1, 2.5, 0.25}, {0, 1, 1e-3}}) {
            String numbers = Arrays.stream(weights).mapToObj(String::valueOf).collect(Collectors.joining(","));
            for (String kind : kinds) {
                List<String> words = new ArrayList<>(List.of("average", name(type), numbers.isEmpty() ? "-" : numbers));
                words.add(directory.resolve("numpy" + commands.size()).toString());
                List<ByteBuffer> values = inputs.stream()
                        .map(kindsOfInput -> Objects.requireNonNull(kindsOfInput.get(kind)))
                        .toList();
                for (ByteBuffer input : values) {
                    words.add(file("input" + commands.size() + words.size(), input)
                            .toString());
                }
                average(type, values, weights, directory.resolve("average" + commands.size()));
                commands.add(String.join("\t", words));
            }
        }
        python(commands);
        for (int i = 0; i < commands.size(); i++) {
            compareAverages(type, i, commands.get(i));
        }
    }

    private void average(DataType type, List<ByteBuffer> values, double[] weights, Path target) throws IOException {
        List<Checkpoint> inputs = new ArrayList<>();
        try {
            for (ByteBuffer input : values) {
                Path prefix = directory.resolve("in" + inputs.size());
                try (CheckpointWriter out = CheckpointWriter.open(prefix, WriteOptions.DEFAULT.overwriting())) {
                    out.add("x", Shape.of(COUNT), ValueSource.of(type, input));
                    out.finish();
                }
                inputs.add(Checkpoint.open(prefix));
            }
            Average.Builder average = Average.of(inputs);
            if (weights.length > 0) {
                average.weights(weights);
            }
            average.build().run(target, true, RewriteProgress.NONE, warning -> {});
        } finally {
            for (Checkpoint input : inputs) {
                input.close();
            }
        }
    }

    private void compareAverages(DataType type, int number, String command) throws IOException {
        ByteBuffer expected = ByteBuffer.wrap(Files.readAllBytes(directory.resolve("numpy" + number)))
                .order(ByteOrder.LITTLE_ENDIAN);
        DataType part = type.swapUnit() == type.width()
                ? type
                : type.swapUnit() == Double.BYTES ? DataType.DT_DOUBLE : DataType.DT_FLOAT;
        try (Checkpoint written = Checkpoint.open(directory.resolve("average" + number))) {
            ByteBuffer found = written.tensor("x").asByteBuffer();
            assertThat(found.remaining()).isEqualTo(expected.remaining());
            for (int i = 0; i < expected.remaining() / part.width(); i++) {
                assertThat(Elements.floatAt(part, found, i))
                        .as("%s, element %d", command, i)
                        .isEqualTo(Double.valueOf(Elements.floatAt(part, expected, i)));
            }
        }
    }
}
