package org.tfckpt.graph;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.tfckpt.objects.ObjectGraph;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.UnsupportedFormatException;

/**
 * A graph, as far as its variables go: which there are, and what its savers save and restore under which names.
 *
 * <p>Read at once and kept without the file; immutable, and safe from many threads. Nodes that have nothing to do with
 * variables are passed over while the file is read, so that a graph of hundreds of megabytes (constants of a frozen
 * graph, as a rule) takes no more memory than its variables need.
 */
public final class Graph {
    private final GraphParts parts;

    private Graph(GraphParts parts) {
        this.parts = parts;
    }

    /**
     * Reads a graph from whatever a person has at hand: a {@code .meta} file, the prefix of a checkpoint that has one, a
     * SavedModel directory, its {@code saved_model.pb} or {@code saved_model.pbtxt}, a GraphDef or a MetaGraphDef,
     * binary or as text. What it is, the content says, not the name.
     *
     * @param path any of these
     * @return the graph
     * @throws CheckpointException if there is no graph at this place; the message says where there is one nearby
     * @throws DataLossException if the file is damaged
     * @throws UnsupportedFormatException if the file is something else, or a SavedModel of several graphs
     * @throws IOException if the file cannot be read
     */
    public static Graph open(Path path) throws IOException {
        return new Graph(GraphLocation.read(path, null));
    }

    /**
     * Reads the graph of a SavedModel that has exactly these tags.
     *
     * @param path a SavedModel directory or its file
     * @param tags all tags of the graph wanted
     * @return the graph
     * @throws CheckpointException if there is no such graph; the message has the tags that there are
     * @throws DataLossException if the file is damaged
     * @throws IOException if the file cannot be read
     */
    public static Graph open(Path path, Set<String> tags) throws IOException {
        return new Graph(GraphLocation.read(path, Set.copyOf(tags)));
    }

    /**
     * The file that was read.
     *
     * @return for example {@code log/model.ckpt-122543.meta}, whatever path led to it
     */
    public Path file() {
        return parts.file();
    }

    /**
     * What the file holds.
     *
     * @return the kind
     */
    public GraphKind kind() {
        return parts.kind();
    }

    /**
     * The variables that have a node in the graph.
     *
     * @return all of them, in the order of the nodes
     */
    public Variables variables() {
        return parts.variables();
    }

    /**
     * Whether the variables are saved under keys made of their objects' paths, as in every SavedModel of TF2: then
     * {@link #objectVariables()} are those that a checkpoint feeds, by {@link #checkpointKeys}.
     *
     * @return true if the file has an object graph
     */
    public boolean isObjectBased() {
        return parts.objects() != null;
    }

    /**
     * The variables of the objects of a TF2 SavedModel: those that a checkpoint feeds.
     *
     * @return all of them, in the order of the objects; none if the graph is not object-based
     */
    public Variables objectVariables() {
        return parts.objects() == null
                ? Variables.of(List.of())
                : parts.objects().variables();
    }

    /**
     * The keys of this graph's variables in an object-based checkpoint. The objects of a SavedModel and those of the
     * checkpoint are walked side by side from their roots, along edges of the same names. The variables of any other
     * graph are found by their names, which such a checkpoint notes too.
     *
     * @param checkpoint the objects of a checkpoint, of this graph or of another one that is alike
     * @return the key of each variable that was found: of {@link #objectVariables()} where the graph is object-based,
     *     else of {@link #variables()}
     */
    public Map<GraphVariable, String> checkpointKeys(ObjectGraph checkpoint) {
        return parts.objects() == null
                ? ObjectMatch.byFullName(variables(), checkpoint)
                : ObjectMatch.byEdges(parts.objects(), checkpoint);
    }

    /**
     * The key that a variable of {@link #objectVariables()} has by the SavedModel's own object graph: what
     * {@link #checkpointKeys} finds as a rule, without a checkpoint.
     *
     * @param variable one of the graph's
     * @return the key; nothing for a variable that comes from a node, or that no object leads to
     */
    public Optional<String> objectKeyOf(GraphVariable variable) {
        return parts.paths() == null || variable.objectNode().isEmpty()
                ? Optional.empty()
                : parts.paths().keyOf(variable.objectNode().getAsInt());
    }

    /**
     * The savers: first the one that the file names as its own, then those that have ops in the graph, in their order.
     *
     * @return none in a graph that was exported without one
     */
    public List<GraphSaver> savers() {
        return parts.savers();
    }

    /**
     * The tags of the graph.
     *
     * @return what it is for, such as {@code serve}; none outside of SavedModels
     */
    public Set<String> tags() {
        return parts.info().tags();
    }

    /**
     * The version of TensorFlow that wrote the file.
     *
     * @return for example {@code 1.15.0}; nothing where the file does not say
     */
    public Optional<String> tensorFlowVersion() {
        return parts.info().tensorFlowVersion();
    }

    /**
     * The number of the version of graphs that the writer made.
     *
     * @return the producer; nothing where the file does not say
     */
    public OptionalInt producer() {
        return parts.info().producer();
    }

    /**
     * The number of nodes in the graph, those of its functions not counted.
     *
     * @return at least 0
     */
    public long nodeCount() {
        return parts.info().nodes();
    }

    /**
     * The number of functions in the graph's library.
     *
     * @return at least 0
     */
    public long functionCount() {
        return parts.info().functions();
    }

    /**
     * The keys of all collections, of variables or not.
     *
     * @return none where the file has no collections (a GraphDef)
     */
    public Set<String> collections() {
        return parts.info().collections();
    }

    /**
     * The names of the signatures of a SavedModel.
     *
     * @return none outside of SavedModels
     */
    public Set<String> signatures() {
        return parts.info().signatures();
    }

    /**
     * File, kind and tags.
     *
     * @return a line for a person
     */
    @Override
    public String toString() {
        return file() + " (" + kind() + (tags().isEmpty() ? "" : " " + String.join(",", tags())) + ")";
    }
}
