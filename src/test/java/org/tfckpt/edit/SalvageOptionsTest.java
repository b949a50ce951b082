package org.tfckpt.edit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.Checkpoint;
import org.tfckpt.Linking;
import org.tfckpt.edit.Salvages.Salvaged;
import org.tfckpt.graph.Graph;
import org.tfckpt.objects.ObjectGraph;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.objects.ObjectNode;
import org.tfckpt.restore.NameMapping;
import org.tfckpt.restore.RestoreException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.Checkpoints;
import org.tfckpt.testing.Folder;
import org.tfckpt.testing.Graphs;
import org.tfckpt.testing.RawTable;

@DisplayName("Salvaging can be combined with other options, and updates the object graph")
class SalvageOptionsTest {
    private static final String DATA = ".data-00000-of-00001";
    private static final String DAMAGED = "logit/DW";
    private static final String VALUE = "/.ATTRIBUTES/VARIABLE_VALUE";

    @TempDir
    private Path directory;

    private Path target() {
        return directory.resolve("target");
    }

    /** A checkpoint of the corpus with one flipped bit in one tensor. */
    private Path story() throws IOException {
        Path prefix = Rewrites.story(directory.resolve("log"));
        damage(prefix, DAMAGED);
        return prefix;
    }

    private static void damage(Path prefix, String tensor) throws IOException {
        long offset;
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            TensorInfo.Storage storage = checkpoint.find(tensor).orElseThrow().storage();
            offset = storage.offset() + storage.size() - 1;
        }
        Salvages.flip(Folder.sibling(prefix, DATA), 8 * offset);
    }

    @Test
    void inPlace() throws IOException {
        Path prefix = story();
        Map<String, String> right = new TreeMap<>(Rewrites.digests(Rewrites.STORY.resolve("log/model.ckpt-122543")));
        right.remove(DAMAGED);
        Salvaged salvaged = Salvages.run(prefix, prefix, options -> options);
        assertThat(salvaged.kinds()).containsExactly("tensor-checksum " + DAMAGED);
        assertThat(salvaged.summary().writtenBytes()).isEqualTo(367_296 - 32 * 10 * 4);
        assertThat(Rewrites.digests(prefix)).isEqualTo(right);
        Salvaged again = Salvages.run(prefix, prefix, options -> options);
        assertThat(again.lost()).isEmpty();
    }

    @Test
    void undamagedDataFilesAreLinked() throws IOException {
        Path damaged = story();
        Path intact = new BundleBuilder().floats("more", 1).write(directory.resolve("intact"));
        try (Checkpoint one = Checkpoint.open(damaged);
                Checkpoint other = Checkpoint.open(intact)) {
            Rewrite rewrite = Rewrite.of(List.of(one, other)).salvage().build();
            assertThat(rewrite.run(target()).linkedFiles()).isEqualTo(1);
            assertThat(rewrite.lost()).hasSize(1);
            assertThat(Rewrite.of(other).build().lost()).isEmpty();
        }
        assertThat(Checkpoints.problems(target())).isEmpty();
        assertThat(Checkpoints.names(target()))
                .hasSize(92)
                .doesNotContain(DAMAGED)
                .contains("more");
    }

    @Test
    void lostTensorsAreTakenFromABackup() throws IOException {
        Path damaged = story();
        try (Checkpoint one = Checkpoint.open(damaged);
                Checkpoint backup = Checkpoint.open(Rewrites.STORY.resolve("log/model.ckpt-122543"))) {
            Rewrite rewrite = Rewrite.of(List.of(one, backup))
                    .salvage()
                    .onClash(ClashPolicy.FIRST)
                    .linking(Linking.NEVER)
                    .build();
            rewrite.run(target());
            assertThat(rewrite.tensors().stream().filter(tensor -> tensor.input() == 1))
                    .extracting(RewrittenTensor::name)
                    .containsExactly(DAMAGED);
        }
        assertThat(Rewrites.digests(target()))
                .isEqualTo(Rewrites.digests(Rewrites.STORY.resolve("log/model.ckpt-122543")));
    }

    @Test
    void excludedTensorsAreNotReportedAsLost() throws IOException {
        Path damaged = story();
        assertThat(Salvages.run(damaged, target(), options -> options.exclude(Rewrites.patterns("logit/**")))
                        .lost())
                .isEmpty();
        assertThat(Salvages.run(damaged, target(), options -> options.include(Rewrites.patterns("input/**")))
                        .lost())
                .isEmpty();
        assertThat(Salvages.run(
                                damaged,
                                target(),
                                options -> options.include(Rewrites.patterns("logit/**"))
                                        .rename(NameMapping.sed("s/^logit/head/"))
                                        .cast(DataType.DT_HALF))
                        .kinds())
                .containsExactly("tensor-checksum " + DAMAGED);
        assertThat(Checkpoints.names(target())).contains("head/biases").doesNotContain("head/DW");
    }

    @Test
    void graphCannotBeFittedToLostTensors() throws IOException {
        Path damaged = story();
        Graph graph = Graph.open(Rewrites.STORY.resolve("log/model.ckpt-122543.meta"));
        assertThatThrownBy(() -> Salvages.run(damaged, target(), options -> options.fitTo(graph, NameMapping.NONE)))
                .isInstanceOf(RestoreException.class)
                .hasMessageContaining("Key logit/DW not found in checkpoint");
        assertThat(Folder.sibling(target(), ".index")).doesNotExist();
        Salvaged partial = Salvages.run(
                damaged, target(), options -> options.fitTo(GraphFit.to(graph).allowMissing()));
        assertThat(partial.notes()).anyMatch(note -> note.contains(DAMAGED));
        assertThat(partial.lost()).hasSize(1);
    }

    @Test
    void requiredLinksAreRejected() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(story())) {
            Rewrite.Builder options = Rewrite.of(checkpoint).salvage().linking(Linking.REQUIRED);
            assertThatIllegalArgumentException().isThrownBy(options::build);
        }
    }

    @Test
    void buildCanBeCalledTwice() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(story())) {
            Rewrite.Builder options = Rewrite.of(checkpoint).salvage();
            assertThat(options.build().lost()).isEqualTo(options.build().lost()).hasSize(1);
        }
    }

    private static Set<String> keys(Path prefix) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            ObjectGraph graph = checkpoint.objectGraph().orElseThrow();
            return graph.attributes().map(ObjectNode.Attribute::key).collect(Collectors.toSet());
        }
    }

    @Test
    void lostValuesAreRemoved() throws IOException {
        Path prefix = Rewrites.copy(Rewrites.STORY.resolve("tf2/ckpt-1"), directory.resolve("tf2"));
        Set<String> before = keys(prefix);
        String lost = before.stream()
                .filter(key -> key.startsWith("model/"))
                .sorted()
                .findFirst()
                .orElseThrow();
        damage(prefix, lost);
        assertThat(Salvages.run(prefix, target(), options -> options).kinds())
                .containsExactly("tensor-checksum " + lost);
        assertThat(keys(target()))
                .hasSize(before.size() - 1)
                .doesNotContain(lost)
                .isSubsetOf(before);
    }

    @Test
    void valuesWithUnknownNamesAreRemoved() throws IOException {
        BundleBuilder bundle = objects().layout(32, 16, false);
        int blocks = RawTable.parse(bundle.index()).blocks().size();
        assertThat(blocks).isGreaterThan(4);
        for (int damaged = 1; damaged < blocks; damaged++) {
            int block = damaged;
            Path prefix = objects()
                    .layout(32, 16, false)
                    .table(table -> table.block(block, b -> b.withType(2)))
                    .write(directory.resolve("ckpt"));
            Salvaged salvaged = Salvages.run(prefix, target(), options -> options);
            List<String> names = Checkpoints.names(target());
            if (names.contains(ObjectKeys.OBJECT_GRAPH)) {
                assertThat(names)
                        .containsAll(keys(target()).stream()
                                .map(key -> key.endsWith("/table") ? key + "-values" : key)
                                .toList());
                assertThat(keys(target())).hasSizeLessThan(4);
            } else {
                assertThat(salvaged.notes()).singleElement().asString().contains("had an object graph, it is lost");
            }
        }
    }

    private static BundleBuilder objects() {
        Graphs graph = new Graphs(4)
                .edge(0, "table", 1)
                .edge(0, "v", 2)
                .edge(0, "w", 3)
                .attribute(1, "table", "", "table/.ATTRIBUTES/table")
                .value(2, "v", "v" + VALUE)
                .value(3, "w", "w" + VALUE);
        return new BundleBuilder()
                .strings(ObjectKeys.OBJECT_GRAPH, new long[0], graph.build().toByteArray())
                .floats("table/.ATTRIBUTES/table-keys", 1)
                .floats("table/.ATTRIBUTES/table-values", 2)
                .floats("v" + VALUE, 3)
                .floats("w" + VALUE, 4);
    }

    @Test
    void incompleteTableIsNotAValueButItsOtherTensorIsKept() throws IOException {
        Path prefix = objects()
                .entry("table/.ATTRIBUTES/table-keys", entry -> entry.setCrc32C(1))
                .write(directory.resolve("ckpt"));
        Salvages.run(prefix, target(), options -> options);
        assertThat(keys(target())).containsExactlyInAnyOrder("v" + VALUE, "w" + VALUE);
        assertThat(Checkpoints.names(target())).contains("table/.ATTRIBUTES/table-values");
    }

    @Test
    void lostObjectGraphLeavesNames() throws IOException {
        Path prefix = objects()
                .entry(ObjectKeys.OBJECT_GRAPH, entry -> entry.setCrc32C(1))
                .write(directory.resolve("ckpt"));
        Salvaged salvaged = Salvages.run(prefix, target(), options -> options);
        assertThat(salvaged.kinds()).containsExactly("tensor-checksum " + ObjectKeys.OBJECT_GRAPH);
        assertThat(salvaged.notes()).singleElement().asString().startsWith("the object graph of '" + prefix);
        assertThat(Checkpoints.names(target())).hasSize(4);
        Salvaged excluded =
                Salvages.run(prefix, target(), options -> options.exclude(Rewrites.patterns(ObjectKeys.OBJECT_GRAPH)));
        assertThat(excluded.lost()).isEmpty();
        assertThat(excluded.notes()).isEmpty();
    }

    @Test
    void invalidObjectGraphIsLost() throws IOException {
        Path prefix = new BundleBuilder()
                .floats("v", 1)
                .strings(ObjectKeys.OBJECT_GRAPH, "this is no object graph")
                .write(directory.resolve("ckpt"));
        Salvaged salvaged = Salvages.run(prefix, target(), options -> options);
        assertThat(salvaged.lost()).hasSize(1);
        assertThat(salvaged.lost().get(0).tensor()).isEqualTo(ObjectKeys.OBJECT_GRAPH);
        assertThat(Checkpoints.names(target())).containsExactly("v");
        assertThat(Files.exists(Folder.sibling(target(), ".index"))).isTrue();
    }
}
