package org.tfckpt.edit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.Checkpoint;
import org.tfckpt.objects.ObjectGraph;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.objects.ObjectNode;
import org.tfckpt.restore.NameMapping;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.Checkpoints;
import org.tfckpt.testing.Graphs;

@DisplayName("OB the object graph is updated with its tensors")
class RewriteObjectsTest {
    private static final Path TF2 = Rewrites.STORY.resolve("tf2/ckpt-1");
    private static final String KEY = "/.ATTRIBUTES/VARIABLE_VALUE";

    @TempDir
    private Path directory;

    private Path target() {
        return directory.resolve("target");
    }

    @Test
    void keysAreTheNewNames() throws IOException {
        try (Checkpoint source = Checkpoint.open(TF2)) {
            Rewrite.of(source).rename(NameMapping.sed("s#^#moved/#")).build().run(target());
            try (Checkpoint renamed = Checkpoint.open(target())) {
                ObjectGraph before = source.objectGraph().orElseThrow();
                ObjectGraph after = renamed.objectGraph().orElseThrow();
                assertThat(after.size()).isEqualTo(before.size());
                assertThat(after.attributes().map(ObjectNode.Attribute::key))
                        .containsExactlyElementsOf(before.attributes()
                                .map(attribute -> "moved/" + attribute.key())
                                .toList());
                assertThat(new TreeSet<>(Checkpoints.names(target())))
                        .containsAll(after.attributes()
                                .map(ObjectNode.Attribute::key)
                                .toList());
                for (int id = 0; id < before.size(); id++) {
                    assertThat(after.node(id).children())
                            .isEqualTo(before.node(id).children());
                    assertThat(after.node(id).slots()).isEqualTo(before.node(id).slots());
                    assertThat(after.node(id).statedValues())
                            .isEqualTo(before.node(id).statedValues());
                }
            }
        }
        assertThat(Checkpoints.problems(target())).isEmpty();
    }

    @Test
    void droppedValuesAreRemoved() throws IOException {
        try (Checkpoint source = Checkpoint.open(TF2)) {
            Rewrite.of(source).withoutSlots().build().run(target());
            try (Checkpoint without = Checkpoint.open(target())) {
                ObjectGraph before = source.objectGraph().orElseThrow();
                ObjectGraph after = without.objectGraph().orElseThrow();
                assertThat(before.attributes().map(ObjectNode.Attribute::key))
                        .anyMatch(key -> key.contains(".OPTIMIZER_SLOT"));
                assertThat(after.attributes().map(ObjectNode.Attribute::key))
                        .noneMatch(key -> key.contains(".OPTIMIZER_SLOT"))
                        .allMatch(key -> has(without, key));
                for (int id = 0; id < after.size(); id++) {
                    assertThat(after.node(id).slots()).isEmpty();
                    after.node(id)
                            .statedValues()
                            .ifPresent(stated -> assertThat(stated).isIn(true, false));
                    if (before.node(id).statedValues().isPresent()) {
                        assertThat(after.node(id).statedValues()).contains(after.hasValues(id));
                    }
                }
            }
        }
    }

    private static boolean has(Checkpoint checkpoint, String key) {
        try {
            return checkpoint.find(key).isPresent();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void itIsKeptUnlessExcluded() throws IOException {
        try (Checkpoint source = Checkpoint.open(TF2)) {
            Rewrite some = Rewrite.of(source)
                    .include(Rewrites.patterns("model/init_conv/**"))
                    .build();
            assertThat(some.tensors()).extracting(RewrittenTensor::name).contains(ObjectKeys.OBJECT_GRAPH);
            Rewrite names = Rewrite.of(source)
                    .exclude(Rewrites.patterns(ObjectKeys.OBJECT_GRAPH))
                    .build();
            assertThat(names.tensors()).extracting(RewrittenTensor::name).doesNotContain(ObjectKeys.OBJECT_GRAPH);
            assertThatThrownBy(() -> Rewrite.of(List.of(source, source))
                            .exclude(Rewrites.patterns("re:VALUE"))
                            .build())
                    .hasMessageContaining("object graphs cannot be merged");
        }
    }

    /** A lookup table, which saves two tensors under one attribute. */
    private Path table(Graphs graph) {
        return new BundleBuilder()
                .floats("table/.ATTRIBUTES/table-keys", 1)
                .floats("table/.ATTRIBUTES/table-values", 2)
                .floats("v" + KEY, 3)
                .floats("other", 4)
                .strings(ObjectKeys.OBJECT_GRAPH, new long[0], graph.build().toByteArray())
                .write(directory.resolve("table"));
    }

    private static Graphs graph() {
        return new Graphs(3)
                .edge(0, "table", 1)
                .edge(0, "v", 2)
                .attribute(1, "table", "", "table/.ATTRIBUTES/table")
                .value(2, "v", "v" + KEY);
    }

    @Test
    void tensorsOfOneValueCannotBeSeparated() throws IOException {
        try (Checkpoint source = Checkpoint.open(table(graph()))) {
            Rewrite.of(source).rename(NameMapping.sed("s#^table/#t/#")).build().run(target());
            try (Checkpoint renamed = Checkpoint.open(target())) {
                assertThat(renamed.objectGraph().orElseThrow().attributes().map(ObjectNode.Attribute::key))
                        .containsExactly("t/.ATTRIBUTES/table", "v" + KEY);
            }
            for (String pattern : List.of("**-keys", "**-values")) {
                assertThatThrownBy(() -> Rewrite.of(source)
                                .exclude(Rewrites.patterns(pattern))
                                .build())
                        .isInstanceOf(CheckpointException.class)
                        .hasMessageContaining("cannot be updated");
            }
            assertThatThrownBy(() -> Rewrite.of(source)
                            .rename(NameMapping.sed("s#-keys$#-k#"))
                            .build())
                    .hasMessageContaining("can only be renamed or dropped together");
        }
    }

    @Test
    void tensorsOfRegisteredSaversCannotBeRenamed() throws IOException {
        try (Checkpoint source = Checkpoint.open(table(graph().saver(1, "Saver", "table")))) {
            assertThatThrownBy(() -> Rewrite.of(source)
                            .exclude(Rewrites.patterns("other"))
                            .build())
                    .hasMessageContaining("registered saver Saver");
            assertThat(Rewrite.of(source)
                            .exclude(Rewrites.patterns("v/**"))
                            .build()
                            .tensors())
                    .hasSize(4);
        }
    }
}
