package org.tfckpt.restore;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.tfckpt.Checkpoint;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.Graphs;

/** Small checkpoints whose values show where they come from. */
final class TestCheckpoints {
    private TestCheckpoints() {}

    /** Singles of any shape, counting up from a number. */
    static BundleBuilder counting(BundleBuilder builder, String name, float first, long... shape) {
        float[] values = new float[(int) Shape.of(shape).elements()];
        for (int i = 0; i < values.length; i++) {
            values[i] = first + i;
        }
        return builder.floats(name, shape, values);
    }

    /** An object-based one: from full names to keys. */
    static BundleBuilder objects(BundleBuilder builder, Map<String, String> keys) {
        Graphs graph = new Graphs(keys.size() + 1);
        int node = 0;
        for (Map.Entry<String, String> key : keys.entrySet()) {
            node++;
            graph.edge(0, "object" + node, node).value(node, key.getKey(), key.getValue());
        }
        return builder.strings(
                ObjectKeys.OBJECT_GRAPH, new long[0], graph.build().toByteArray());
    }

    static Checkpoint open(BundleBuilder builder, Path directory) throws IOException {
        return Checkpoint.open(builder.write(directory.resolve("model.ckpt")));
    }

    static Wanted wanted(String name, long... shape) {
        return Wanted.of(name, DataType.DT_FLOAT, Shape.of(shape));
    }
}
