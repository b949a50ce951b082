package org.tfckpt.cli;

import java.io.IOException;
import java.util.Collection;
import java.util.Optional;
import org.tfckpt.graph.Graph;
import org.tfckpt.graph.GraphKind;
import org.tfckpt.graph.GraphSaver;
import org.tfckpt.graph.GraphVariable;
import org.tfckpt.graph.Variables;
import org.tfckpt.io.JsonOutput;
import org.tfckpt.tensor.DataType;

/** The JSON form of {@code graph}. */
final class GraphJson {
    private final JsonOutput out;

    private GraphJson(JsonOutput out) {
        this.out = out;
    }

    static void write(Output output, Graph graph, Variables variables) throws IOException {
        try (JsonOutput out = new JsonOutput(output.stream())) {
            new GraphJson(out).graph(graph, variables);
        }
    }

    private void graph(Graph graph, Variables variables) throws IOException {
        out.generator().writeStartObject();
        out.text("graph", graph.file().toString());
        out.text("kind", graph.kind().toString());
        if (graph.isPartial()) {
            out.generator().writeBooleanField("partial", true);
        }
        texts("tags", graph.tags());
        out.text("tensorflow", graph.tensorFlowVersion().orElse(null));
        out.generator().writeArrayFieldStart("variables");
        for (GraphVariable variable : variables) {
            variable(graph, variable);
        }
        out.generator().writeEndArray();
        out.generator().writeArrayFieldStart("savers");
        for (GraphSaver saver : graph.savers()) {
            saver(saver);
        }
        out.generator().writeEndArray();
        out.generator().writeEndObject();
    }

    private void variable(Graph graph, GraphVariable variable) throws IOException {
        out.generator().writeStartObject();
        out.text("name", variable.name());
        out.text("saved_name", variable.savedName());
        // A text does not state it.
        out.text("op", graph.kind() == GraphKind.TEXT ? null : variable.op());
        out.text("dtype", variable.dtype() == DataType.DT_INVALID ? null : DataType.enumName(variable.dtypeNumber()));
        out.shape("shape", variable.shape().orElse(null));
        texts("collections", variable.collections());
        Optional<Boolean> trainable = variable.trainable();
        out.generator().writeFieldName("trainable");
        if (trainable.isPresent()) {
            out.generator().writeBoolean(trainable.get());
        } else {
            out.generator().writeNull();
        }
        out.text("initializer", variable.initializer().orElse(null));
        out.text("partition", variable.partition().map(Object::toString).orElse(null));
        out.text("shared_name", variable.sharedName().orElse(null));
        out.text("key", graph.objectKeyOf(variable).orElse(null));
        out.text("path", graph.objectPathOf(variable).orElse(null));
        out.generator().writeEndObject();
    }

    private void saver(GraphSaver saver) throws IOException {
        out.generator().writeStartObject();
        out.text("filename_tensor", saver.filenameTensor());
        entries("saves", saver.saves());
        entries("restores", saver.restores());
        out.generator().writeEndObject();
    }

    private void entries(String key, Collection<GraphSaver.Entry> entries) throws IOException {
        out.generator().writeArrayFieldStart(key);
        for (GraphSaver.Entry entry : entries) {
            GraphVariable variable = entry.variable();
            out.generator().writeStartObject();
            out.text("key", entry.key());
            out.text("shape_and_slice", entry.shapeAndSlice());
            out.text("variable", variable == null ? null : variable.name());
            out.generator().writeEndObject();
        }
        out.generator().writeEndArray();
    }

    private void texts(String key, Collection<String> texts) throws IOException {
        out.generator().writeArrayFieldStart(key);
        for (String text : texts) {
            out.text(text);
        }
        out.generator().writeEndArray();
    }
}
