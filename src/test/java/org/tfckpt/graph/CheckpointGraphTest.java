package org.tfckpt.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.objects.ObjectGraph;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.testing.Corpus;

/** A checkpoint as the graph: what another checkpoint must have to take its place. */
class CheckpointGraphTest {
    private static final Path STORY = Corpus.root().resolve("story");

    @TempDir
    private Path temporary;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "golden/tf218-v2-dtypes/ckpt",
                "golden/tf115-v1-dtypes/model.ckpt",
                "golden/tf218-v2-partitioned/ckpt",
                "golden/tf115-v1-sharded/model.ckpt-?????-of-00002"
            })
    void theTensorsOfANameBasedCheckpointAreItsVariables(String path) throws IOException {
        Path file = Corpus.root().resolve(path);
        Graph graph = Graph.open(file);
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            List<TensorInfo> tensors = checkpoint.tensors().toList();
            assertThat(graph.variables())
                    .extracting(GraphVariable::savedName)
                    .containsExactlyElementsOf(
                            tensors.stream().map(TensorInfo::name).toList());
            for (int i = 0; i < tensors.size(); i++) {
                assertThat(graph.variables().get(i).shape())
                        .contains(tensors.get(i).shape());
                assertThat(graph.variables().get(i).dtypeNumber())
                        .isEqualTo(tensors.get(i).dtypeNumber());
            }
            assertThat(Graph.of(checkpoint).variables())
                    .hasToString(graph.variables().toString());
        }
        assertThat(graph.isObjectBased()).isFalse();
        assertThat(graph.checkpoint()).contains(file);
        assertThat(graph.variables())
                .allMatch(variable -> graph.objectKeyOf(variable).isEmpty());
    }

    @Test
    void anOptimizerSlotIsOneByItsName() throws IOException {
        Path file = Files.copy(STORY.resolve("log/model.ckpt-122543.index"), temporary.resolve("copy.index"));
        Variables variables = Graph.open(file).variables();
        assertThat(variables.withoutOptimizerSlots().names())
                .contains("input/init_conv/DW")
                .doesNotContain("input/init_conv/DW/Momentum");
        assertThat(variables.names()).contains("input/init_conv/DW/Momentum");
    }

    @Test
    void theVariablesOfObjectsHaveFullNamesPathsAndKeys() throws IOException {
        Graph graph = Graph.open(STORY.resolve("tf2"));
        assertThat(graph.isObjectBased()).isTrue();
        assertThat(graph.variables()).isEqualTo(graph.objectVariables());
        GraphVariable kernel = graph.variables().find("input/init_conv/DW").orElseThrow();
        assertThat(graph.objectPathOf(kernel)).contains("model/init_conv/kernel");
        assertThat(graph.objectKeyOf(kernel)).contains("model/init_conv/kernel/.ATTRIBUTES/VARIABLE_VALUE");
        assertThat(kernel.isOptimizerSlot()).isFalse();
        GraphVariable slot =
                graph.variables().find("input/init_conv/DW/Momentum").orElseThrow();
        assertThat(slot.isOptimizerSlot()).isTrue();
        assertThat(graph.objectPathOf(slot)).contains("model/init_conv/kernel/.OPTIMIZER_SLOT/optimizer/momentum");
        assertThat(graph.variables()).noneMatch(variable -> variable.name().contains("save_counter"));
    }

    static Stream<Path> objectBased() throws IOException {
        try (Stream<Path> files = Files.walk(Corpus.root())) {
            return files
                    .filter(file -> file.toString().endsWith(".index"))
                    .filter(CheckpointGraphTest::isObjectBased)
                    .toList()
                    .stream();
        }
    }

    private static boolean isObjectBased(Path index) {
        try (Checkpoint checkpoint = Checkpoint.open(index)) {
            return checkpoint.find(ObjectKeys.OBJECT_GRAPH).isPresent();
        } catch (IOException e) {
            return false;
        }
    }

    @ParameterizedTest
    @MethodSource("objectBased")
    void everyVariableOfACheckpointIsFoundInItself(Path file) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(file)) {
            Graph graph = Graph.of(checkpoint);
            ObjectGraph objects = checkpoint.availableObjectGraph().orElse(null);
            assertThat(graph.isObjectBased()).isEqualTo(objects != null);
            for (GraphVariable variable : graph.variables()) {
                String key = graph.objectKeyOf(variable).orElse(variable.name());
                assertThat(checkpoint.find(key)).as(key).isPresent();
                assertThat(variable.acceptsShape(
                                checkpoint.find(key).orElseThrow().shape()))
                        .isTrue();
                if (objects != null && graph.objectPathOf(variable).isPresent()) {
                    assertThat(graph.checkpointKeys(objects)).containsEntry(variable, key);
                    assertThat(objects.find(graph.objectPathOf(variable).get())
                                    .orElseThrow()
                                    .id())
                            .isEqualTo(variable.objectNode().orElseThrow());
                }
            }
            // No tensor is a variable twice, and the graph itself is none.
            long tensors = checkpoint.tensors().count();
            assertThat(graph.variables().size()).isLessThan((int) tensors);
        }
    }

    @Test
    void withoutItsDataFileTheKeysAreTheNames() throws IOException {
        Path index = Files.copy(STORY.resolve("tf2/ckpt-1.index"), temporary.resolve("ckpt-1.index"));
        Graph graph = Graph.open(index);
        assertThat(graph.isObjectBased()).isFalse();
        assertThat(graph.variables().names())
                .contains("model/init_conv/kernel/.ATTRIBUTES/VARIABLE_VALUE")
                .doesNotContain(ObjectKeys.OBJECT_GRAPH, ObjectKeys.SAVE_COUNTER);
    }

    @Test
    void theVariablesOfASavedModelAreItsCheckpoint() throws IOException {
        Path model = Corpus.root().resolve("real/mlnet-mnist-lr");
        assertThat(Graph.open(model).checkpoint()).contains(model.resolve("variables/variables"));
        assertThat(Graph.open(STORY.resolve("changed/graph.meta")).checkpoint()).isEmpty();
    }

    @Test
    void aDamagedGraphOrCheckpointIsNotPassedOver() throws IOException {
        for (String name : List.of("checkpoint", "model.ckpt-122543.index", "model.ckpt-122543.meta")) {
            Files.copy(STORY.resolve("log").resolve(name), temporary.resolve(name));
        }
        byte[] meta = Files.readAllBytes(temporary.resolve("model.ckpt-122543.meta"));
        Files.write(temporary.resolve("model.ckpt-122543.meta"), java.util.Arrays.copyOf(meta, meta.length / 2));
        for (String name : List.of("", "checkpoint", "model.ckpt-122543", "model.ckpt-122543.index")) {
            assertThatThrownBy(() -> Graph.open(temporary.resolve(name)))
                    .isInstanceOf(DataLossException.class)
                    .hasMessageContaining("model.ckpt-122543.meta");
        }
        Files.delete(temporary.resolve("model.ckpt-122543.meta"));
        Files.write(temporary.resolve("model.ckpt-122543.index"), new byte[100]);
        for (String name : List.of("", "checkpoint", "model.ckpt-122543", "model.ckpt-122543.index")) {
            assertThatThrownBy(() -> Graph.open(temporary.resolve(name)))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("model.ckpt-122543.index");
        }
        Files.delete(temporary.resolve("model.ckpt-122543.index"));
        assertThatThrownBy(() -> Graph.open(temporary))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("model.ckpt-122543")
                .hasMessageNotContaining("saved_model.pb");
    }

    @Test
    void aCheckpointHasNoTags() {
        assertThatThrownBy(() -> Graph.open(STORY.resolve("tf2"), Set.of("serve")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("is a checkpoint without a graph, so it has no tags");
    }
}
