package org.tfckpt.edit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.CheckpointWriter;
import org.tfckpt.ValueSource;
import org.tfckpt.objects.ObjectGraph;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.objects.ObjectNode;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Elements;
import org.tfckpt.tensor.NamePattern;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.ShapeAndSlice;
import org.tfckpt.tensor.SmallFloats;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.Graphs;

class AverageTest {
    @TempDir
    private Path directory;

    private interface Content {
        void add(CheckpointWriter out) throws IOException;
    }

    private Path write(String name, Content content) throws IOException {
        Path prefix = directory.resolve(name);
        try (CheckpointWriter out = CheckpointWriter.open(prefix)) {
            content.add(out);
            out.finish();
        }
        return prefix;
    }

    private interface Options {
        void set(Average.Builder average);
    }

    /** Averages checkpoints, and returns notes and warnings. */
    private List<String> average(Path to, Options options, Path... inputs) throws IOException {
        List<Checkpoint> open = new ArrayList<>();
        try {
            for (Path input : inputs) {
                open.add(Checkpoint.open(input));
            }
            Average.Builder builder = Average.of(open);
            options.set(builder);
            Average average = builder.build();
            List<String> texts = new ArrayList<>(average.notes());
            average.run(to, false, RewriteProgress.NONE, texts::add);
            return texts;
        } finally {
            for (Checkpoint checkpoint : open) {
                checkpoint.close();
            }
        }
    }

    private static List<String> names(Path prefix) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(prefix);
                Stream<TensorInfo> tensors = checkpoint.tensors()) {
            return tensors.map(TensorInfo::name).toList();
        }
    }

    @ParameterizedTest
    @EnumSource(
            names = {
                "DT_FLOAT",
                "DT_DOUBLE",
                "DT_HALF",
                "DT_BFLOAT16",
                "DT_COMPLEX64",
                "DT_COMPLEX128",
                "DT_FLOAT8_E5M2",
                "DT_FLOAT8_E4M3FN",
                "DT_FLOAT8_E4M3FNUZ",
                "DT_FLOAT8_E4M3B11FNUZ",
                "DT_FLOAT8_E5M2FNUZ",
                "DT_FLOAT4_E2M1FN"
            })
    void sumsInDoubleAndRoundsOnce(DataType type) throws IOException {
        int count = 40_000;
        DataType part = type == DataType.DT_COMPLEX64
                ? DataType.DT_FLOAT
                : type == DataType.DT_COMPLEX128 ? DataType.DT_DOUBLE : type;
        double[] weights = {1, 2.5, 0.25};
        List<ByteBuffer> values = new ArrayList<>();
        List<Path> inputs = new ArrayList<>();
        for (int i = 0; i < weights.length; i++) {
            byte[] bits = new byte[count * type.width()];
            new Random(i).nextBytes(bits);
            if (type == DataType.DT_FLOAT4_E2M1FN) {
                for (int j = 0; j < bits.length; j++) {
                    bits[j] &= 15;
                }
            }
            ByteBuffer bytes = ByteBuffer.wrap(bits).order(ByteOrder.LITTLE_ENDIAN);
            values.add(bytes);
            inputs.add(write("in" + i, out -> out.add("x", Shape.of(count), ValueSource.of(type, bytes))));
        }
        Path to = directory.resolve("average");
        average(to, builder -> builder.weights(weights), inputs.toArray(Path[]::new));
        try (Checkpoint checkpoint = Checkpoint.open(to)) {
            ByteBuffer found = checkpoint.tensor("x").asByteBuffer();
            for (int i = 0; i < count * type.width() / part.width(); i++) {
                double sum = 0;
                double total = 0;
                for (int input = 0; input < weights.length; input++) {
                    sum += Elements.floatAt(part, values.get(input), i) * weights[input];
                    total += weights[input];
                }
                double mean = sum / total;
                double actual = Elements.floatAt(part, found, i);
                if (Double.isInfinite(mean) && part == DataType.DT_DOUBLE) {
                    // The sum may overflow where the mean does not.
                    assertThat(actual).isNotNaN();
                } else {
                    assertThat(actual)
                            .as("element %d, mean %s", i, mean)
                            .isEqualTo(Double.valueOf(rounded(part, mean)));
                }
            }
        }
    }

    private static double rounded(DataType type, double value) {
        return switch (type) {
            case DT_DOUBLE -> value;
            case DT_FLOAT -> (float) value;
            case DT_HALF -> SmallFloats.half(SmallFloats.toHalf(value));
            case DT_BFLOAT16 -> SmallFloats.bfloat16(SmallFloats.toBfloat16(value));
            default -> nearest(type, value);
        };
    }

    /** Returns the nearest of all values; of two, that with an even last bit. */
    private static double nearest(DataType type, double value) {
        double best = Double.NaN;
        int bestBits = 0;
        for (int bits = 0; bits < (type == DataType.DT_FLOAT4_E2M1FN ? 16 : 256); bits++) {
            double candidate = SmallFloats.small(type, (byte) bits);
            double distance = Math.abs(candidate - value);
            double bestDistance = Math.abs(best - value);
            boolean closer =
                    distance < bestDistance || (distance == bestDistance && (bits & 1) == 0 && (bestBits & 1) == 1);
            if (Double.isFinite(candidate) && (Double.isNaN(best) || closer)) {
                best = candidate;
                bestBits = bits;
            }
        }
        if (Double.isInfinite(value)) {
            return type == DataType.DT_FLOAT8_E5M2 ? value : Double.NaN;
        }
        return Double.isNaN(value)
                ? Double.NaN
                : best == 0 && value < 0 && !type.name().endsWith("FNUZ") ? -0.0 : best;
    }

    @Test
    void largeDoublesDoNotOverflow() throws IOException {
        Path a = write("a", out -> out.add("x", Shape.of(), ValueSource.of(Double.MAX_VALUE)));
        Path to = directory.resolve("average");
        average(to, builder -> {}, a, a, a);
        try (Checkpoint checkpoint = Checkpoint.open(to)) {
            assertThat(checkpoint.tensor("x").toDoubleArray()[0]).isEqualTo(Double.MAX_VALUE);
        }
    }

    @Test
    void slicesAreKept() throws IOException {
        Content content = out -> {
            out.addSlice("x", ShapeAndSlice.parse("3 2 0,1:-"), ValueSource.of(1f, 2f));
            out.addSlice("x", ShapeAndSlice.parse("3 2 1,2:-"), ValueSource.of(3f, 4f, 5f, 6f));
        };
        Path a = write("a", content);
        Path b = write("b", out -> out.add("x", Shape.of(3, 2), ValueSource.of(3f, 4f, 5f, 6f, 7f, 8f)));
        Path to = directory.resolve("average");
        average(to, builder -> {}, b, a);
        try (Checkpoint checkpoint = Checkpoint.open(to)) {
            assertThat(checkpoint.tensor("x").toFloatArray()).containsExactly(2, 3, 4, 5, 6, 7);
            assertThat(checkpoint.tensor("x").info().slices()).hasSize(2);
        }
    }

    @Test
    void otherDtypesComeFromTheLastInputAndNanIsNamed() throws IOException {
        Path a = write("a", out -> {
            out.add("global_step", Shape.of(), ValueSource.of(10L));
            out.add("text", Shape.of(), ValueSource.of("same"));
            out.add("w", Shape.of(2), ValueSource.of(1f, Float.NaN));
            out.add("w/Momentum", Shape.of(2), ValueSource.of(1f, 1f));
        });
        Path b = write("b", out -> {
            out.add("global_step", Shape.of(), ValueSource.of(20L));
            out.add("text", Shape.of(), ValueSource.of("same"));
            out.add("w", Shape.of(2), ValueSource.of(3f, 1f));
            out.add("w/Momentum", Shape.of(2), ValueSource.of(3f, 1f));
        });
        Path to = directory.resolve("average");
        assertThat(average(to, builder -> {}, a, b))
                .containsExactly(
                        "'global_step' is not averaged and differs; the value of '" + b + "' is kept",
                        "'w' has NaN in '" + a + "'");
        assertThat(names(to)).containsExactly("global_step", "text", "w");
        try (Checkpoint checkpoint = Checkpoint.open(to)) {
            assertThat(checkpoint.tensor("global_step").toLongArray()).containsExactly(20);
            assertThat(checkpoint.tensor("w").toFloatArray()).containsExactly(2, Float.NaN);
        }
        Path withSlots = directory.resolve("slots");
        average(withSlots, Average.Builder::withSlots, a, b);
        assertThat(names(withSlots)).contains("w/Momentum");
    }

    @Test
    void inputsMustHaveTheSameTensors() throws IOException {
        Path a = write("a", out -> {
            out.add("only", Shape.of(), ValueSource.of(1f));
            out.add("shape", Shape.of(1), ValueSource.of(1f));
            out.add("type", Shape.of(), ValueSource.of(1f));
        });
        Path b = write("b", out -> {
            out.add("other", Shape.of(), ValueSource.of(1f));
            out.add("shape", Shape.of(), ValueSource.of(1f));
            out.add("type", Shape.of(), ValueSource.of(1.0));
        });
        Path to = directory.resolve("average");
        assertThatThrownBy(() -> average(to, builder -> {}, a, b))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("'only' is only in '" + a + "'")
                .hasMessageContaining("'other' is only in '" + b + "'")
                .hasMessageContaining("'shape' is [1] in '" + a + "' and [] in '" + b + "'")
                .hasMessageContaining("'type' is DT_FLOAT in '" + a + "' and DT_DOUBLE in '" + b + "'");
        assertThat(directory.resolve("average.index")).doesNotExist();
        assertThatThrownBy(() -> average(to, builder -> builder.weights(1), a, b))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> average(to, builder -> builder.weights(0, 0), a, b))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> average(to, builder -> builder.weights(-1, 2), a, b))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aDamagedInputLeavesNothing() throws IOException {
        Path a = write("a", out -> out.add("x", Shape.of(2), ValueSource.of(1f, 2f)));
        Path b = write("b", out -> out.add("x", Shape.of(2), ValueSource.of(1f, 2f)));
        Files.write(directory.resolve("a.data-00000-of-00001"), new byte[8]);
        assertThatThrownBy(() -> average(directory.resolve("average"), builder -> {}, a, b))
                .isInstanceOf(DataLossException.class);
        assertThat(directory.resolve("average.index")).doesNotExist();
    }

    @Test
    void threadsDoNotChangeTheResultAndFindDamage() throws IOException {
        int count = 300_000;
        List<Path> inputs = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Random random = new Random(i);
            float[] values = new float[count];
            for (int j = 0; j < count; j++) {
                values[j] = Float.intBitsToFloat(random.nextInt());
            }
            inputs.add(write("in" + i, out -> out.add("x", Shape.of(count), ValueSource.of(values))));
        }
        ExecutorService pool = Executors.newFixedThreadPool(3);
        try {
            Path alone = directory.resolve("alone");
            Path together = directory.resolve("together");
            Path[] paths = inputs.toArray(Path[]::new);
            assertThat(average(together, builder -> builder.threads(pool, 4), paths))
                    .isEqualTo(average(alone, builder -> {}, paths))
                    .hasSize(3);
            assertThat(directory.resolve("together.data-00000-of-00001"))
                    .hasSameBinaryContentAs(directory.resolve("alone.data-00000-of-00001"));

            Path data = directory.resolve("in1.data-00000-of-00001");
            byte[] bytes = Files.readAllBytes(data);
            bytes[bytes.length / 2] ^= 1;
            Files.write(data, bytes);
            Path damaged = directory.resolve("damaged");
            assertThatThrownBy(() -> average(damaged, builder -> builder.threads(pool, 4), paths))
                    .isInstanceOf(DataLossException.class);
            assertThat(directory.resolve("damaged.index")).doesNotExist();
        } finally {
            pool.shutdownNow();
        }
    }

    private Path rewritten(Path input, boolean partial) throws IOException {
        Path to = directory.resolve("rewritten");
        try (Checkpoint checkpoint = Checkpoint.open(input)) {
            Rewrite.of(checkpoint).movingAverages(partial).build().run(to);
        }
        return to;
    }

    @Test
    void movingAveragesReplaceTheirVariables() throws IOException {
        Path a = write("a", out -> {
            out.add("w", Shape.of(2), ValueSource.of(1f, 2f));
            out.add("w/ExponentialMovingAverage", Shape.of(2), ValueSource.of(3f, 4f));
            out.add("without", Shape.of(), ValueSource.of(5f));
        });
        Path to = rewritten(a, false);
        assertThat(names(to)).containsExactly("w", "without");
        try (Checkpoint checkpoint = Checkpoint.open(to)) {
            assertThat(checkpoint.tensor("w").toFloatArray()).containsExactly(3, 4);
        }
        Path average = directory.resolve("average");
        average(average, builder -> builder.movingAverages(false).exclude(List.of(NamePattern.of("without"))), a, a);
        assertThat(names(average)).containsExactly("w");
        try (Checkpoint checkpoint = Checkpoint.open(average)) {
            assertThat(checkpoint.tensor("w").toFloatArray()).containsExactly(3, 4);
        }
    }

    @Test
    void movingAveragesMustFitTheirVariables() throws IOException {
        Path a = write("a", out -> {
            out.add("none/ExponentialMovingAverage", Shape.of(), ValueSource.of(1f));
            out.add("w", Shape.of(2), ValueSource.of(1f, 2f));
            out.add("w/ExponentialMovingAverage", Shape.of(1), ValueSource.of(3f));
        });
        assertThatThrownBy(() -> rewritten(a, false))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("'none/ExponentialMovingAverage' has no variable 'none'")
                .hasMessageContaining("'w/ExponentialMovingAverage' is DT_FLOAT [1], its variable DT_FLOAT [2]");
        Path to = rewritten(a, true);
        assertThat(names(to)).containsExactly("w");
        try (Checkpoint checkpoint = Checkpoint.open(to)) {
            assertThat(checkpoint.tensor("w").toFloatArray()).containsExactly(1, 2);
        }
    }

    @Test
    void inObjectBasedCheckpointsTheyAreSlots() throws IOException {
        String value = "/.ATTRIBUTES/VARIABLE_VALUE";
        String slot = "w/.OPTIMIZER_SLOT/opt/average" + value;
        Graphs graph = new Graphs(5)
                .edge(0, "w", 1)
                .edge(0, "opt", 2)
                .edge(0, "save_counter", 4)
                .value(1, "w", "w" + value)
                .value(3, "w/average", slot)
                .value(4, "save_counter", "save_counter" + value)
                .slot(2, 1, "average", 3);
        List<Path> inputs = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            inputs.add(new BundleBuilder()
                    .floats("save_counter" + value, i)
                    .floats("w" + value, 1 + i, 2 + i)
                    .floats(slot, 3 + i, 4 + i)
                    .strings(ObjectKeys.OBJECT_GRAPH, new long[0], graph.build().toByteArray())
                    .write(directory.resolve("objects" + i)));
        }
        Path average = directory.resolve("average");
        average(average, builder -> {}, inputs.toArray(Path[]::new));
        assertThat(names(average)).containsExactly(ObjectKeys.OBJECT_GRAPH, "save_counter" + value, "w" + value);
        Path ema = rewritten(inputs.get(0), false);
        Path both = directory.resolve("both");
        average(both, builder -> builder.movingAverages(false), inputs.toArray(Path[]::new));
        for (Path result : List.of(ema, both)) {
            try (Checkpoint checkpoint = Checkpoint.open(result)) {
                float[] expected = result.equals(ema) ? new float[] {3, 4} : new float[] {3.5f, 4.5f};
                assertThat(checkpoint.tensor("w" + value).toFloatArray()).containsExactly(expected);
                ObjectGraph kept = checkpoint.objectGraph().orElseThrow();
                assertThat(kept.attributes().map(ObjectNode.Attribute::key))
                        .containsExactly("w" + value, "save_counter" + value);
                assertThat(kept.node(2).slots()).isEmpty();
            }
        }
    }

    @Test
    void kerasKeepsThemInAList() throws IOException {
        String value = "/.ATTRIBUTES/VARIABLE_VALUE";
        Graphs graph = new Graphs(9)
                .edge(0, "opt", 1)
                .edge(1, "_model_variables_moving_average", 2)
                .edge(1, "_trainable_variables", 3)
                .edge(1, "_variables", 4)
                .edge(2, "0", 5)
                .edge(2, "1", 6)
                .edge(3, "0", 7)
                .edge(3, "1", 8)
                .edge(4, "0", 5)
                .edge(4, "1", 6);
        BundleBuilder bundle = new BundleBuilder();
        for (int i = 0; i < 2; i++) {
            graph.value(5 + i, "adam/w" + i + "_average", "opt/_variables/" + i + value);
            graph.value(7 + i, "w" + i, "opt/_trainable_variables/" + i + value);
            bundle.floats("opt/_variables/" + i + value, 10 + i);
            bundle.floats("opt/_trainable_variables/" + i + value, i);
        }
        Path from = bundle.strings(
                        ObjectKeys.OBJECT_GRAPH, new long[0], graph.build().toByteArray())
                .write(directory.resolve("keras"));
        Path to = rewritten(from, false);
        try (Checkpoint checkpoint = Checkpoint.open(to)) {
            for (int i = 0; i < 2; i++) {
                String name = "opt/_trainable_variables/" + i + value;
                assertThat(checkpoint.tensor(name).toFloatArray()).containsExactly(10 + i);
            }
        }
        assertThat(names(to)).hasSize(3);
    }
}
