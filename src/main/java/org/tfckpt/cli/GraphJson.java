package org.tfckpt.cli;

import java.io.IOException;
import org.tfckpt.graph.Graph;
import org.tfckpt.graph.GraphKind;
import org.tfckpt.graph.GraphSaver;
import org.tfckpt.graph.GraphVariable;
import org.tfckpt.graph.Variables;
import org.tfckpt.io.JsonOutput;
import org.tfckpt.tensor.DataType;

/** The JSON form of {@code graph}. */
record GraphJson(JsonOutput out) {
    void write(Graph graph, Variables variables) throws IOException {
        out.text("graph", graph.file().toString());
        out.text("kind", graph.kind().toString());
        if (graph.isPartial()) {
            out.flag("partial", true);
        }
        out.array("tags", graph.tags(), out::text);
        out.text("tensorflow", graph.tensorFlowVersion().orElse(null));
        out.objects("variables", variables, (GraphVariable variable) -> variable(graph, variable));
        out.objects("savers", graph.savers(), this::saver);
    }

    private void variable(Graph graph, GraphVariable variable) throws IOException {
        out.text("name", variable.name());
        out.text("saved_name", variable.savedName());
        // A text does not state it.
        out.text("op", graph.kind() == GraphKind.TEXT ? null : variable.op());
        out.text("dtype", variable.dtype() == DataType.DT_INVALID ? null : DataType.enumName(variable.dtypeNumber()));
        out.shape("shape", variable.shape().orElse(null));
        out.array("collections", variable.collections(), out::text);
        out.flag("trainable", variable.trainable().orElse(null));
        out.text("initializer", variable.initializer().orElse(null));
        out.text("partition", variable.partition().map(Object::toString).orElse(null));
        out.text("shared_name", variable.sharedName().orElse(null));
        out.text("key", graph.objectKeyOf(variable).orElse(null));
        out.text("path", graph.objectPathOf(variable).orElse(null));
    }

    private void saver(GraphSaver saver) throws IOException {
        out.text("filename_tensor", saver.filenameTensor());
        out.objects("saves", saver.saves(), this::entry);
        out.objects("restores", saver.restores(), this::entry);
    }

    private void entry(GraphSaver.Entry entry) throws IOException {
        GraphVariable variable = entry.variable();
        out.text("key", entry.key());
        out.text("shape_and_slice", entry.shapeAndSlice());
        out.text("variable", variable == null ? null : variable.name());
    }
}
