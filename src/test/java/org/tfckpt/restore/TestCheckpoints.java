package org.tfckpt.restore;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tfckpt.Checkpoint;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.Graphs;

/** Small checkpoints whose values show where they come from. */
final class TestCheckpoints {
    private static final int MAX_PARTS = 4;

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

    /** Singles of shape [2], saved by objects: pairs of a path and a full name; the n-th has the values 10n, 10n + 1. */
    static BundleBuilder objectsByPath(String... pathsAndFullNames) {
        BundleBuilder builder = new BundleBuilder();
        Map<String, Integer> nodes = new LinkedHashMap<>(Map.of("", 0));
        Graphs graph = new Graphs(pathsAndFullNames.length * MAX_PARTS);
        for (int i = 0; i < pathsAndFullNames.length; i += 2) {
            String path = pathsAndFullNames[i];
            int node = 0;
            for (int end = 0; end < path.length(); ) {
                int start = end == 0 ? 0 : end + 1;
                int slash = path.indexOf('/', start);
                end = slash < 0 ? path.length() : slash;
                Integer known = nodes.get(path.substring(0, end));
                int next = known == null ? nodes.size() : known;
                if (known == null) {
                    nodes.put(path.substring(0, end), next);
                    graph.edge(node, path.substring(start, end), next);
                }
                node = next;
            }
            String key = ObjectKeys.key(path, ObjectKeys.VARIABLE_VALUE);
            graph.value(node, pathsAndFullNames[i + 1], key);
            counting(builder, key, 5f * i, 2);
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
