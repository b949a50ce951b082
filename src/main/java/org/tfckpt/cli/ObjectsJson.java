package org.tfckpt.cli;

import java.io.IOException;
import org.tfckpt.Checkpoint;
import org.tfckpt.io.JsonOutput;
import org.tfckpt.objects.ObjectGraph;
import org.tfckpt.objects.ObjectNode;

/** The JSON form of {@code objects}. Objects refer to each other by node number. */
final class ObjectsJson {
    private final JsonOutput out;
    private final ObjectGraph graph;

    private ObjectsJson(JsonOutput out, ObjectGraph graph) {
        this.out = out;
        this.graph = graph;
    }

    static void write(Output output, Checkpoint checkpoint, ObjectGraph graph) throws IOException {
        try (JsonOutput out = new JsonOutput(output.stream())) {
            out.generator().writeStartObject();
            out.text("checkpoint", checkpoint.prefix());
            out.text("save_counter", graph.saveCounterKey().orElse(null));
            out.generator().writeArrayFieldStart("objects");
            for (int id = 0; id < graph.size(); id++) {
                new ObjectsJson(out, graph).object(graph.node(id));
            }
            out.generator().writeEndArray();
            out.generator().writeEndObject();
        }
    }

    private void object(ObjectNode node) throws IOException {
        out.generator().writeStartObject();
        out.generator().writeNumberField("id", node.id());
        out.text("path", graph.pathOf(node.id()).orElse(null));
        out.generator().writeArrayFieldStart("children");
        for (ObjectNode.Child child : node.children()) {
            out.generator().writeStartObject();
            out.text("name", child.name());
            out.generator().writeNumberField("id", child.node());
            out.generator().writeEndObject();
        }
        out.generator().writeEndArray();
        out.generator().writeArrayFieldStart("attributes");
        for (ObjectNode.Attribute attribute : node.attributes()) {
            out.generator().writeStartObject();
            out.text("name", attribute.name());
            out.text("full_name", attribute.fullName());
            out.text("key", attribute.key());
            out.generator().writeEndObject();
        }
        out.generator().writeEndArray();
        out.generator().writeArrayFieldStart("slots");
        for (ObjectNode.Slot slot : node.slots()) {
            out.generator().writeStartObject();
            out.text("name", slot.name());
            out.generator().writeNumberField("variable", slot.variable());
            out.generator().writeNumberField("id", slot.node());
            out.generator().writeEndObject();
        }
        out.generator().writeEndArray();
        out.generator().writeEndObject();
    }
}
