package org.tfckpt.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tfckpt.restore.TestCheckpoints.counting;
import static org.tfckpt.restore.TestCheckpoints.objectsByPath;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.Checkpoint;
import org.tfckpt.graph.Graph;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.Corpus;

/** Which of the three names of a variable are compared. */
class NameKindTest {
    private static final Path STORY = Corpus.root().resolve("story");

    @TempDir
    private Path directory;

    private Path write(String name, BundleBuilder builder) {
        return builder.write(directory.resolve(name));
    }

    private static Comparison compare(Path graph, Path checkpoint) throws IOException {
        return compare(graph, checkpoint, null);
    }

    private static Comparison compare(Path graph, Path path, @Nullable NameKind kind) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            RestorePlan.Builder plan = RestorePlan.from(checkpoint).graph(Graph.open(graph));
            return (kind == null ? plan : plan.names(kind)).build().comparison();
        }
    }

    /** The tensor of each variable that has one. */
    private static Map<String, String> sources(Comparison comparison) {
        Map<String, String> sources = new LinkedHashMap<>();
        comparison
                .variables()
                .forEach(source -> source.tensor()
                        .map(TensorInfo::name)
                        .ifPresent(name -> sources.put(source.wanted().variable(), name)));
        return sources;
    }

    private static String key(String path) {
        return ObjectKeys.key(path, ObjectKeys.VARIABLE_VALUE);
    }

    @Test
    void betweenNamesAndObjectsItIsTheFullNamesInBothDirections() throws IOException {
        Comparison forward = compare(STORY.resolve("log"), STORY.resolve("tf2"));
        assertThat(forward.names()).contains(NameKind.FULL);
        assertThat(sources(forward)).hasSize(67).containsEntry("input/init_conv/DW", key("model/init_conv/kernel"));
        assertThat(forward.missing())
                .hasSize(25)
                .allMatch(source -> source.tensorName().endsWith("/ExponentialMovingAverage"));
        assertThat(forward.unused())
                .extracting(TensorInfo::name)
                .containsExactlyInAnyOrder(
                        key("optimizer/decay"),
                        key("optimizer/iter"),
                        key("optimizer/learning_rate"),
                        key("optimizer/momentum"));

        Comparison back = compare(STORY.resolve("tf2"), STORY.resolve("log"));
        assertThat(back.names()).contains(NameKind.FULL);
        assertThat(sources(back))
                .hasSize(67)
                .containsEntry("input/init_conv/DW/Momentum", "input/init_conv/DW/Momentum");
        assertThat(back.missing())
                .extracting(source -> source.wanted().variable())
                .containsExactly("SGD/iter", "SGD/decay", "SGD/learning_rate", "SGD/momentum");
        // The graph restores it by its key, whatever it is called here.
        assertThat(back.matched())
                .allSatisfy(source -> assertThat(source.wanted().name()).endsWith(key("")));
    }

    @Test
    void noKindIsNamedWhereThereIsOnlyOneName() throws IOException {
        assertThat(compare(STORY.resolve("changed/graph.meta"), STORY.resolve("log"))
                        .names())
                .isEmpty();
        assertThat(compare(STORY.resolve("changed/graph.meta"), STORY.resolve("log"), NameKind.PATH)
                        .matched())
                .hasSize(54);
    }

    @Test
    void twoSavesOfOneProgramAreComparedByKey() throws IOException {
        Comparison comparison = compare(STORY.resolve("tf2"), STORY.resolve("tf2"));
        assertThat(comparison.names()).contains(NameKind.KEY);
        assertThat(comparison.isComplete()).isTrue();
        assertThat(comparison.unused()).isEmpty();
    }

    @Test
    void renamedAttributesAreFoundByTheFullNames() throws IOException {
        Path before = write("before", objectsByPath("net/a/kernel", "a/kernel", "net/b/kernel", "b/kernel"));
        Path after = write("after", objectsByPath("net/first/kernel", "a/kernel", "net/b/kernel", "b/kernel"));
        Comparison comparison = compare(after, before);
        assertThat(comparison.names()).contains(NameKind.FULL);
        assertThat(sources(comparison))
                .isEqualTo(Map.of("a/kernel", key("net/a/kernel"), "b/kernel", key("net/b/kernel")));
        Comparison byKey = compare(after, before, NameKind.KEY);
        assertThat(byKey.names()).contains(NameKind.KEY);
        assertThat(sources(byKey)).isEqualTo(Map.of("b/kernel", key("net/b/kernel")));
        assertThat(byKey.suggestions().of(byKey.missing().get(0)))
                .extracting(Suggestion::name)
                .containsExactly(key("net/a/kernel"));
    }

    @Test
    void renamedVariablesAreFoundByTheirKeys() throws IOException {
        Path before = write("before", objectsByPath("net/a/kernel", "dense/kernel", "net/b/kernel", "dense_1/kernel"));
        Path after = write("after", objectsByPath("net/a/kernel", "dense_1/kernel", "net/b/kernel", "dense_2/kernel"));
        Comparison comparison = compare(after, before);
        assertThat(comparison.names()).contains(NameKind.KEY);
        assertThat(sources(comparison))
                .isEqualTo(Map.of("dense_1/kernel", key("net/a/kernel"), "dense_2/kernel", key("net/b/kernel")));
        assertThat(sources(compare(after, before, NameKind.FULL)))
                .isEqualTo(Map.of("dense_1/kernel", key("net/b/kernel")));
    }

    @Test
    void aListingOfKeysIsComparedByKeyAndOneOfPathsByPath() throws IOException {
        Path objects = write("objects", objectsByPath("net/a/kernel", "x/kernel", "net/a/bias", "x/bias"));
        BundleBuilder keys = counting(new BundleBuilder(), key("net/a/kernel"), 1, 2);
        Comparison byKey = compare(write("keys", keys), objects);
        assertThat(byKey.names()).contains(NameKind.KEY);
        assertThat(byKey.isComplete()).isTrue();
        BundleBuilder paths = counting(counting(new BundleBuilder(), "net/a/kernel", 1, 2), "net/a/bias", 1, 2);
        Comparison byPath = compare(write("paths", paths), objects);
        assertThat(byPath.names()).contains(NameKind.PATH);
        assertThat(byPath.isComplete()).isTrue();
        Comparison back = compare(objects, directory.resolve("paths"));
        assertThat(back.names()).contains(NameKind.PATH);
        assertThat(sources(back)).isEqualTo(Map.of("x/kernel", "net/a/kernel", "x/bias", "net/a/bias"));
        assertThat(sources(compare(objects, directory.resolve("paths"), NameKind.FULL)))
                .isEmpty();
    }

    @Test
    void aPathIsNotTakenForTheFullNameOfAnotherVariable() throws IOException {
        Path objects = write("objects", objectsByPath("a", "b", "b", "c", "c", "d"));
        Path names = write("names", counting(counting(new BundleBuilder(), "b", 1, 2), "a", 1, 2));
        // By path both are found, by full name one.
        assertThat(sources(compare(names, objects))).isEqualTo(Map.of("a", key("a"), "b", key("b")));
        assertThat(sources(compare(names, objects, NameKind.FULL))).isEqualTo(Map.of("b", key("a")));
    }

    @Test
    void variablesWithOneFullNameAreNotConfused() throws IOException {
        String[] metrics = {"m/0/count", "count", "m/1/count", "count", "w", "dense/kernel"};
        Path two = write("two", objectsByPath(metrics));
        Path renamed = write("renamed", objectsByPath("m/0/count", "count", "m/1/count", "count", "v", "dense/kernel"));
        Path names = write("names", counting(counting(new BundleBuilder(), "count", 1, 2), "dense/kernel", 1, 2));

        Map<String, String> same = sources(compare(two, two));
        assertThat(same)
                .containsEntry("count", key("m/0/count"))
                .containsEntry(key("m/1/count"), key("m/1/count"))
                .containsEntry("dense/kernel", key("w"));
        // By full name, those that share one are still told apart by their keys.
        Comparison full = compare(two, renamed, NameKind.FULL);
        assertThat(sources(full))
                .isEqualTo(Map.of(
                        "count", key("m/0/count"), key("m/1/count"), key("m/1/count"), "dense/kernel", key("v")));
        assertThat(sources(compare(two, names))).isEqualTo(Map.of("dense/kernel", "dense/kernel"));
        // A name-based saver of TensorFlow takes the last.
        assertThat(sources(compare(names, two))).isEqualTo(Map.of("count", key("m/1/count"), "dense/kernel", key("w")));
    }

    @Test
    void anObjectThatWasSplitIsRestoredTwice() throws IOException {
        Path tied = write(
                "tied",
                counting(new BundleBuilder(), key("a"), 1, 2)
                        .strings(
                                ObjectKeys.OBJECT_GRAPH,
                                new long[0],
                                new org.tfckpt.testing.Graphs(2)
                                        .edge(0, "a", 1)
                                        .edge(0, "b", 1)
                                        .value(1, "shared", key("a"))
                                        .build()
                                        .toByteArray()));
        Path untied = write("untied", objectsByPath("a", "first", "b", "second"));
        Comparison comparison = compare(untied, tied);
        assertThat(sources(comparison)).isEqualTo(Map.of("first", key("a"), "second", key("a")));
    }

    @Test
    void rulesAndMapFilesGoByTheNamesCompared() throws IOException {
        Path objects = write("objects", objectsByPath("net/a", "new/a", "net/b", "new/b"));
        Path names = write("names", counting(counting(new BundleBuilder(), "old/a", 1, 2), "old/b", 1, 2));
        Comparison comparison = compare(objects, names);
        assertThat(comparison.names()).contains(NameKind.FULL);
        assertThat(comparison.suggestions().rules())
                .extracting(SuggestedRule::rule)
                .containsExactly("s#^new/#old/#");
        assertThat(comparison.suggestions().mapLines()).containsExactly("old/a -> new/a", "old/b -> new/b");
        try (Checkpoint checkpoint = Checkpoint.open(names)) {
            for (NameMapping mapping : List.of(
                    comparison.suggestions().mapping(),
                    NameMapping.pairs(Map.of("new/a", "old/a", "new/b", "old/b")),
                    NameMapping.sed("s#^net/#old/#;s#/.ATTRIBUTES/VARIABLE_VALUE$##"))) {
                assertThat(RestorePlan.from(checkpoint)
                                .graph(Graph.open(objects))
                                .mapping(mapping)
                                .build()
                                .comparison()
                                .isComplete())
                        .as(mapping.toString())
                        .isTrue();
            }
        }
    }
}
