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
 * The objects of a Python program as an object-based (TF2) checkpoint has saved them: which object holds which under
 * what name, and under which key each has its values.
 *
 * <p>Objects are numbered from 0, the root. An object may be held by several others, and hold itself. Its path is the
 * shortest way to it from the root; {@link ObjectKeys} says how it is written. Every number that the graph mentions has
 * been checked. Immutable, and safe from many threads.
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

    // Made when first asked for; two threads may both make one, and it does not matter whose stays.
    private volatile @Nullable AttributeIndex byKey;
    private volatile @Nullable AttributeIndex byFullName;
    private volatile @Nullable ObjectSearch byWay;
    private volatile @Nullable BitSet values;

    private ObjectGraph(ObjectGraphBytes graph) {
        this.graph = graph;
        this.paths = new ObjectPaths(graph);
    }

    /**
     * Reads a graph.
     *
     * @param serialized the one element of the entry {@link ObjectKeys#OBJECT_GRAPH}
     * @param place where it was found, for messages
     * @return the graph
     * @throws DataLossException if it is no such graph, or contradicts itself
     */
    public static ObjectGraph parse(byte[] serialized, ErrorContext place) throws DataLossException {
        return new ObjectGraph(ObjectGraphBytes.read(serialized, place));
    }

    /**
     * The number of objects.
     *
     * @return at least 1
     */
    public int size() {
        return graph.size();
    }

    /**
     * An object.
     *
     * @param id its number
     * @return the object
     * @throws IndexOutOfBoundsException if there is none of that number
     */
    public ObjectNode node(int id) {
        Objects.checkIndex(id, size());
        return graph.node(id, paths::isOnPath);
    }

    /**
     * The object that was saved.
     *
     * @return the object of number 0
     */
    public ObjectNode root() {
        return node(0);
    }

    /**
     * The path of an object, as keys have it.
     *
     * @param id its number
     * @return escaped names; empty for the root; nothing for an object that no way leads to from the root
     */
    public Optional<String> pathOf(int id) {
        return paths.path(Objects.checkIndex(id, size()));
    }

    /**
     * The object before the last on an object's path.
     *
     * @param id its number
     * @return nothing for the root, for slots, and for what no way leads to
     */
    public OptionalInt parentOf(int id) {
        return paths.parent(Objects.checkIndex(id, size()));
    }

    /**
     * The last name on an object's path.
     *
     * @param id its number
     * @return the attribute that holds it, not escaped; empty where {@link #parentOf} is
     */
    public String nameOf(int id) {
        return paths.name(Objects.checkIndex(id, size())).orElse("");
    }

    /**
     * What an object is for an optimizer, if an optimizer keeps it for a variable.
     *
     * @param id its number
     * @return the slot
     */
    public Optional<ObjectNode.Slot> slotOf(int id) {
        return paths.slotOf(Objects.checkIndex(id, size()));
    }

    /**
     * Whether an object keeps slots for variables.
     *
     * @param id its number
     * @return true for an optimizer that has slots; there are some that need none
     */
    public boolean isOptimizer(int id) {
        return paths.isOptimizer(Objects.checkIndex(id, size()));
    }

    /**
     * Whether an object has values in the checkpoint: attributes, slots or a saver of its own, in itself or in an object
     * below it.
     *
     * @param id its number
     * @return as newer releases of TensorFlow say of each object, and older ones do not
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

    /**
     * All values, in the order of their objects.
     *
     * @return the attributes, decoded as the stream is consumed
     */
    public Stream<ObjectNode.Attribute> attributes() {
        return IntStream.range(0, graph.attributeCount()).mapToObj(graph::attribute);
    }

    /**
     * The value that a tensor of the checkpoint belongs to.
     *
     * @param tensor the tensor's name
     * @return the attribute of this key, or the one whose tensors' keys begin with its own: keys and values of a table
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
     * The stored form of the same objects whose values have other keys.
     *
     * @param newKeys from the key of a value to its new one, the same for one that stays; nothing for a value that is not
     *     in the checkpoint any more. An optimizer's slot that loses all its values is one no more, and what the graph
     *     says of where there are values follows
     * @return what belongs under {@link ObjectKeys#OBJECT_GRAPH}; fields that nobody here knows are in it still
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
     * Finds an object by the names that lead to it from the root.
     *
     * @param path names joined with {@code /}: as a program writes them or escaped, and along any way, not the shortest
     *     alone; also the path of a slot
     * @return the object; where a text can be read in several ways, escaped comes first
     */
    public Optional<ObjectNode> find(String path) {
        return ofVariable(path).map(variable -> node(variable.node())).or(() -> alongAnyWay(path));
    }

    private Optional<ObjectNode.Attribute> ofVariable(String path) {
        return keys().last(ObjectKeys.key(path, ObjectKeys.VARIABLE_VALUE));
    }

    private Optional<ObjectNode> alongAnyWay(String path) {
        ObjectSearch search = byWay;
        if (search == null) {
            search = new ObjectSearch(graph);
            byWay = search;
        }
        OptionalInt found = search.byEscaped(path);
        found = found.isPresent() ? found : search.byName(path);
        return found.isPresent() ? Optional.of(node(found.getAsInt())) : Optional.empty();
    }

    /**
     * The key of a tensor by whatever name a person has for it.
     *
     * @param pathOrFullName taken in this order for: the key itself; the path of a variable, as its key has it; a
     *     variable's full name in a TF1 graph, with or without {@code :0}; whatever {@link #find} takes for an object that
     *     has a variable's value, or only one
     * @return the key
     */
    public Optional<String> keyOf(String pathOrFullName) {
        return keys().last(pathOrFullName)
                .or(() -> ofVariable(pathOrFullName))
                .or(() -> ofFullName(pathOrFullName))
                .map(ObjectNode.Attribute::key)
                .filter(key -> !key.isEmpty())
                .or(() -> alongAnyWay(pathOrFullName).flatMap(ObjectNode::valueKey));
    }

    private Optional<ObjectNode.Attribute> ofFullName(String name) {
        String other = name.endsWith(OUTPUT) ? name.substring(0, name.length() - OUTPUT.length()) : name + OUTPUT;
        return fullNames().last(name).or(() -> fullNames().last(other));
    }

    /**
     * The keys of variables by their full names, as a name-based saver of TensorFlow looks them up. Of several variables
     * with one name (metrics: {@code total}, {@code count}) the last one has it, as there.
     *
     * @return an unmodifiable map in the order of the objects; what has no full name is not in it
     */
    public Map<String, String> keysByFullName() {
        Map<String, String> keys = new LinkedHashMap<>();
        attributes()
                .filter(attribute -> !attribute.fullName().isEmpty())
                .forEach(attribute -> keys.put(attribute.fullName(), attribute.key()));
        return Collections.unmodifiableMap(keys);
    }

    /**
     * The key of the counter that numbers the checkpoints of a program: an int64, 1 in the first one.
     *
     * @return nothing if the root holds no {@code save_counter}, as when the checkpoint was written but not counted
     */
    public Optional<String> saveCounterKey() {
        return root().children().stream()
                .filter(child -> child.name().equals("save_counter"))
                .findFirst()
                .flatMap(child -> node(child.node()).valueKey());
    }

    /** Is told of the objects that a walk comes to. */
    @FunctionalInterface
    public interface Visitor {
        /**
         * An object is held by the one before it that is a step less deep.
         *
         * @param depth 0 for what the root holds
         * @param child the object; if it is not {@link ObjectNode.Child#onPath() on its path}, then the walk does not
         *     enter it here, but where its path leads
         */
        void visit(int depth, ObjectNode.Child child);
    }

    /**
     * Goes through all that the root holds, depth first and in the order of saving, as a tree is printed: along each
     * edge once, and into each object once. However deep the graph is, the walk does not recurse.
     *
     * @param visitor told of each edge
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

    /**
     * How much there is of it.
     *
     * @return the number of objects and of values
     */
    @Override
    public String toString() {
        return size() + " objects, " + graph.attributeCount() + " values";
    }
}
