package org.tfckpt.graph;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.tfckpt.Checkpoint;
import org.tfckpt.format.bundle.BundlePrefix;
import org.tfckpt.io.StorageFileSystem;
import org.tfckpt.objects.ObjectGraph;
import org.tfckpt.storage.Storage;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.UnsupportedFormatException;

/**
 * The variables of a graph, and the names under which its savers save and restore them.
 *
 * <p>{@link #open} reads the file and closes it. Instances are immutable and thread-safe.
 *
 * <p>Nodes that are not related to variables are skipped, so a binary graph of hundreds of megabytes, usually mostly
 * constants, only takes the memory that its variables need. A graph in text format is held in memory while it is
 * parsed: that takes up to 6 times its size plus 256 bytes per field, about 20 times its size in all for a graph
 * without large constants. A text that is too large for the heap is rejected.
 */
public final class Graph {
    private final GraphParts parts;

    private Graph(GraphParts parts) {
        this.parts = parts;
    }

    /**
     * Reads a graph. The content of the file determines its kind, not its name.
     *
     * @param path a {@code .meta} file, a SavedModel directory or its {@code saved_model.pb} or
     *     {@code saved_model.pbtxt}, a GraphDef or MetaGraphDef, binary or in text format, or a checkpoint in any form
     *     that {@link Checkpoint#open(Path)} accepts: if a {@code .meta} file lies beside it, that file is read, which
     *     {@link #notes()} state; else the checkpoint is the graph, as in {@link #of(Checkpoint)}. Also a text in
     *     which {@link #parse(InputStream)} recognises variables
     * @return the graph
     * @throws CheckpointException if there is no graph; the message names one nearby, if there is one
     * @throws DataLossException if the file is damaged
     * @throws UnsupportedFormatException if the file is not a graph, is a SavedModel of several graphs, has 2 GiB or
     *     more, or is a text that is too large for the heap
     * @throws IOException if the file cannot be read
     */
    public static Graph open(Path path) throws IOException {
        return new Graph(GraphLocation.read(path, null));
    }

    /**
     * Finds the variables in a text: what Python prints for them, a listing of {@code tfckpt} or {@code
     * inspect_checkpoint}, or the errors of a failed restore, anywhere among other lines. {@link #notes()} state how
     * many variables were recognised and how many lines were ignored.
     *
     * <pre>{@code
     * Graph graph = Graph.parse("dense/kernel:0 <dtype: 'float32'> (3, 4)");
     * }</pre>
     *
     * @param text the text
     * @return a graph of kind {@link GraphKind#TEXT}, whose variables have unknown dtypes and shapes where the text
     *     does not state them; it is {@linkplain #isPartial() partial} if an error names other variables than those
     *     printed
     * @throws IllegalArgumentException if no variable is recognised; the message says what to print
     */
    public static Graph parse(String text) {
        return new Graph(TextVariables.parse(text));
    }

    /**
     * Finds the variables in a text of any size, like {@link #parse(String)}. The text is read to its end, with memory
     * for its variables only.
     *
     * @param in the text in UTF-8 or UTF-16; not closed
     * @return a graph of kind {@link GraphKind#TEXT}
     * @throws UnsupportedFormatException if it is not text, or no variable is recognised; the message says what to
     *     print
     * @throws IOException if the text cannot be read
     */
    public static Graph parse(InputStream in) throws IOException {
        return new Graph(TextVariables.read(in, TextVariables.NO_FILE, false));
    }

    /**
     * Reads the names of variables from a text with one name per line. Blank lines are ignored.
     *
     * @param in the text in UTF-8 or UTF-16; not closed
     * @param file the name of the text, for {@link #file()} and messages
     * @return a graph of kind {@link GraphKind#TEXT}, whose variables have unknown dtypes and shapes
     * @throws UnsupportedFormatException if it is not text, has no names, or has a line that is too long for a name
     * @throws IOException if the text cannot be read
     */
    public static Graph ofNames(InputStream in, Path file) throws IOException {
        return new Graph(TextVariables.read(in, file, true));
    }

    /**
     * Takes the variables of a checkpoint as a graph: those that another checkpoint must have to be restored in its
     * place. Of a name-based checkpoint, each tensor is a variable; of an object-based one, the variables of its object
     * graph, named by their full names, or by their paths if they have none. Its save counter is not included.
     *
     * @param checkpoint an open checkpoint; the graph does not need it any more
     * @return a graph of kind {@link GraphKind#CHECKPOINT}
     * @throws IOException if the index or the object graph cannot be read
     */
    public static Graph of(Checkpoint checkpoint) throws IOException {
        String prefix = checkpoint.prefix();
        int name = Math.max(prefix.lastIndexOf('/'), prefix.lastIndexOf(File.separatorChar)) + 1;
        // Not Path.of(prefix), which may be a URL.
        return new Graph(CheckpointGraph.read(checkpoint, checkpoint.file().resolveSibling(prefix.substring(name))));
    }

    /**
     * Reads a graph from a storage, as {@link #open(Path)} does from a file.
     *
     * @param storage the place that holds the files; not closed
     * @param name the name of the graph in the storage
     * @return the graph
     * @throws IOException as {@link #open(Path)}, or as the storage throws it
     */
    public static Graph open(Storage storage, String name) throws IOException {
        try (StorageFileSystem files = new StorageFileSystem(storage, StorageFileSystem.DEFAULT_CACHE_BYTES)) {
            return open(files.getPath(name).toAbsolutePath());
        }
    }

    /**
     * Reads the graph of a SavedModel that has exactly the given tags.
     *
     * @param path a SavedModel directory or its file
     * @param tags all tags of the graph
     * @return the graph
     * @throws CheckpointException if no graph has these tags; the message lists the tags that exist
     * @throws DataLossException if the file is damaged
     * @throws IOException if the file cannot be read
     */
    public static Graph open(Path path, Set<String> tags) throws IOException {
        return new Graph(GraphLocation.read(path, Set.copyOf(tags)));
    }

    /**
     * {@return the file that was read, for example {@code log/model.ckpt-122543.meta}, also if the graph was opened by
     * its checkpoint; the prefix if the graph is a checkpoint; {@code -} for a text that is not in a file}
     */
    public Path file() {
        return parts.file();
    }

    /** {@return what the variables were read from} */
    public GraphKind kind() {
        return parts.kind();
    }

    /**
     * {@return the checkpoint that holds the values of the graph's variables: the checkpoint itself for a graph of kind
     * {@link GraphKind#CHECKPOINT}; the prefix of a SavedModel's variables, if they are there; empty for other kinds}
     */
    public Optional<Path> checkpoint() {
        return switch (kind()) {
            case CHECKPOINT -> Optional.of(file());
            case SAVED_MODEL ->
                Optional.of(file().resolveSibling("variables").resolve("variables"))
                        .filter(prefix -> Files.exists(BundlePrefix.of(prefix).index()));
            case GRAPH_DEF, META_GRAPH_DEF, TEXT -> Optional.empty();
        };
    }

    /**
     * Returns whether the graph may have more variables than {@link #variables()}, as that of a failed restore: its
     * error names only some. Whether a restore would work cannot be told from a partial graph.
     *
     * @return true if only some variables are known
     */
    public boolean isPartial() {
        return parts.partial();
    }

    /**
     * {@return what a user should know about how the graph was read, for example what was recognised in a text: one
     * sentence each, without a full stop; usually empty}
     */
    public List<String> notes() {
        return parts.notes();
    }

    /**
     * {@return the variables that have a node in the graph, in the order of their nodes; all variables of a checkpoint,
     * which has no nodes, in the order of its tensors or objects}
     */
    public Variables variables() {
        return parts.variables();
    }

    /**
     * Returns whether the variables are saved under keys made of the paths of their objects, as in every SavedModel of
     * TF2, and in checkpoints of {@code tf.train.Checkpoint} and Keras. If so, {@link #objectVariables()} are the variables that a checkpoint restores, by {@link #checkpointKeys}.
     *
     * @return true if the file or checkpoint has an object graph
     */
    public boolean isObjectBased() {
        return parts.objects() != null;
    }

    /**
     * {@return whether the variables are those of a program that runs eagerly, as with TensorFlow 2 and Keras 3: values
     * are assigned to them, without a saver and a session. True if the graph is {@linkplain #isObjectBased()
     * object-based}, or a text that prints variables as such programs do; false if that is not known}
     */
    public boolean isEager() {
        return parts.eager() || isObjectBased();
    }

    /**
     * {@return the variables of the objects of a TF2 SavedModel or checkpoint, in the order of the objects: those that
     * a checkpoint restores; empty if the graph is not object-based}
     */
    public Variables objectVariables() {
        return parts.objects() == null
                ? Variables.of(List.of())
                : parts.objects().variables();
    }

    /**
     * Returns the keys of this graph's variables in an object-based checkpoint. The objects of this graph and those of
     * the checkpoint are matched from their roots, along edges of the same names. Variables of any other graph are
     * matched by name, since such a checkpoint contains the names too.
     *
     * @param checkpoint the objects of a checkpoint of this graph or a similar one
     * @return the key of each variable found, which is one of {@link #objectVariables()} if the graph is object-based,
     *     else one of {@link #variables()}
     */
    public Map<GraphVariable, String> checkpointKeys(ObjectGraph checkpoint) {
        return parts.objects() == null
                ? ObjectMatch.byFullName(variables(), checkpoint)
                : ObjectMatch.byEdges(parts.objects(), checkpoint);
    }

    /**
     * Returns the key of one of {@link #objectVariables()} according to this graph's own objects. It is usually the key
     * that {@link #checkpointKeys} finds, and needs no other checkpoint.
     *
     * @param variable a variable of this graph
     * @return for example {@code model/dense/kernel/.ATTRIBUTES/VARIABLE_VALUE}; empty for a variable that belongs to no
     *     object, or, in a SavedModel, to one that is unreachable from the root object
     */
    public Optional<String> objectKeyOf(GraphVariable variable) {
        return parts.objects() == null || variable.objectNode().isEmpty()
                ? Optional.empty()
                : parts.objects().keyOf(variable);
    }

    /**
     * Returns the path of one of {@link #objectVariables()}: the shortest one from the root object.
     *
     * @param variable a variable of this graph
     * @return for example {@code model/dense/kernel}, escaped as in {@link org.tfckpt.objects.ObjectKeys}; empty for a
     *     variable that belongs to no object, or to one that is unreachable from the root object
     */
    public Optional<String> objectPathOf(GraphVariable variable) {
        return parts.objects() == null || variable.objectNode().isEmpty()
                ? Optional.empty()
                : parts.objects().pathOf(variable);
    }

    /**
     * Returns the savers: first the one in the file's {@code saver_def}, then the others in the order of their ops.
     *
     * @return the savers; empty if the graph was exported without one
     */
    public List<GraphSaver> savers() {
        return parts.savers();
    }

    /** {@return the tags of the graph, for example {@code serve}; usually empty if this is not a SavedModel} */
    public Set<String> tags() {
        return parts.info().tags();
    }

    /**
     * {@return the version of TensorFlow that wrote the file, for example {@code 1.15.0}; empty if the file does not
     * state it}
     */
    public Optional<String> tensorFlowVersion() {
        return parts.info().tensorFlowVersion();
    }

    /**
     * {@return the version number of the graph format that the writer used, the producer; empty if the file does not
     * state it}
     */
    public OptionalInt producer() {
        return parts.info().producer();
    }

    /** {@return the number of nodes in the graph, not counting those of its functions} */
    public long nodeCount() {
        return parts.info().nodes();
    }

    /** {@return the number of functions in the graph's library} */
    public long functionCount() {
        return parts.info().functions();
    }

    /**
     * {@return the keys of all collections, including those that do not contain variables; empty if the file has no
     * collections, as in a GraphDef}
     */
    public Set<String> collections() {
        return parts.info().collections();
    }

    /** {@return the names of the signatures of a SavedModel; usually empty if this is not one} */
    public Set<String> signatures() {
        return parts.info().signatures();
    }

    /** {@return file, kind and tags in one line of text} */
    @Override
    public String toString() {
        return file() + " (" + kind() + (tags().isEmpty() ? "" : " " + String.join(",", tags())) + ")";
    }
}
