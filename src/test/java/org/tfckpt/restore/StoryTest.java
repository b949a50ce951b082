package org.tfckpt.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.TensorDigest;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.tensor.NamePattern;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.Json;

@DisplayName("The story: a checkpoint, and the graph that has changed since")
class StoryTest {
    private static final Path STORY = Corpus.root().resolve("story");
    private static final String RENAME = "s#^init/#input/#";
    private static final Map<String, Object> COMPARISONS = Json.object(Corpus.json(STORY.resolve("comparisons.json")));
    private static final Map<String, Object> RESTORED =
            Json.object(Corpus.json(STORY.resolve("restored_by_tensorflow.json")));

    private static List<Wanted> changed() {
        return GraphFiles.variables(STORY, "changed/graph.meta");
    }

    private static Checkpoint log() throws IOException {
        return Checkpoint.open(STORY.resolve("log/model.ckpt-122543"));
    }

    private static NamePattern[] exclusions() {
        Map<String, Object> mapping = Json.object(COMPARISONS.get("mapping"));
        return patterns(mapping.get("exclude"));
    }

    private static NamePattern[] patterns(Object json) {
        return Json.<String>list(json).stream().map(NamePattern::of).toArray(NamePattern[]::new);
    }

    private static RestorePlan.Builder plan(Checkpoint checkpoint) {
        return RestorePlan.from(checkpoint)
                .variables(changed())
                .exclude(exclusions())
                .mapping(NameMapping.sed(RENAME));
    }

    static Stream<Map<String, Object>> comparisons() {
        return Json.<Map<String, Object>>list(COMPARISONS.get("comparisons")).stream();
    }

    @ParameterizedTest
    @MethodSource("comparisons")
    void isComparedAsTensorFlowWouldFindIt(Map<String, Object> expected) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(STORY.resolve((String) expected.get("checkpoint")))) {
            String rename = (String) expected.get("rename");
            RestorePlan plan = RestorePlan.from(checkpoint)
                    .variables(GraphFiles.variables(STORY, (String) expected.get("graph")))
                    .exclude(patterns(expected.get("exclude")))
                    .mapping(rename == null ? NameMapping.NONE : NameMapping.sed(rename))
                    .build();
            Comparison comparison = plan.comparison();
            assertThat(lines(comparison.matched(), source -> tensor(source).toString()))
                    .isEqualTo(expected(
                            expected,
                            "matched",
                            item -> item.get("tensor") + " (" + item.get("dtype") + ") "
                                    + GraphFiles.shape(item.get("shape"))));
            assertThat(lines(comparison.missing(), source -> source.tensorName() + source.wanted()))
                    .isEqualTo(expected(
                            expected,
                            "missing",
                            item -> (String) item.get("wanted") + item.get("variable") + " " + item.get("dtype") + " "
                                    + GraphFiles.shape(item.get("shape"))));
            assertThat(lines(
                            comparison.shapeMismatches(),
                            source -> tensor(source).name()
                                    + source.wanted().tensorShape().orElseThrow()
                                    + tensor(source).shape()))
                    .isEqualTo(expected(
                            expected,
                            "shape_mismatch",
                            item -> item.get("tensor")
                                    + GraphFiles.shape(item.get("wanted")).toString()
                                    + GraphFiles.shape(item.get("found"))));
            assertThat(lines(
                            comparison.dtypeMismatches(),
                            source -> tensor(source).name()
                                    + source.wanted().dtype()
                                    + tensor(source).dtype()))
                    .isEqualTo(expected(
                            expected,
                            "dtype_mismatch",
                            item -> (String) item.get("tensor") + item.get("wanted") + item.get("found")));
            assertThat(comparison.excluded().stream()
                            .map(source -> source.wanted().variable()))
                    .containsExactlyElementsOf(Json.list(expected.get("excluded")));
            assertThat(comparison.unused().stream().map(TensorInfo::name))
                    .containsExactlyElementsOf(Json.list(expected.get("unused")));
            assertThat(comparison.isComplete()).isEqualTo(expected.get("all_found"));
            assertThat(comparison.idleRules()).isEmpty();
            assertThat(comparison.idleExclusions()).isEmpty();
            assertThat(comparison.collisions()).isEmpty();
        }
    }

    private static TensorInfo tensor(VariableSource source) {
        return source.tensor().orElseThrow();
    }

    private interface Line<T> {
        String of(T item);
    }

    private static List<String> lines(List<VariableSource> sources, Line<VariableSource> line) {
        return sources.stream()
                .map(source -> source.wanted().variable() + " " + line.of(source))
                .toList();
    }

    private static List<String> expected(Map<String, Object> comparison, String key, Line<Map<String, Object>> line) {
        return Json.<Map<String, Object>>list(comparison.get(key)).stream()
                .map(item -> item.get("variable") + " " + line.of(item))
                .toList();
    }

    @Test
    void theRuleIsSuggestedAndHasItPass() throws IOException {
        try (Checkpoint checkpoint = log()) {
            Comparison comparison = RestorePlan.from(checkpoint)
                    .variables(changed())
                    .exclude(exclusions())
                    .build()
                    .comparison();
            List<SuggestedRule> rules = comparison.suggestions().rules();
            assertThat(rules).hasSize(1);
            assertThat(rules.get(0).rule()).isEqualTo(RENAME);
            assertThat(rules.get(0).found())
                    .containsExactlyElementsOf(comparison.missing().stream()
                            .map(source -> source.wanted().variable())
                            .toList());
            assertThat(comparison
                            .suggestions()
                            .of(comparison.missing().get(0))
                            .get(0)
                            .name())
                    .isEqualTo("input/init_conv/DW");
            assertThat(plan(checkpoint).build().comparison().isComplete()).isTrue();
        }
    }

    @Test
    void theRuleIsSuggestedAmongVariablesThatAreNowhere() throws IOException {
        try (Checkpoint checkpoint = log()) {
            Suggestions suggestions = RestorePlan.from(checkpoint)
                    .variables(changed())
                    .build()
                    .comparison()
                    .suggestions();
            assertThat(suggestions.rules()).extracting(SuggestedRule::rule).containsExactly(RENAME);
        }
    }

    private enum Way {
        ONE_BY_ONE,
        IN_PARALLEL
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void everyValueIsWhatTensorFlowRestored(Way way) throws Exception {
        Map<String, String> digests = new ConcurrentHashMap<>();
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (Checkpoint checkpoint = log()) {
            RestorePlan.Receiver receiver =
                    (variable, value) -> digests.put(variable.variable(), TensorDigest.sha256(value));
            RestorePlan plan = plan(checkpoint).build();
            if (way == Way.ONE_BY_ONE) {
                plan.forEach(receiver);
            } else {
                plan.forEach(receiver, threads, 3);
            }
        } finally {
            threads.shutdown();
        }
        assertThat(digests).isEqualTo(restoredByTensorFlow());
    }

    @ParameterizedTest
    @EnumSource(Way.class)
    void buffersOfEitherByteOrderAreFilled(Way way) throws Exception {
        Map<String, ByteBuffer> buffers = new HashMap<>();
        for (Wanted variable : changed()) {
            int bytes = (int) variable.shape().orElseThrow().elements()
                    * variable.dtype().width();
            ByteOrder order = buffers.size() % 2 == 0 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN;
            ByteBuffer buffer =
                    buffers.size() % 3 == 0 ? ByteBuffer.allocateDirect(bytes + 3) : ByteBuffer.allocate(bytes + 3);
            buffers.put(variable.variable(), buffer.order(order).position(3));
        }
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try (Checkpoint checkpoint = log()) {
            RestorePlan plan = plan(checkpoint).build();
            if (way == Way.ONE_BY_ONE) {
                plan.restore(variable -> buffers.get(variable.variable()));
            } else {
                plan.restore(variable -> buffers.get(variable.variable()), threads, 3);
            }
        } finally {
            threads.shutdown();
        }
        for (Map.Entry<String, String> expected : restoredByTensorFlow().entrySet()) {
            ByteBuffer buffer = buffers.get(expected.getKey());
            assertThat(buffer.remaining()).isZero();
            assertThat(digest(buffer.position(3))).as(expected.getKey()).isEqualTo(expected.getValue());
        }
        assertThat(buffers.get("global_step").position()).isEqualTo(3);
    }

    /** All are of four bytes an element. */
    private static String digest(ByteBuffer buffer) throws Exception {
        ByteBuffer little = ByteBuffer.allocate(buffer.remaining()).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            little.putInt(buffer.getInt());
        }
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(little.array()));
    }

    private static Map<String, String> restoredByTensorFlow() {
        Map<String, String> digests = new HashMap<>();
        for (Map<String, Object> variable : Json.<Map<String, Object>>list(RESTORED.get("variables"))) {
            if (variable.get("from").equals("checkpoint")) {
                assertThat(variable.get("shape_and_slice")).isEqualTo("");
                digests.put((String) variable.get("variable"), (String) variable.get("sha256"));
            }
        }
        assertThat(digests).hasSize(62);
        return digests;
    }

    @Test
    @DisplayName("SV-14: what TensorFlow says of a name that is missing, and everything else")
    void sv14() throws IOException {
        try (Checkpoint checkpoint = log()) {
            RestorePlan plan = RestorePlan.from(checkpoint).variables(changed()).build();
            assertThatThrownBy(() -> plan.forEach((variable, value) -> {
                        throw new AssertionError("nothing may be read");
                    }))
                    .isInstanceOf(RestoreException.class)
                    .hasMessageEndingWith(
                            "\n(TensorFlow: \"Restoring from checkpoint failed. This is most likely due to a Variable name"
                                    + " or other graph key that is missing from the checkpoint. Please ensure that you have not"
                                    + " altered the graph expected based on the checkpoint. Original error:\n\n"
                                    + "Key init/init_conv/DW not found in checkpoint\")")
                    .hasMessageStartingWith("cannot restore 14 of 68 variables from '" + checkpoint.prefix()
                            + "': 11 are not in the checkpoint, 2 have another shape, 1 has another dtype\n")
                    .hasMessageContaining("init/init_bn/beta DT_FLOAT [16]: missing; perhaps 'input/init_bn/beta'")
                    .hasMessageContaining("aux/logit/biases DT_FLOAT [100]: missing\n")
                    .hasMessageContaining(
                            "logit/biases DT_FLOAT [100]: the checkpoint has logit/biases (DT_FLOAT) [10] (TensorFlow: ")
                    .hasMessageContaining(RENAME + " (finds 8)");
        }
    }

    @ParameterizedTest
    @MethodSource("attempts")
    @DisplayName("SV-07 and the like: every attempt that TensorFlow made ends with its own words")
    void attempt(Map<String, Object> attempt) throws IOException {
        String what = (String) attempt.get("what");
        String words = (String) attempt.get("TensorFlow 1.15.0");
        List<NamePattern> exclusions = new ArrayList<>();
        for (String pattern : List.of("aux/**", "logit/DW", "logit/biases", "global_step")) {
            if (!what.startsWith("nothing excluded") && !what.startsWith("excluded but for " + pattern)) {
                exclusions.add(NamePattern.of(pattern));
            }
        }
        String rename = what.contains(" by ") ? "s#init#input#" : what.endsWith(" renamed") ? RENAME : "s/none/none/";
        try (Checkpoint checkpoint = log()) {
            RestorePlan plan = RestorePlan.from(checkpoint)
                    .variables(changed())
                    .exclude(exclusions)
                    .mapping(NameMapping.sed(what.endsWith("nothing renamed") ? "s/none/none/" : rename))
                    .build();
            List<VariableSource> all = plan.comparison().variables();
            assertThat(all.stream().filter(source -> source.outcome() != Outcome.EXCLUDED))
                    .hasSize(((Long) attempt.get("variables")).intValue());
            if (words == null) {
                assertThat(plan.requireComplete()).isSameAs(plan);
            } else {
                assertThat(all)
                        .extracting(VariableSource::tensorFlowMessage)
                        .contains(words.substring(0, words.indexOf('\n')));
                assertThatThrownBy(plan::requireComplete).isInstanceOf(RestoreException.class);
            }
        }
    }

    static Stream<Map<String, Object>> attempts() {
        return Json.<Map<String, Object>>list(RESTORED.get("attempts")).stream();
    }

    @Test
    @DisplayName("SV-15: an object-based checkpoint is restored by the full names of its variables")
    void sv15() throws IOException {
        Map<String, Object> expected = Json.object(COMPARISONS.get("tf2_by_full_name"));
        Map<String, String> keys = new HashMap<>();
        Map<String, String> digests = new HashMap<>();
        for (Map<String, Object> item : Json.<Map<String, Object>>list(expected.get("matched"))) {
            keys.put((String) item.get("variable"), (String) item.get("key"));
            digests.put((String) item.get("variable"), (String) item.get("sha256"));
        }
        try (Checkpoint checkpoint = Checkpoint.open(STORY.resolve((String) expected.get("checkpoint")))) {
            RestorePlan plan = plan(checkpoint).lenient().build();
            Map<String, String> found = new HashMap<>();
            plan.comparison()
                    .matched()
                    .forEach(source ->
                            found.put(source.wanted().variable(), tensor(source).name()));
            assertThat(found).isEqualTo(keys);
            Map<String, String> restored = new HashMap<>();
            plan.forEach((variable, value) -> restored.put(variable.variable(), TensorDigest.sha256(value)));
            assertThat(restored).isEqualTo(digests);
            assertThat(plan.comparison().unused())
                    .extracting(TensorInfo::name)
                    .isNotEmpty()
                    .doesNotContain(ObjectKeys.OBJECT_GRAPH, "save_counter/.ATTRIBUTES/VARIABLE_VALUE");
            assertThatThrownBy(plan::requireComplete)
                    .isInstanceOf(RestoreException.class)
                    .hasMessageContaining("\n(TensorFlow: \"Existing variables not in the checkpoint: input")
                    .hasMessageContaining(
                            "\n\nVariables names when this checkpoint was written which don't exist now: ")
                    .hasMessageContaining("\n\n(" + keys.size() + " variable name(s) did match)\n\n"
                            + "Could not find some variables in the checkpoint (see names above).");
        }
    }

    @Test
    void aSlotIsNeverSuggestedForAnAverage() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(STORY.resolve("tf2/ckpt-1"))) {
            Comparison comparison = plan(checkpoint).build().comparison();
            assertThat(comparison.missing())
                    .isNotEmpty()
                    .allMatch(source -> source.tensorName().endsWith("/ExponentialMovingAverage"))
                    .allMatch(source -> comparison.suggestions().of(source).isEmpty());
            assertThat(comparison.suggestions().rules()).isEmpty();
        }
    }

    @Test
    void theRuleIsSuggestedForAnObjectBasedCheckpoint() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(STORY.resolve("tf2/ckpt-1"))) {
            Comparison comparison = RestorePlan.from(checkpoint)
                    .variables(changed())
                    .exclude(exclusions())
                    .exclude(NamePattern.of("**/ExponentialMovingAverage"))
                    .build()
                    .comparison();
            assertThat(comparison.missing()).isNotEmpty();
            assertThat(comparison.suggestions().rules())
                    .extracting(SuggestedRule::rule)
                    .containsExactly(RENAME);
        }
    }
}
