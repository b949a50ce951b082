package org.tfckpt.edit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tfckpt.edit.Rewrites.digests;
import static org.tfckpt.edit.Rewrites.patterns;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.Checkpoint;
import org.tfckpt.objects.ObjectGraph;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.objects.ObjectNode;
import org.tfckpt.restore.NameMapping;
import org.tfckpt.restore.RestoreException;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.NamePattern;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.Checkpoints;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.Graphs;

@DisplayName("From objects to names and back")
class NamesAndObjectsTest {
    private static final Path LOG = Rewrites.STORY.resolve("log/model.ckpt-122543");
    private static final Path TF2 = Rewrites.STORY.resolve("tf2/ckpt-1");
    private static final String KEY = "/.ATTRIBUTES/VARIABLE_VALUE";
    private static final String COUNTER = "save_counter" + KEY;

    @TempDir
    private Path directory;

    private Path target() {
        return directory.resolve("target");
    }

    @Test
    void theStoryFromObjectsToNames() throws IOException {
        try (Checkpoint tf2 = Checkpoint.open(TF2)) {
            Rewrite rewrite = Rewrite.of(tf2).fullNames().build();
            assertThat(rewrite.notes()).isEmpty();
            rewrite.run(target());
        }
        Map<String, String> found = digests(target());
        assertThat(found).hasSize(71).doesNotContainKeys(ObjectKeys.OBJECT_GRAPH, "save_counter", COUNTER);
        Map<String, String> log = digests(LOG);
        log.keySet().removeIf(name -> name.endsWith("/ExponentialMovingAverage"));
        assertThat(found).containsAllEntriesOf(log).containsKey("input/init_conv/DW/Momentum");
        assertThat(Checkpoints.problems(target())).isEmpty();
    }

    @Test
    void theStoryFromNamesToObjects() throws IOException {
        try (Checkpoint log = Checkpoint.open(LOG);
                Checkpoint tf2 = Checkpoint.open(TF2)) {
            assertThatThrownBy(() -> Rewrite.of(log).fitTo(GraphFit.to(tf2)).build())
                    .isInstanceOf(RestoreException.class)
                    .hasMessageContaining("SGD/decay, SGD/iter, SGD/learning_rate, SGD/momentum");
            Rewrite rewrite =
                    Rewrite.of(log).fitTo(GraphFit.to(tf2).fillFrom(tf2)).build();
            assertThat(rewrite.notes()).isEmpty();
            assertThat(rewrite.tensors())
                    .filteredOn(RewrittenTensor::filled)
                    .extracting(tensor -> tensor.source().name())
                    .containsExactly(
                            "optimizer/decay" + KEY,
                            "optimizer/iter" + KEY,
                            "optimizer/learning_rate" + KEY,
                            "optimizer/momentum" + KEY,
                            COUNTER);
            rewrite.run(target());
        }
        assertThat(digests(target())).isEqualTo(digests(TF2));
        assertThat(Checkpoints.problems(target())).isEmpty();
    }

    @Test
    void valuesThatAreMissingLeaveTheObjectGraph() throws IOException {
        try (Checkpoint log = Checkpoint.open(LOG);
                Checkpoint tf2 = Checkpoint.open(TF2)) {
            Rewrite.of(log)
                    .fitTo(GraphFit.to(tf2).allowMissing())
                    .exclude(patterns("**/Momentum"))
                    .build()
                    .run(target());
            try (Checkpoint result = Checkpoint.open(target())) {
                ObjectGraph before = tf2.objectGraph().orElseThrow();
                ObjectGraph after = result.objectGraph().orElseThrow();
                assertThat(after.size()).isEqualTo(before.size());
                Set<String> names = new HashSet<>(Checkpoints.names(target()));
                names.remove(ObjectKeys.OBJECT_GRAPH);
                assertThat(after.attributes().map(ObjectNode.Attribute::key))
                        .containsExactlyInAnyOrderElementsOf(names);
                for (int id = 0; id < before.size(); id++) {
                    assertThat(after.node(id).children())
                            .isEqualTo(before.node(id).children());
                    assertThat(after.node(id).slots()).isEmpty();
                }
            }
        }
    }

    /** Converts every checkpoint of the corpus to names and back. */
    @Test
    void theCorpusThereAndBack() throws IOException {
        int count = 0;
        for (Corpus.Expected expected : Corpus.v2()) {
            if (expected.tensors().stream()
                            .noneMatch(tensor -> Corpus.name(tensor).equals(ObjectKeys.OBJECT_GRAPH))
                    || !expected.missingShards().isEmpty()) {
                continue;
            }
            Path names = directory.resolve("names" + count);
            Path back = directory.resolve("back" + count++);
            List<NamePattern> duplicates = new ArrayList<>();
            try (Checkpoint source = Checkpoint.open(expected.path())) {
                ObjectGraph graph = source.objectGraph().orElseThrow();
                Set<String> fullNames = new HashSet<>();
                graph.attributes()
                        .filter(attribute -> !attribute.fullName().isEmpty() && !fullNames.add(attribute.fullName()))
                        .forEach(attribute -> duplicates.add(NamePattern.of(attribute.key())));
                if (duplicates.isEmpty()) {
                    Rewrite.of(source).fullNames().build().run(names);
                } else {
                    assertThatThrownBy(() -> Rewrite.of(source).fullNames().build())
                            .as("%s", expected)
                            .isInstanceOf(CheckpointException.class)
                            .hasMessageContaining("to several variables of")
                            .hasMessageContaining("--exclude '");
                    Rewrite.of(source).fullNames().exclude(duplicates).build().run(names);
                }
                try (Checkpoint named = Checkpoint.open(names)) {
                    assertThat(named.objectGraph()).isEmpty();
                    Rewrite.of(named)
                            .fitTo(GraphFit.to(source).fillFrom(source))
                            .build()
                            .run(back);
                }
            }
            assertThat(digests(back)).as("%s", expected).isEqualTo(digests(expected.path()));
        }
        assertThat(count).isGreaterThan(15);
    }

    private static Graphs model(String scope, String slot1, String slot2) {
        return new Graphs(6)
                .edge(0, "model", 1)
                .edge(1, "kernel", 2)
                .edge(0, "optimizer", 3)
                .value(2, scope + "dense/kernel", "model/kernel" + KEY)
                .value(4, "slot/1", "model/kernel/.OPTIMIZER_SLOT/optimizer/" + slot1 + KEY)
                .value(5, "slot/2", "model/kernel/.OPTIMIZER_SLOT/optimizer/" + slot2 + KEY)
                .slot(3, 2, slot1, 4)
                .slot(3, 2, slot2, 5);
    }

    private Path model(String name, Graphs graph, String slot1, String slot2) {
        return new BundleBuilder()
                .floats("model/kernel" + KEY, 0, 0)
                .floats("model/kernel/.OPTIMIZER_SLOT/optimizer/" + slot1 + KEY, 0, 0)
                .floats("model/kernel/.OPTIMIZER_SLOT/optimizer/" + slot2 + KEY, 0, 0)
                .strings(ObjectKeys.OBJECT_GRAPH, new long[0], graph.build().toByteArray())
                .write(directory.resolve(name));
    }

    private Path named(String name, String... suffixes) {
        BundleBuilder bundle = new BundleBuilder();
        for (int i = 0; i < suffixes.length; i++) {
            bundle.floats("dense/kernel" + suffixes[i], i, i);
        }
        return bundle.write(directory.resolve(name));
    }

    private float[] converted(Path from, Path template, NameMapping rules, String slot) throws IOException {
        Path to = directory.resolve("converted");
        try (Checkpoint source = Checkpoint.open(from);
                Checkpoint model = Checkpoint.open(template)) {
            Rewrite.of(source).fitTo(GraphFit.to(model).from(rules)).build().run(to, true, RewriteProgress.NONE);
        }
        try (Checkpoint result = Checkpoint.open(to)) {
            assertThat(result.tensor("model/kernel" + KEY).toFloatArray()).containsExactly(0, 0);
            return result.tensor("model/kernel/.OPTIMIZER_SLOT/optimizer/" + slot + KEY)
                    .toFloatArray();
        }
    }

    @Test
    void slotsAreFoundByTheirNamesInTf1() throws IOException {
        Path adam = model("adam", model("", "m", "v"), "m", "v");
        Path tf1 = named("tf1", "", "/Adam", "/Adam_1");
        assertThat(converted(tf1, adam, NameMapping.NONE, "m")).containsExactly(1, 1);
        assertThat(converted(tf1, adam, NameMapping.NONE, "v")).containsExactly(2, 2);
        Path bert = named("bert", "", "/adam_m", "/adam_v");
        assertThat(converted(bert, adam, NameMapping.NONE, "m")).containsExactly(1, 1);
        assertThat(converted(bert, adam, NameMapping.NONE, "v")).containsExactly(2, 2);
        Path renamed = model("renamed", model("new/", "m", "v"), "m", "v");
        assertThat(converted(tf1, renamed, NameMapping.sed("s#^new/##"), "v")).containsExactly(2, 2);
        Path rms = model("rms", model("", "rms", "momentum"), "rms", "momentum");
        Path plain = named("plain", "", "/RMSProp", "/RMSProp_1");
        assertThat(converted(plain, rms, NameMapping.NONE, "rms")).containsExactly(1, 1);
        assertThat(converted(plain, rms, NameMapping.NONE, "momentum")).containsExactly(2, 2);
        Path centered = named("centered", "", "/RMSProp", "/RMSProp_1", "/RMSProp_2");
        assertThat(converted(centered, rms, NameMapping.NONE, "momentum")).containsExactly(3, 3);
        Path mean = model("mean", model("", "rms", "mg"), "rms", "mg");
        assertThat(converted(centered, mean, NameMapping.NONE, "mg")).containsExactly(2, 2);
        Path ftrl = model("ftrl", model("", "accumulator", "linear"), "accumulator", "linear");
        assertThat(converted(named("f", "", "/Ftrl", "/Ftrl_1"), ftrl, NameMapping.NONE, "linear"))
                .containsExactly(2, 2);
        Path adadelta = model("adadelta", model("", "accum_grad", "accum_var"), "accum_grad", "accum_var");
        assertThat(converted(named("d", "", "/Adadelta", "/Adadelta_1"), adadelta, NameMapping.NONE, "accum_var"))
                .containsExactly(2, 2);
    }

    @Test
    void slotsInTheListsOfKeras() throws IOException {
        for (String[] names : new String[][] {
            {"Adam/m/dense/kernel", "Adam/v/dense/kernel"}, {"adam/dense_kernel_momentum", "adam/dense_kernel_velocity"}
        }) {
            Graphs graph = new Graphs(6)
                    .edge(0, "kernel", 1)
                    .edge(0, "optimizer", 2)
                    .edge(2, "_variables", 3)
                    .edge(3, "1", 4)
                    .edge(3, "2", 5)
                    .value(1, "dense/kernel", "kernel" + KEY)
                    .value(4, names[0], "optimizer/_variables/1" + KEY)
                    .value(5, names[1], "optimizer/_variables/2" + KEY);
            Path template = new BundleBuilder()
                    .floats("kernel" + KEY, 0, 0)
                    .floats("optimizer/_variables/1" + KEY, 0, 0)
                    .floats("optimizer/_variables/2" + KEY, 0, 0)
                    .strings(ObjectKeys.OBJECT_GRAPH, new long[0], graph.build().toByteArray())
                    .write(directory.resolve("keras"));
            try (Checkpoint source = Checkpoint.open(named("tf1", "", "/Adam", "/Adam_1"));
                    Checkpoint model = Checkpoint.open(template)) {
                Map<String, String> sources = new TreeMap<>();
                Rewrite.of(source).fitTo(GraphFit.to(model)).build().tensors().stream()
                        .filter(tensor -> tensor.input() == 0)
                        .forEach(tensor ->
                                sources.put(tensor.name(), tensor.source().name()));
                assertThat(sources)
                        .containsEntry("optimizer/_variables/1" + KEY, "dense/kernel/Adam")
                        .containsEntry("optimizer/_variables/2" + KEY, "dense/kernel/Adam_1")
                        .hasSize(3);
            }
        }
    }

    private Path pair(String name, String first, String second, String firstFull, String secondFull, float value) {
        Graphs graph = new Graphs(3)
                .edge(0, first, 1)
                .edge(0, second, 2)
                .value(1, firstFull, first + KEY)
                .value(2, secondFull, second + KEY);
        return new BundleBuilder()
                .floats(first + KEY, value)
                .floats(second + KEY, value + 1)
                .strings(ObjectKeys.OBJECT_GRAPH, new long[0], graph.build().toByteArray())
                .write(directory.resolve(name));
    }

    private Map<String, String> sources(Path from, Path template) throws IOException {
        Map<String, String> sources = new TreeMap<>();
        try (Checkpoint source = Checkpoint.open(from);
                Checkpoint model = Checkpoint.open(template)) {
            for (RewrittenTensor tensor :
                    Rewrite.of(source).fitTo(GraphFit.to(model)).build().tensors()) {
                sources.put(tensor.name(), tensor.source().name());
            }
        }
        sources.remove(ObjectKeys.OBJECT_GRAPH);
        return sources;
    }

    @Test
    void attributesThatWereRenamedAreFoundByFullName() throws IOException {
        Path old = pair("old", "a", "b", "x/w", "y/w", 1);
        assertThat(sources(old, pair("renamed", "c", "d", "y/w", "x/w", 5)))
                .containsExactly(Map.entry("c" + KEY, "b" + KEY), Map.entry("d" + KEY, "a" + KEY));
        assertThat(sources(old, pair("numbered", "a", "b", "x_1/w", "x/w", 5)))
                .as("keys find more, so that a full name that is equal by chance does not count")
                .containsExactly(Map.entry("a" + KEY, "a" + KEY), Map.entry("b" + KEY, "b" + KEY));
    }

    @Test
    void sharedFullNamesIdentifyNothing() throws IOException {
        Path old = pair("old", "a", "b", "w", "w", 1);
        Path renamed = pair("renamed", "c", "d", "w", "v", 5);
        assertThatThrownBy(() -> sources(old, renamed)).hasMessageContaining("2 variables of the graph");
        try (Checkpoint source = Checkpoint.open(old)) {
            assertThatThrownBy(() -> Rewrite.of(source).fullNames().build())
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("a name belongs to several variables of")
                    .hasMessageContaining("'w' (a, b)")
                    .hasMessageContaining("--exclude 'b/**'");
            assertThat(Rewrite.of(source)
                            .fullNames()
                            .exclude(patterns("b/**"))
                            .build()
                            .tensors())
                    .extracting(RewrittenTensor::name)
                    .containsExactly("w");
            assertThat(Rewrite.of(source)
                            .fullNames()
                            .mapNames(Map.of("w2", "b" + KEY))
                            .build()
                            .tensors())
                    .extracting(RewrittenTensor::name)
                    .containsExactly("w", "w2");
        }
    }

    @Test
    void fullNamesAreSelectedAndRenamed() throws IOException {
        try (Checkpoint tf2 = Checkpoint.open(TF2)) {
            List<RewrittenTensor> byFullName = Rewrite.of(tf2)
                    .fullNames()
                    .include(patterns("input/**"))
                    .exclude(patterns("**/Momentum"))
                    .rename(NameMapping.sed("s#^input/#init/#"))
                    .build()
                    .tensors();
            assertThat(byFullName)
                    .extracting(RewrittenTensor::name)
                    .contains("init/init_conv/DW")
                    .allMatch(name -> name.startsWith("init/") && !name.endsWith("Momentum"));
            List<RewrittenTensor> byKey = Rewrite.of(tf2)
                    .fullNames()
                    .include(patterns("model/init_conv/kernel/.ATTRIBUTES/**"))
                    .build()
                    .tensors();
            assertThat(byKey).extracting(RewrittenTensor::name).containsExactly("input/init_conv/DW");
            assertThat(Rewrite.of(tf2).fullNames().withoutSlots().build().tensors())
                    .extracting(RewrittenTensor::name)
                    .noneMatch(name -> name.startsWith("SGD/") || name.endsWith("Momentum"));
        }
    }

    @Test
    void valuesWithoutANameAreDroppedAndVariablesAreNamedByTheirPaths() throws IOException {
        Graphs graph = new Graphs(3)
                .edge(0, "w", 1)
                .edge(0, "layer", 2)
                .value(1, "", "w" + KEY)
                .attribute(2, "OBJECT_CONFIG_JSON", "", "layer/.ATTRIBUTES/OBJECT_CONFIG_JSON")
                .attribute(2, "table", "vocabulary", "layer/.ATTRIBUTES/table");
        Path source = new BundleBuilder()
                .strings("layer/.ATTRIBUTES/OBJECT_CONFIG_JSON", "{}")
                .floats("layer/.ATTRIBUTES/table-keys", 1)
                .floats("layer/.ATTRIBUTES/table-values", 2)
                .floats("w" + KEY, 1)
                .strings(ObjectKeys.OBJECT_GRAPH, new long[0], graph.build().toByteArray())
                .write(directory.resolve("source"));
        try (Checkpoint checkpoint = Checkpoint.open(source)) {
            Rewrite rewrite = Rewrite.of(checkpoint).fullNames().build();
            assertThat(rewrite.tensors())
                    .extracting(RewrittenTensor::name)
                    .containsExactly("vocabulary-keys", "vocabulary-values", "w");
            assertThat(rewrite.notes())
                    .containsExactly(
                            "variables without a full name are named by their paths: w",
                            "values that are not variables and have no full name are dropped:"
                                    + " layer/.ATTRIBUTES/OBJECT_CONFIG_JSON");
            rewrite.run(target());
            try (Checkpoint named = Checkpoint.open(target())) {
                Rewrite.of(named).fitTo(GraphFit.to(checkpoint)).build().run(directory.resolve("back"));
            }
        }
        assertThat(digests(directory.resolve("back"))).isEqualTo(digests(source));
    }

    @Test
    void aNameBasedTemplateGivesNames() throws IOException {
        try (Checkpoint tf2 = Checkpoint.open(TF2);
                Checkpoint log = Checkpoint.open(LOG)) {
            Rewrite rewrite =
                    Rewrite.of(tf2).fitTo(GraphFit.to(log).allowMissing()).build();
            assertThat(rewrite.tensors())
                    .extracting(RewrittenTensor::name)
                    .contains("input/init_conv/DW/Momentum", "global_step")
                    .doesNotContain(ObjectKeys.OBJECT_GRAPH)
                    .allMatch(name -> !name.endsWith(KEY));
            for (RewrittenTensor tensor : rewrite.tensors()) {
                TensorInfo wanted = log.find(tensor.name()).orElseThrow();
                assertThat(tensor.source().shape()).isEqualTo(wanted.shape());
            }
        }
    }
}
