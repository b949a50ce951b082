package org.tfckpt.restore;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.Json;

/** The variables of the corpus' graphs, as their {@code graphs.json} lists them. */
final class GraphFiles {
    private GraphFiles() {}

    static List<Wanted> variables(Path directory, String file) {
        Map<String, Object> json = Json.object(Corpus.json(directory.resolve("graphs.json")));
        List<Map<String, Object>> graphs = Json.list(json.get("graphs"));
        return graphs.stream()
                .filter(graph -> graph.get("file").equals(file))
                .findFirst()
                .map(GraphFiles::variables)
                .orElseThrow();
    }

    static List<Wanted> variables(Map<String, Object> graph) {
        List<Map<String, Object>> variables = Json.list(graph.get("variables"));
        return variables.stream().map(GraphFiles::wanted).toList();
    }

    private static Wanted wanted(Map<String, Object> variable) {
        String name = (String) variable.get("name");
        DataType dtype = DataType.valueOf((String) variable.get("dtype"));
        Optional<Shape> shape = Optional.ofNullable(variable.get("shape")).map(GraphFiles::shape);
        boolean trainable = Json.<String>list(variable.get("collections")).contains("trainable_variables");
        boolean reference = !variable.get("op").equals("VarHandleOp");
        return new Wanted(name, name, dtype, shape, Optional.empty(), reference, trainable);
    }

    static Shape shape(Object json) {
        return Shape.of(Json.<Long>list(json).stream().mapToLong(size -> size).toArray());
    }
}
