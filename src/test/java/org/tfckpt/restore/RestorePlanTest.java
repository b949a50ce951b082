package org.tfckpt.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tfckpt.restore.TestCheckpoints.counting;
import static org.tfckpt.restore.TestCheckpoints.wanted;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.ReadOptions;
import org.tfckpt.TensorDigest;
import org.tfckpt.graph.Graph;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.NamePattern;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.ShapeAndSlice;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.Json;

class RestorePlanTest {
    @TempDir
    Path directory;

    private static List<Wanted> all(Checkpoint checkpoint) throws IOException {
        return checkpoint
                .tensors()
                .map(info -> Wanted.of(info.name(), info.dtype(), info.shape()))
                .toList();
    }

    @Test
    void valuesComeInTheOrderOfTheFiles() throws IOException {
        BundleBuilder builder = new BundleBuilder().shard(1);
        counting(builder, "a", 0, 3);
        counting(builder.shard(0), "c", 0, 3);
        counting(builder, "b", 0, 3);
        try (Checkpoint checkpoint = TestCheckpoints.open(builder, directory)) {
            List<String> order = new ArrayList<>();
            RestorePlan.from(checkpoint)
                    .variables(all(checkpoint))
                    .build()
                    .forEach((variable, value) -> order.add(variable.name()));
            assertThat(order).containsExactly("c", "b", "a");
        }
    }

    @Test
    void strictMeansNothingIsReadAndLenientWhatFits() throws IOException {
        BundleBuilder builder = counting(new BundleBuilder(), "a", 5, 2);
        counting(builder, "b", 6, 2);
        try (Checkpoint checkpoint = TestCheckpoints.open(builder, directory)) {
            List<Wanted> wanted = List.of(wanted("a", 2), wanted("b", 3), wanted("c", 2));
            List<String> restored = new ArrayList<>();
            RestorePlan.Receiver receiver = (variable, value) -> restored.add(variable.name());
            RestorePlan strict = RestorePlan.from(checkpoint).variables(wanted).build();
            assertThatThrownBy(() -> strict.forEach(receiver))
                    .isInstanceOfSatisfying(
                            RestoreException.class,
                            e -> assertThat(e.comparison()).contains(strict.comparison()))
                    .hasMessageContaining("c DT_FLOAT [2]: missing")
                    .hasMessageContaining("b DT_FLOAT [3]: the checkpoint has b (DT_FLOAT) [2]");
            assertThatThrownBy(() -> strict.restore(variable -> {
                        throw new AssertionError("no buffer may be asked for");
                    }))
                    .isInstanceOf(RestoreException.class);
            assertThat(restored).isEmpty();
            RestorePlan lenient =
                    RestorePlan.from(checkpoint).variables(wanted).lenient().build();
            lenient.forEach(receiver);
            assertThat(restored).containsExactly("a");
            assertThatThrownBy(lenient::requireComplete).isInstanceOf(RestoreException.class);
            assertThat(lenient).hasToString(lenient.comparison().toString());
        }
    }

    @Test
    void exclusionsAreNamedByWhatExcluded() throws IOException {
        BundleBuilder builder = counting(new BundleBuilder(), "a/b", 5, 2);
        try (Checkpoint checkpoint = TestCheckpoints.open(builder, directory)) {
            List<Wanted> parts = AssignmentMapTest.parts("p", 2, 2, 2);
            List<Wanted> wanted = new ArrayList<>(parts);
            wanted.add(wanted("a/b", 2));
            Comparison comparison = RestorePlan.from(checkpoint)
                    .variables(wanted)
                    .exclude(NamePattern.of("p/part_1"), NamePattern.of("re:^p$"), NamePattern.of("none*"))
                    .build()
                    .comparison();
            assertThat(comparison.excluded())
                    .extracting(VariableSource::toString)
                    .containsExactly("p/part_0: excluded by 're:^p$'", "p/part_1: excluded by 'p/part_1'");
            assertThat(comparison.idleExclusions())
                    .extracting(NamePattern::toString)
                    .containsExactly("none*");
            assertThat(comparison.matched())
                    .extracting(VariableSource::toString)
                    .containsExactly("a/b <- a/b");
        }
    }

    @Test
    void everySliceThatTensorFlowReadIsReadIntoABuffer() throws Exception {
        Path golden = Corpus.root().resolve("golden/tf218-v2-partitioned-sharded");
        Map<String, Object> json = Json.object(Corpus.json(golden.resolve("expected.json")));
        Map<String, Object> expected =
                Json.<Map<String, Object>>list(json.get("checkpoints")).get(0);
        List<Wanted> parts = new ArrayList<>();
        List<String> digests = new ArrayList<>();
        for (Map<String, Object> tensor : Json.<Map<String, Object>>list(expected.get("tensors"))) {
            String dimensions = Json.list(tensor.get("shape")).toString().replaceAll("[\\[\\],]", "");
            for (Map<String, Object> query : Json.<Map<String, Object>>list(tensor.get("slice_queries"))) {
                parts.add(Wanted.part(
                        "part_" + parts.size(),
                        (String) tensor.get("name"),
                        DataType.valueOf((String) tensor.get("dtype")),
                        ShapeAndSlice.parse(dimensions + " " + query.get("slice"))));
                digests.add((String) query.get("sha256"));
            }
        }
        assertThat(parts).hasSizeGreaterThan(5);
        Map<String, String> found = new ConcurrentHashMap<>();
        Map<String, ByteBuffer> buffers = new ConcurrentHashMap<>();
        for (Wanted part : parts) {
            int bytes =
                    (int) part.shape().orElseThrow().elements() * part.dtype().width();
            buffers.put(part.variable(), ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN));
        }
        try (Checkpoint checkpoint = Checkpoint.open(golden.resolve((String) expected.get("prefix")))) {
            RestorePlan plan = RestorePlan.from(checkpoint).variables(parts).build();
            assertThat(plan.comparison().collisions()).isEmpty();
            plan.forEach((variable, value) -> found.put(variable.variable(), TensorDigest.sha256(value)));
            plan.restore(variable -> buffers.get(variable.variable()));
        }
        for (int i = 0; i < parts.size(); i++) {
            assertThat(found).containsEntry("part_" + i, digests.get(i));
            byte[] bytes = buffers.get("part_" + i).array();
            assertThat(java.util.HexFormat.of()
                            .formatHex(java.security.MessageDigest.getInstance("SHA-256")
                                    .digest(bytes)))
                    .isEqualTo(digests.get(i));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"tf218-v2-dtypes", "bigendian-v2-dtypes", "tf218-v2-rare-dtypes"})
    void buffersTakeEveryDtypeInTheirOwnOrder(String name) throws IOException {
        Path golden = Corpus.root().resolve("golden").resolve(name).resolve("ckpt");
        try (Checkpoint checkpoint = Checkpoint.open(golden)) {
            List<Wanted> wanted = all(checkpoint).stream()
                    .filter(variable -> variable.dtype().isFixedWidth())
                    .toList();
            Map<String, ByteBuffer> little = new ConcurrentHashMap<>();
            Map<String, ByteBuffer> big = new ConcurrentHashMap<>();
            RestorePlan plan = RestorePlan.from(checkpoint).variables(wanted).build();
            for (Wanted variable : wanted) {
                int bytes = (int) variable.shape().orElseThrow().elements()
                        * variable.dtype().width();
                little.put(variable.name(), ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN));
                big.put(variable.name(), ByteBuffer.allocateDirect(bytes));
            }
            plan.restore(variable -> little.get(variable.name()));
            plan.restore(variable -> big.get(variable.name()));
            for (Wanted variable : wanted) {
                ByteBuffer expected = checkpoint.tensor(variable.name()).asByteBuffer();
                int unit = variable.dtype().swapUnit();
                for (ByteBuffer buffer : List.of(
                        little.get(variable.name()).flip(),
                        big.get(variable.name()).flip())) {
                    assertThat(buffer.remaining()).isEqualTo(expected.remaining());
                    boolean same = buffer.order().equals(expected.order());
                    for (int i = 0; i < buffer.remaining(); i++) {
                        int from = same ? i : i - i % unit + unit - 1 - i % unit;
                        assertThat(buffer.get(i)).isEqualTo(expected.get(from));
                    }
                }
            }
        }
    }

    @Test
    void buffersThatDoNotFitAreRefusedBeforeAnythingIsRead() throws IOException {
        BundleBuilder builder = counting(new BundleBuilder(), "a", 5, 2);
        counting(builder, "b", 6, 2).strings("text", "x");
        try (Checkpoint checkpoint = TestCheckpoints.open(builder, directory)) {
            ByteBuffer a = ByteBuffer.allocate(8);
            RestorePlan numbers = RestorePlan.from(checkpoint)
                    .variables(List.of(wanted("a", 2), wanted("b", 2)))
                    .build();
            assertThatIllegalArgumentException()
                    .isThrownBy(() ->
                            numbers.restore(variable -> variable.name().equals("a") ? a : ByteBuffer.allocate(12)))
                    .withMessage("variable 'b' has 8 bytes, but its buffer has 12");
            assertThat(a.position()).isZero();
            Wanted text = Wanted.of("text", DataType.DT_STRING, Shape.of());
            RestorePlan strings =
                    RestorePlan.from(checkpoint).variables(List.of(text)).build();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> strings.restore(variable -> a))
                    .withMessageContaining("variable 'text' has dtype DT_STRING, which has no fixed width");
            List<String> values = new ArrayList<>();
            strings.forEach((variable, value) -> Collections.addAll(values, value.toStringArray()));
            assertThat(values).containsExactly("x");
        }
    }

    @Test
    void aDamagedTensorIsNeverHandedOut() throws IOException {
        BundleBuilder builder = counting(new BundleBuilder(), "a", 5, 2);
        counting(builder, "b", 6, 2);
        Path prefix = builder.write(directory.resolve("damaged"));
        Path data = BundleBuilder.data(prefix, 0, 1);
        byte[] bytes = Files.readAllBytes(data);
        bytes[9] ^= 1;
        Files.write(data, bytes);
        try (Checkpoint checkpoint = Checkpoint.open(prefix, ReadOptions.DEFAULT.withoutMapping())) {
            RestorePlan plan =
                    RestorePlan.from(checkpoint).variables(all(checkpoint)).build();
            ByteBuffer a = ByteBuffer.allocate(8);
            ByteBuffer b = ByteBuffer.allocate(8);
            assertThatThrownBy(() -> plan.restore(variable -> variable.name().equals("a") ? a : b))
                    .isInstanceOf(DataLossException.class)
                    .hasMessageContaining("'b'");
            assertThat(a.getFloat(0)).isEqualTo(5f);
            assertThat(b.array()).containsOnly(0);
        }
    }

    private Checkpoint many() throws IOException {
        BundleBuilder builder = new BundleBuilder();
        for (int i = 0; i < 200; i++) {
            counting(builder, "v" + i, i, 3);
        }
        return TestCheckpoints.open(builder, directory);
    }

    private static Set<String> handedOut(Checkpoint checkpoint, Executor executor, int degree) throws IOException {
        Set<String> names = ConcurrentHashMap.newKeySet();
        RestorePlan.from(checkpoint)
                .variables(all(checkpoint))
                .build()
                .forEach(
                        (variable, value) ->
                                assertThat(names.add(variable.name())).isTrue(),
                        executor,
                        degree);
        return names;
    }

    @Test
    @Timeout(60)
    void anExecutorThatDoesNothingHoldsNothingUp() throws Exception {
        try (Checkpoint checkpoint = many()) {
            assertThat(handedOut(checkpoint, task -> {}, 8)).hasSize(200);
            List<Runnable> late = new ArrayList<>();
            assertThat(handedOut(checkpoint, late::add, 8)).hasSize(200);
            late.forEach(Runnable::run);
            assertThat(handedOut(checkpoint, Runnable::run, 8)).hasSize(200);
            ExecutorService one = Executors.newSingleThreadExecutor();
            try {
                // From within the executor's only thread.
                assertThat(one.submit(() -> handedOut(checkpoint, one, 4)).get(30, TimeUnit.SECONDS))
                        .hasSize(200);
            } finally {
                one.shutdown();
            }
            assertThatIllegalArgumentException().isThrownBy(() -> handedOut(checkpoint, Runnable::run, 0));
            assertThatThrownBy(() -> handedOut(
                            checkpoint,
                            task -> {
                                throw new RejectedExecutionException("full");
                            },
                            2))
                    .isInstanceOf(RejectedExecutionException.class);
        }
    }

    @Test
    @Timeout(60)
    void theFirstFailureStopsTheOthersAndIsThrown() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try (Checkpoint checkpoint = many()) {
            AtomicInteger taken = new AtomicInteger();
            RestorePlan plan =
                    RestorePlan.from(checkpoint).variables(all(checkpoint)).build();
            assertThatThrownBy(() -> plan.forEach(
                            (variable, value) -> {
                                if (taken.incrementAndGet() == 10) {
                                    throw new IOException("enough");
                                }
                            },
                            threads,
                            4))
                    .isInstanceOf(IOException.class)
                    .hasMessage("enough");
            int after = taken.get();
            assertThat(after).isLessThan(200);
            Thread.sleep(20);
            assertThat(taken).hasValue(after);
            assertThatThrownBy(() -> plan.forEach((variable, value) -> {
                        throw new AssertionError("an error");
                    }))
                    .isInstanceOf(AssertionError.class);
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void twoVariablesMayComeFromOneTensor() throws IOException {
        try (Checkpoint checkpoint = TestCheckpoints.open(counting(new BundleBuilder(), "a", 5, 2), directory)) {
            List<Float> values = new ArrayList<>();
            RestorePlan plan = RestorePlan.from(checkpoint)
                    .variables(List.of(wanted("a", 2), wanted("b", 2)))
                    .mapping(NameMapping.pairs(Map.of("b", "a")))
                    .build();
            plan.forEach((variable, value) -> values.add(value.toFloatArray()[1]));
            assertThat(values).containsExactly(6f, 6f);
            assertThat(plan.comparison().collisions())
                    .extracting(collision -> collision.tensor().name())
                    .containsExactly("a");
            assertThat(plan.comparison().unused()).extracting(TensorInfo::name).isEmpty();
        }
    }

    @Test
    void slotsAreRecognizedByNameAndShape() {
        Comparison comparison = Comparison.of(
                List.of(
                        wanted("dense/kernel", 3, 4),
                        wanted("dense/kernel/Adam", 3, 4),
                        wanted("dense/Adam", 3, 4),
                        Wanted.ofUnknownShape("bias", DataType.DT_FLOAT),
                        Wanted.ofUnknownShape("bias/Momentum", DataType.DT_FLOAT)),
                List.of(),
                NameMapping.NONE,
                List.of());
        assertThat(comparison.slots())
                .extracting(source -> source.wanted().variable())
                .containsExactly("dense/kernel/Adam", "bias/Momentum");
    }

    @Test
    void slotsOfAGraphAreExcludedOnDemand() throws IOException {
        Path real = Corpus.root().resolve("real/convwta-ckpt");
        Graph graph = Graph.open(real.resolve("model.ckpt.meta"));
        try (Checkpoint checkpoint = Checkpoint.open(real.resolve("model.ckpt"))) {
            RestorePlan plan = RestorePlan.from(checkpoint)
                    .graph(graph)
                    .withoutSlots()
                    .build()
                    .requireComplete();
            assertThat(plan.comparison().excluded())
                    .hasSize(18)
                    .isEqualTo(plan.comparison().slots());
            assertThat(plan.comparison().excluded().get(0)).hasToString("beta1_power: state of an optimizer");
            RestorePlan bySaver = RestorePlan.from(checkpoint)
                    .saver(graph.savers().get(0))
                    .build()
                    .requireComplete();
            assertThat(bySaver.comparison().variables())
                    .hasSize(8)
                    .doesNotContainAnyElementsOf(plan.comparison().slots());
        }
    }
}
