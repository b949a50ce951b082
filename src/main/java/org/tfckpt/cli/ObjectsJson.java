package org.tfckpt.cli;

import java.io.IOException;
import java.util.PrimitiveIterator;
import java.util.stream.IntStream;
import org.tfckpt.Checkpoint;
import org.tfckpt.io.JsonOutput;
import org.tfckpt.objects.ObjectGraph;
import org.tfckpt.objects.ObjectNode;

/** The JSON form of {@code objects}. Objects refer to each other by node number. */
final class ObjectsJson {
    private ObjectsJson() {}

    static void write(JsonOutput out, Checkpoint checkpoint, ObjectGraph graph) throws IOException {
        out.text("checkpoint", checkpoint.prefix());
        out.text("save_counter", graph.saveCounterKey().orElse(null));
        PrimitiveIterator.OfInt ids = IntStream.range(0, graph.size()).iterator();
        out.objects("objects", () -> ids, (Integer id) -> node(out, graph, graph.node(id)));
    }

    private static void node(JsonOutput out, ObjectGraph graph, ObjectNode node) throws IOException {
        out.number("id", node.id());
        out.text("path", graph.pathOf(node.id()).orElse(null));
        out.objects("children", node.children(), child -> {
            out.text("name", child.name());
            out.number("id", child.node());
        });
        out.objects("attributes", node.attributes(), attribute -> {
            out.text("name", attribute.name());
            out.text("full_name", attribute.fullName());
            out.text("key", attribute.key());
        });
        out.objects("slots", node.slots(), slot -> {
            out.text("name", slot.name());
            out.number("variable", slot.variable());
            out.number("id", slot.node());
        });
    }
}
