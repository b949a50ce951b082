package org.tfckpt.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.Checkpoint;
import org.tfckpt.proto.DataType;
import org.tfckpt.proto.SaveSliceInfoDef;
import org.tfckpt.proto.SaverDef;
import org.tfckpt.proto.VariableDef;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.Shape;
import org.tfckpt.testing.Corpus;

class GraphConformanceTest {
    private static final Path REAL = Corpus.root().resolve("real");

    @TempDir
    Path temporary;

    @Test
    @DisplayName("GV-01: collections of a published SavedModel of TF 1.1; a variable that none of them holds")
    void collectionsOfTf11() throws IOException {
        Graph graph = Graph.open(REAL.resolve("tf-half-plus-two/half_plus_two/00000123"));
        assertThat(graph.variables().inCollection("variables").names()).containsExactly("a", "b", "c");
        assertThat(graph.variables().inCollection("trainable_variables").names())
                .containsExactly("a", "b", "c");
        assertThat(graph.variables().trainable()).isEqualTo(graph.variables().inCollection("variables"));
        GraphVariable a = graph.variables().find("a:0").orElseThrow();
        assertThat(a.op()).isEqualTo("VariableV2");
        assertThat(a.isReference()).isTrue();
        assertThat(a.toPython()).isEqualTo("a:0 <dtype: 'float32_ref'> ()");
        assertThat(a.initializer()).contains("a/Assign");
        assertThat(a.snapshot()).contains("a/read:0");
        GraphVariable outside = graph.variables().find("filename_tensor").orElseThrow();
        assertThat(outside.collections()).isEmpty();
        assertThat(outside.trainable()).contains(false);
        assertThat(graph.savers().get(0).savesByVariable()).doesNotContainKey(outside);
    }

    @Test
    @DisplayName("GV-02: variables of a published SavedModel of TF 2.4, and their keys")
    void objectsOfTf24() throws IOException {
        Path model = REAL.resolve("java-saved-model-python/model");
        Graph graph = Graph.open(model);
        assertThat(graph.isObjectBased()).isTrue();
        assertThat(graph.objectVariables()).hasSize(1);
        GraphVariable variable = graph.objectVariables().get(0);
        assertThat(variable.objectNode()).hasValue(1);
        assertThat(variable).hasToString("Variable:0 DT_FLOAT []");
        assertThat(variable.trainable()).contains(true);
        GraphVariable node = graph.variables().find("Variable").orElseThrow();
        assertThat(node.op()).isEqualTo("VarHandleOp");
        assertThat(node.toPython()).isEqualTo("Variable:0 <dtype: 'float32'> ()");
        try (Checkpoint checkpoint = Checkpoint.open(model)) {
            Map<GraphVariable, String> keys =
                    graph.checkpointKeys(checkpoint.objectGraph().orElseThrow());
            assertThat(keys).hasSize(1);
            assertThat(checkpoint.find(keys.get(variable))).isPresent();
            assertThat(graph.objectKeyOf(variable)).contains(keys.get(variable));
            assertThat(graph.objectKeyOf(node)).isEmpty();
        }
    }

    private static VariableDef part(String name, long offset, long size) {
        return VariableDef.newBuilder()
                .setVariableName(name + ":0")
                .setSaveSliceInfoDef(SaveSliceInfoDef.newBuilder()
                        .setFullName("scope/v")
                        .addFullShape(10)
                        .addFullShape(3)
                        .addVarOffset(offset)
                        .addVarOffset(0)
                        .addVarShape(size)
                        .addVarShape(3))
                .build();
    }

    @Test
    @DisplayName("GV-03: a part of a partitioned variable is saved under the whole one's name, with its place")
    void partsOfAPartitionedVariable() throws IOException {
        Graph graph = new GraphBuilder()
                .variable("scope/v/part_0", "VariableV2", DataType.DT_FLOAT, GraphBuilder.shape(5, 3))
                .variable("scope/v/part_1", "VariableV2", DataType.DT_FLOAT, GraphBuilder.shape(5, 3))
                .collection("variables", part("scope/v/part_0", 0, 5), part("scope/v/part_1", 5, 5))
                .read(temporary);
        assertThat(graph.variables()).extracting(GraphVariable::savedName).containsOnly("scope/v");
        assertThat(graph.variables())
                .extracting(variable -> variable.partition().orElseThrow().toString())
                .containsExactly("10 3 0,5:0,3", "10 3 5,5:0,3");
        GraphVariable part = graph.variables().get(0);
        assertThat(part).hasToString("scope/v/part_0:0 DT_FLOAT [5,3]");
        assertThat(part.savedShape()).contains(Shape.of(10, 3));
        assertThat(part.acceptsShape(Shape.of(10, 3))).isTrue();
        assertThat(part.acceptsShape(Shape.of(5, 3))).isFalse();
    }

    @Test
    @DisplayName("GV-03: a part that lies outside of its whole is damage")
    void aPartOutsideOfItsWhole() {
        assertThatThrownBy(() -> new GraphBuilder()
                        .variable("v/part_0", "VariableV2", DataType.DT_FLOAT, GraphBuilder.shape(5, 3))
                        .collection("variables", part("v/part_0", 6, 5))
                        .read(temporary))
                .isInstanceOf(DataLossException.class)
                .hasMessageContaining("The part 6,5:0,3 is outside the variable 'scope/v' of shape [10,3]");
    }

    @Test
    @DisplayName("GV-04: a VarHandleOp's dtype and shape are the value's, and it is no reference")
    void aResource() throws IOException {
        Graph graph = new GraphBuilder()
                .variable("v", "VarHandleOp", DataType.DT_HALF, GraphBuilder.shape(2, 4))
                .read(temporary);
        GraphVariable variable = graph.variables().get(0);
        assertThat(variable.isReference()).isFalse();
        assertThat(variable.dtype()).isEqualTo(org.tfckpt.tensor.DataType.DT_HALF);
        assertThat(variable).hasToString("v:0 DT_HALF [2,4]");
        assertThat(variable.toPython()).isEqualTo("v:0 <dtype: 'float16'> (2, 4)");
    }

    @Test
    @DisplayName("GV-05: unknown shapes and dimensions")
    void unknownShapes() throws IOException {
        Graph graph = new GraphBuilder()
                .variable("u", "VariableV2", DataType.DT_FLOAT, GraphBuilder.UNKNOWN)
                .variable("d", "Variable", DataType.DT_INT64, GraphBuilder.shape(-1, 3))
                .variable("one", "AutoReloadVariable", DataType.DT_INT64, GraphBuilder.shape(7))
                .read(temporary);
        assertThat(graph.variables().stream().map(GraphVariable::toString))
                .containsExactly("u:0 DT_FLOAT <unknown>", "d:0 DT_INT64 [?,3]", "one:0 DT_INT64 [7]");
        assertThat(graph.variables().stream().map(GraphVariable::toPython))
                .containsExactly(
                        "u:0 <dtype: 'float32_ref'> <unknown>",
                        "d:0 <dtype: 'int64_ref'> (?, 3)",
                        "one:0 <dtype: 'int64_ref'> (7,)");
        assertThat(graph.variables().get(0).acceptsShape(Shape.of(1, 2, 3))).isTrue();
        assertThat(graph.variables().get(1).acceptsShape(Shape.of(9, 3))).isTrue();
        assertThat(graph.variables().get(1).acceptsShape(Shape.of(9, 4))).isFalse();
        assertThat(graph.variables().get(1).acceptsShape(Shape.of(3))).isFalse();
    }

    @Test
    @DisplayName("GV-06: as Python represents variables")
    void representations() throws IOException {
        Graph graph = new GraphBuilder()
                .variable("v", "VariableV2", DataType.DT_FLOAT, GraphBuilder.shape(5, 10))
                .variable("r", "VarHandleOp", DataType.DT_FLOAT, GraphBuilder.shape(5, 10))
                .variable("n", "VarHandleOp", DataType.DT_FLOAT, GraphBuilder.shape(-1, 3))
                .variable("u", "VarHandleOp", DataType.DT_FLOAT, GraphBuilder.UNKNOWN)
                .read(temporary);
        assertThat(graph.variables().stream().map(GraphVariable::toPythonRepr))
                .containsExactly(
                        "<tf.Variable 'v:0' shape=(5, 10) dtype=float32_ref>",
                        "<tf.Variable 'r:0' shape=(5, 10) dtype=float32>",
                        "<tf.Variable 'n:0' shape=(None, 3) dtype=float32>",
                        "<tf.Variable 'u:0' shape=<unknown> dtype=float32>");
    }

    @Test
    @DisplayName("SV-02: a saver with a name of its own for a variable, beside parts under their whole one's name")
    void aDictionaryAsASaversList() throws IOException {
        Graph graph = new GraphBuilder()
                .variable("v1", "VariableV2", DataType.DT_FLOAT, GraphBuilder.shape(2))
                .variable("v2", "VarHandleOp", DataType.DT_FLOAT, GraphBuilder.shape(1))
                .node("v2/Read/ReadVariableOp", "ReadVariableOp", "v2")
                .node("save/Const", "PlaceholderWithDefault", "save/filename")
                .strings("save/SaveV2/tensor_names", 2, "vee1", "v1")
                .strings("save/SaveV2/shape_and_slices", 2, "", "2 1,1")
                .node(
                        "save/SaveV2",
                        "SaveV2",
                        "save/Const",
                        "save/SaveV2/tensor_names",
                        "save/SaveV2/shape_and_slices",
                        "v1",
                        "v2/Read/ReadVariableOp",
                        "^v1")
                .strings("save/RestoreV2/tensor_names", 2, "vee1", "v1")
                .strings("save/RestoreV2/shape_and_slices", 2, "", "2 1,1")
                .restore(
                        "save/RestoreV2",
                        2,
                        "save/Const",
                        "save/RestoreV2/tensor_names",
                        "save/RestoreV2/shape_and_slices")
                .node("save/Assign", "Assign", "v1", "save/RestoreV2")
                .node("save/Identity_1", "Identity", "save/RestoreV2:1")
                .node("save/AssignVariableOp", "AssignVariableOp", "v2", "save/Identity_1")
                .saver(SaverDef.newBuilder()
                        .setFilenameTensorName("save/Const:0")
                        .setSaveTensorName("save/control_dependency:0")
                        .setRestoreOpName("save/restore_all")
                        .setVersion(SaverDef.CheckpointFormatVersion.V2))
                .read(temporary);
        assertThat(graph.savers()).hasSize(1);
        GraphSaver saver = graph.savers().get(0);
        assertThat(saver.saves())
                .extracting(GraphSaver.Entry::key, GraphSaver.Entry::shapeAndSlice, GraphSaver.Entry::variable)
                .containsExactly(
                        org.assertj.core.api.Assertions.tuple(
                                "vee1", "", graph.variables().get(0)),
                        org.assertj.core.api.Assertions.tuple(
                                "v1", "2 1,1", graph.variables().get(1)));
        assertThat(saver.restores())
                .extracting(GraphSaver.Entry::key, GraphSaver.Entry::tensor, GraphSaver.Entry::variable)
                .containsExactly(
                        org.assertj.core.api.Assertions.tuple(
                                "vee1", "save/RestoreV2:0", graph.variables().get(0)),
                        org.assertj.core.api.Assertions.tuple(
                                "v1", "save/RestoreV2:1", graph.variables().get(1)));
        assertThat(saver.version()).contains("V2");
    }

    @Test
    @DisplayName("SV-04: a saver of a list of variables has them under their ops' names")
    void aListAsASaversList() throws IOException {
        Graph graph = Graph.open(REAL.resolve("mlnet-cifar/cifar_model/model.ckpt"));
        assertThat(graph.savers().get(0).saves())
                .hasSize(14)
                .allMatch(entry -> entry.key().equals(entry.variable().name()));
    }

    @Test
    @DisplayName("SV-10: the ops of a sharded saver, V1 and V2, are one saver")
    void aShardedSaver() throws IOException {
        for (String version : new String[] {"V1", "V2"}) {
            GraphBuilder builder = new GraphBuilder().node("save/Const", "Const");
            builder.node("save/StringJoin", "StringJoin", "save/Const", "save/StringJoin/inputs_1");
            for (int shard = 0; shard < 2; shard++) {
                String suffix = shard == 0 ? "" : "_1";
                String variable = "v" + shard;
                builder.variable(variable, "VariableV2", DataType.DT_FLOAT, GraphBuilder.shape())
                        .node("save/ShardedFilename" + suffix, "ShardedFilename", "save/StringJoin", "s", "n")
                        .strings("save/names" + suffix, 1, variable)
                        .strings("save/slices" + suffix, 1, "");
                if (version.equals("V1")) {
                    builder.node(
                            "save/Save" + suffix,
                            "Save",
                            "save/ShardedFilename" + suffix,
                            "save/names" + suffix,
                            variable);
                    builder.node(
                            "save/RestoreSlice" + suffix,
                            "RestoreSlice",
                            "save/Const",
                            "save/names" + suffix,
                            "save/slices" + suffix);
                    builder.node("save/Assign" + suffix, "Assign", variable, "save/RestoreSlice" + suffix);
                } else {
                    builder.node(
                            "save/SaveV2" + suffix,
                            "SaveV2",
                            "save/ShardedFilename" + suffix,
                            "save/names" + suffix,
                            "save/slices" + suffix,
                            variable);
                    builder.restore(
                            "save/RestoreV2" + suffix, 1, "save/Const", "save/names" + suffix, "save/slices" + suffix);
                    builder.node("save/Assign" + suffix, "Assign", variable, "save/RestoreV2" + suffix);
                }
            }
            Graph graph = GraphBuilder.read(builder.graphDef(), temporary);
            assertThat(graph.savers()).hasSize(1);
            GraphSaver saver = graph.savers().get(0);
            assertThat(saver.filenameTensor()).isEqualTo("save/Const:0");
            assertThat(saver.isKnown()).isTrue();
            assertThat(saver.saves()).extracting(GraphSaver.Entry::key).containsExactly("v0", "v1");
            assertThat(saver.restores())
                    .extracting(GraphSaver.Entry::variable)
                    .containsExactlyElementsOf(graph.variables());
        }
    }
}
