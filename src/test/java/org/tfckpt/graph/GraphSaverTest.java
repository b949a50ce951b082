package org.tfckpt.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.proto.CollectionDef;
import org.tfckpt.proto.DataType;
import org.tfckpt.proto.SaverDef;
import org.tfckpt.tensor.DataLossException;

class GraphSaverTest {
    @TempDir
    Path temporary;

    private static GraphBuilder withSave(String scope, String... names) {
        GraphBuilder builder = new GraphBuilder();
        addSave(builder, scope, 2, names);
        return builder.variable("a", "VariableV2", DataType.DT_FLOAT, GraphBuilder.shape())
                .variable("b", "VariableV2", DataType.DT_FLOAT, GraphBuilder.shape());
    }

    private static void addSave(GraphBuilder builder, String scope, int count, String... names) {
        builder.node(scope + "/Const", "Const")
                .strings(scope + "/names", count, names)
                .strings(scope + "/slices", count, "")
                .node(scope + "/SaveV2", "SaveV2", scope + "/Const", scope + "/names", scope + "/slices", "a", "b");
    }

    @Test
    void severalSaversStayApartAndTheGraphsOwnComesFirst() throws IOException {
        GraphBuilder builder = withSave("save", "a", "b");
        addSave(builder, "save_1", 2, "x", "y");
        SaverDef.Builder own = SaverDef.newBuilder().setFilenameTensorName("save_1/Const:0");
        builder.saver(own)
                .collection(
                        "savers",
                        CollectionDef.newBuilder()
                                .setBytesList(CollectionDef.BytesList.newBuilder()
                                        .addValue(SaverDef.newBuilder()
                                                .setFilenameTensorName("save/Const:0")
                                                .setMaxToKeep(5)
                                                .build()
                                                .toByteString())
                                        .addValue(own.build().toByteString())));
        Graph graph = builder.read(temporary);
        assertThat(graph.savers())
                .extracting(GraphSaver::filenameTensor)
                .containsExactly("save_1/Const:0", "save/Const:0");
        assertThat(graph.savers().get(0).saves())
                .extracting(GraphSaver.Entry::key)
                .containsExactly("x", "y");
        assertThat(graph.savers().get(1).saves())
                .extracting(GraphSaver.Entry::key)
                .containsExactly("a", "b");
        assertThat(graph.savers().get(1).maxToKeep()).isEqualTo(5);
    }

    @Test
    void theLastStringOfAConstantStandsForAllThatFollow() throws IOException {
        Graph graph = withSave("save", "a", "b").read(temporary);
        assertThat(graph.savers().get(0).saves())
                .extracting(GraphSaver.Entry::shapeAndSlice)
                .containsExactly("", "");
    }

    @Test
    void listsOfAnotherLengthAreDamage() {
        assertThatThrownBy(() -> withSave("save", "a", "b", "c").read(temporary))
                .isInstanceOf(DataLossException.class)
                .hasMessageContaining("'save/SaveV2' has 3 tensor names but 2 tensors");
    }

    @Test
    void namesThatNoConstantHoldsAreUnknown() throws IOException {
        Graph graph = new GraphBuilder()
                .variable("a", "VariableV2", DataType.DT_FLOAT, GraphBuilder.shape())
                .node("names", "Placeholder")
                .node("slices", "Placeholder")
                .node("save/Const", "Const")
                .node("save/SaveV2", "SaveV2", "save/Const", "names", "slices", "a")
                .read(temporary);
        assertThat(graph.savers().get(0).unknown()).containsExactly("save/SaveV2");
        assertThat(graph.savers().get(0).isKnown()).isFalse();
    }

    @Test
    void aTensorThatIsNoVariableIsSavedNevertheless() throws IOException {
        Graph graph = new GraphBuilder()
                .node("table/LookupTableExportV2", "LookupTableExportV2", "table")
                .node("save/Const", "Const")
                .strings("names", 2, "table-keys", "table-values")
                .strings("slices", 2, "", "")
                .node(
                        "save/SaveV2",
                        "SaveV2",
                        "save/Const",
                        "names",
                        "slices",
                        "table/LookupTableExportV2",
                        "table/LookupTableExportV2:1")
                .restore("save/RestoreV2", 2, "save/Const", "names", "slices")
                .node("save/table_import", "LookupTableImportV2", "table", "save/RestoreV2", "save/RestoreV2:1")
                .read(temporary);
        GraphSaver saver = graph.savers().get(0);
        assertThat(saver.saves()).extracting(GraphSaver.Entry::variable).containsOnlyNulls();
        assertThat(saver.saves())
                .extracting(GraphSaver.Entry::tensor)
                .containsExactly("table/LookupTableExportV2", "table/LookupTableExportV2:1");
        assertThat(saver.restores()).extracting(GraphSaver.Entry::key).containsExactly("table-keys", "table-values");
    }

    @Test
    void oneTensorMayFeedSeveralVariables() throws IOException {
        Graph graph = new GraphBuilder()
                .variable("a", "VarHandleOp", DataType.DT_FLOAT, GraphBuilder.shape())
                .variable("b", "VarHandleOp", DataType.DT_FLOAT, GraphBuilder.shape())
                .node("save/Const", "Const")
                .strings("names", 1, "both")
                .strings("slices", 1, "")
                .restore("save/RestoreV2", 1, "save/Const", "names", "slices")
                .node("cast", "Cast", "save/RestoreV2:0")
                .node("save/A", "AssignVariableOp", "a", "cast")
                .node("save/B", "AssignVariableOp", "b", "save/RestoreV2")
                .read(temporary);
        assertThat(graph.savers().get(0).restores())
                .extracting(entry -> entry.key() + " " + entry.variable().name())
                .containsExactly("both a", "both b");
    }

    @Test
    void aWayThatGoesInACircleLeadsNowhere() throws IOException {
        Graph graph = new GraphBuilder()
                .variable("a", "VariableV2", DataType.DT_FLOAT, GraphBuilder.shape())
                .node("x", "Identity", "y")
                .node("y", "Identity", "x")
                .strings("names", 1, "n")
                .strings("slices", 1, "")
                .node("save/SaveV2", "SaveV2", "x", "names", "slices", "y")
                .node("assign", "Assign", "x", "y")
                .read(temporary);
        assertThat(graph.savers().get(0).saves())
                .extracting(GraphSaver.Entry::variable)
                .containsOnlyNulls();
    }

    @Test
    void trainingOpsTellWhatOptimizersKeepWhateverItsName() throws IOException {
        Graph graph = new GraphBuilder()
                .variable("w", "VariableV2", DataType.DT_FLOAT, GraphBuilder.shape(2))
                .variable("odd", "VariableV2", DataType.DT_FLOAT, GraphBuilder.shape(2))
                .variable("w/Adam", "VariableV2", DataType.DT_FLOAT, GraphBuilder.shape(2))
                .variable("rate", "VariableV2", DataType.DT_FLOAT, GraphBuilder.shape())
                .node("rate/read", "Identity", "rate")
                .node("train", "ApplyMomentum", "w", "odd", "rate/read", "gradient", "rate/read")
                .read(temporary);
        assertThat(graph.variables().withoutOptimizerSlots().names()).containsExactly("w", "rate");
    }
}
