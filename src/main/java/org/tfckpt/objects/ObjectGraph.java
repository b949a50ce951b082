package org.tfckpt.objects;

import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Collections;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tfckpt.proto.TrackableObjectGraph.TrackableObject.SerializedTensor;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;

/**
 * The objects of a Python program as saved in an object-based (TF2) checkpoint, their attributes, and the keys of their
 * values.
 *
 * <p>Objects are numbered from 0, the root. An object can have several parents, and can refer to itself. Its path is
 * the shortest path from the root; {@link ObjectKeys} describes its form. All object numbers in the graph are valid.
 * Immutable and thread-safe.
 *
 * <pre>{@code
 * ObjectGraph graph = checkpoint.objectGraph().orElseThrow();
 * String key = graph.keyOf("model/dense/kernel").orElseThrow(); // model/dense/kernel/.ATTRIBUTES/VARIABLE_VALUE
 * graph.walk((depth, child) -> System.out.println("  ".repeat(depth) + child.name()));
 * }</pre>
 */
public final class ObjectGraph {
    private static final String OUTPUT = ":0";

    private final ObjectGraphBytes graph;
    private final ObjectPaths paths;

    // Created on first use. Two threads may both create one; either can stay.
    private volatile @Nullable AttributeIndex byKey;
    private volatile @Nullable AttributeIndex byFullName;
    private volatile @Nullable ObjectSearch search;
    private volatile @Nullable BitSet values;

    private ObjectGraph(ObjectGraphBytes graph) {
        this.graph = graph;
        this.paths = new ObjectPaths(graph);
    }

    /**
     * Parses and checks an object graph.
     *
     * @param serialized the element of the tensor {@link ObjectKeys#OBJECT_GRAPH}; must not be changed afterwards
     * @param place the location of the graph, for error messages
     * @return the graph
     * @throws DataLossException if the bytes are not an object graph, or refer to an object that does not exist
     */
    public static ObjectGraph parse(byte[] serialized, ErrorContext place) throws DataLossException {
        return new ObjectGraph(ObjectGraphBytes.read(serialized, place));
    }

    /** {@return the number of objects, at least 1} */
    public int size() {
        return graph.size();
    }

    /**
     * {@return an object} It is parsed on each call.
     *
     * @param id the number of the object
     * @throws IndexOutOfBoundsException if there is no object with this number
     */
    public ObjectNode node(int id) {
        Objects.checkIndex(id, size());
        return graph.node(id, paths::isOnPath);
    }

    /** {@return the root, object 0, which is the object that was saved} */
    public ObjectNode root() {
        return node(0);
    }

    /**
     * Returns the path of an object in the form that keys use.
     *
     * @param id the number of the object
     * @return the escaped path, which is {@code ""} for the root; empty if the object is not reachable from the root
     */
    public Optional<String> pathOf(int id) {
        return paths.path(Objects.checkIndex(id, size()));
    }

    /**
     * Returns the parent on an object's path.
     *
     * @param id the number of the object
     * @return the number of the parent; empty for the root, slots and unreachable objects
     */
    public OptionalInt parentOf(int id) {
        return paths.parent(Objects.checkIndex(id, size()));
    }

    /**
     * Returns the last name on an object's path.
     *
     * @param id the number of the object
     * @return the name, not escaped; {@code ""} if {@link #parentOf} is empty
     */
    public String nameOf(int id) {
        return paths.name(Objects.checkIndex(id, size())).orElse("");
    }

    /**
     * Returns the slot entry of an object that an optimizer keeps for a variable.
     *
     * @param id the number of the object
     * @return the slot; empty if the object is not a slot
     */
    public Optional<ObjectNode.Slot> slotOf(int id) {
        return paths.slotOf(Objects.checkIndex(id, size()));
    }

    /**
     * Returns whether an object keeps slots for variables.
     *
     * @param id the number of the object
     * @return true if it has slots; not all optimizers have any
     */
    public boolean isOptimizer(int id) {
        return paths.isOptimizer(Objects.checkIndex(id, size()));
    }

    /**
     * Returns whether an object or one of its descendants has values in the checkpoint: attributes, slots or a
     * registered saver. Newer releases of TensorFlow write this for each object; it is computed here for all files.
     *
     * @param id the number of the object
     * @return true if there are values
     */
    public boolean hasValues(int id) {
        Objects.checkIndex(id, size());
        BitSet having = values;
        if (having == null) {
            having = ObjectValues.of(graph);
            values = having;
        }
        return having.get(id);
    }

    /** {@return all values in the order of their objects, parsed while the stream is consumed} */
    public Stream<ObjectNode.Attribute> attributes() {
        return IntStream.range(0, graph.attributeCount()).mapToObj(graph::attribute);
    }

    /**
     * Returns the value that a tensor of the checkpoint belongs to.
     *
     * @param tensor the name of the tensor
     * @return the attribute that has this name as its key; or else the attribute of several tensors (the keys and
     *     values of a table) whose key is the longest prefix of the name
     */
    public Optional<ObjectNode.Attribute> attributeOf(String tensor) {
        AttributeIndex index = keys();
        Optional<ObjectNode.Attribute> exact = index.last(tensor);
        int attribute = tensor.lastIndexOf(ObjectKeys.ATTRIBUTES) + ObjectKeys.ATTRIBUTES.length();
        return exact.isPresent() || attribute < ObjectKeys.ATTRIBUTES.length()
                ? exact
                : index.longestPrefixOf(tensor).filter(found -> found.key().length() > attribute);
    }

    /**
     * Serializes the graph with other keys. Unknown fields are kept.
     *
     * @param newKeys maps the key of each value to its new key, or to empty to remove the value. If a slot loses all
     *     its values, the optimizer's reference to it is removed; {@code has_checkpoint_values} is updated where
     *     present
     * @return the element of the tensor {@link ObjectKeys#OBJECT_GRAPH}
     */
    public byte[] withKeys(Function<String, Optional<String>> newKeys) {
        return ObjectGraphKeys.rewritten(graph.bytes(), newKeys);
    }

    private AttributeIndex keys() {
        AttributeIndex index = byKey;
        if (index == null) {
            index = new AttributeIndex(graph, SerializedTensor.CHECKPOINT_KEY_FIELD_NUMBER);
            byKey = index;
        }
        return index;
    }

    private AttributeIndex fullNames() {
        AttributeIndex index = byFullName;
        if (index == null) {
            index = new AttributeIndex(graph, SerializedTensor.FULL_NAME_FIELD_NUMBER);
            byFullName = index;
        }
        return index;
    }

    /**
     * Finds an object by a path from the root.
     *
     * @param path names joined with {@code /}, escaped or as the program writes them, along any path, not only the
     *     shortest; or the path of a slot
     * @return the object; if a path has several meanings, escaped names take precedence
     */
    public Optional<ObjectNode> find(String path) {
        return ofVariable(path).map(variable -> node(variable.node())).or(() -> byAnyPath(path));
    }

    private Optional<ObjectNode.Attribute> ofVariable(String path) {
        return keys().last(ObjectKeys.key(path, ObjectKeys.VARIABLE_VALUE));
    }

    private Optional<ObjectNode> byAnyPath(String path) {
        ObjectSearch made = search;
        if (made == null) {
            made = new ObjectSearch(graph);
            search = made;
        }
        OptionalInt found = made.byEscaped(path);
        found = found.isPresent() ? found : made.byName(path);
        return found.isPresent() ? Optional.of(node(found.getAsInt())) : Optional.empty();
    }

    /**
     * Finds the key of a tensor by any of its names.
     *
     * @param pathOrFullName in order of precedence: the key itself; the escaped path of a variable; a variable's full
     *     name in a TF1 graph, with or without {@code :0}; or a path that {@link #find} accepts, of an object that has
     *     a {@link ObjectNode#valueKey()}
     * @return the key
     */
    public Optional<String> keyOf(String pathOrFullName) {
        return keys().last(pathOrFullName)
                .or(() -> ofVariable(pathOrFullName))
                .or(() -> ofFullName(pathOrFullName))
                .map(ObjectNode.Attribute::key)
                .filter(key -> !key.isEmpty())
                .or(() -> byAnyPath(pathOrFullName).flatMap(ObjectNode::valueKey));
    }

    private Optional<ObjectNode.Attribute> ofFullName(String name) {
        String other = name.endsWith(OUTPUT) ? name.substring(0, name.length() - OUTPUT.length()) : name + OUTPUT;
        return fullNames().last(name).or(() -> fullNames().last(other));
    }

    /**
     * Returns the keys of variables by their full names, as a name-based saver of TensorFlow looks them up. If several
     * variables have the same name (for example the {@code total} of several metrics), the last one is used, as in
     * TensorFlow.
     *
     * @return an unmodifiable map in the order of the objects; values without a full name are not included
     */
    public Map<String, String> keysByFullName() {
        Map<String, String> keys = new LinkedHashMap<>();
        attributes()
                .filter(attribute -> !attribute.fullName().isEmpty())
                .forEach(attribute -> keys.put(attribute.fullName(), attribute.key()));
        return Collections.unmodifiableMap(keys);
    }

    /**
     * {@return the key of the counter of saved checkpoints, an int64 that is 1 in the first one; empty if the root has
     * no {@code save_counter}, as after {@code Checkpoint.write}}
     */
    public Optional<String> saveCounterKey() {
        return root().children().stream()
                .filter(child -> child.name().equals("save_counter"))
                .findFirst()
                .flatMap(child -> node(child.node()).valueKey());
    }

    /** A callback for {@link #walk}. */
    @FunctionalInterface
    public interface Visitor {
        /**
         * Called for each edge. The parent is the last object visited at {@code depth - 1}.
         *
         * @param depth the depth of the edge; 0 for a child of the root
         * @param child the edge; the walk continues below it only if it is
         *     {@link ObjectNode.Child#onPath() on the path} of the child
         */
        void visit(int depth, ObjectNode.Child child);
    }

    /**
     * Visits all objects that are reachable from the root, depth first and in the order in which they were saved: each
     * edge once, and the edges of each object once. The walk is not recursive, so the depth of the graph is not
     * limited.
     *
     * @param visitor called for each edge
     */
    public void walk(Visitor visitor) {
        Deque<Iterator<ObjectNode.Child>> open = new ArrayDeque<>();
        open.push(root().children().iterator());
        while (!open.isEmpty()) {
            Iterator<ObjectNode.Child> children = open.peek();
            if (!children.hasNext()) {
                open.pop();
                continue;
            }
            ObjectNode.Child child = children.next();
            visitor.visit(open.size() - 1, child);
            if (child.onPath()) {
                open.push(node(child.node()).children().iterator());
            }
        }
    }

    /** {@return the size of the graph as text, for example {@code "4 objects, 1 value"}} */
    @Override
    public String toString() {
        int count = graph.attributeCount();
        return size() + (size() == 1 ? " object, " : " objects, ") + count + (count == 1 ? " value" : " values");
    }
}
