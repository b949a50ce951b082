package org.tfckpt.graph;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tfckpt.proto.VariableDef;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.ShapeAndSlice;
import org.tfckpt.tensor.TensorNames;

/**
 * A variable of a graph: what its node says, and what the graph's collections add to that.
 *
 * <p>Immutable. Two variables are equal only if they are the same one of the same {@link Graph}; {@link Variables}
 * compares by {@link #name()}.
 */
public final class GraphVariable {
    private static final Set<String> REFERENCES = Set.of("VariableV2", "Variable", "AutoReloadVariable");

    private final String name;
    private final String op;
    private final int dtypeNumber;
    private final @Nullable Shape shape;
    private final @Nullable String sharedName;
    private final Set<String> collections;
    private final @Nullable Boolean trainable;
    private final VariableDef definition;
    private final @Nullable ShapeAndSlice partition;
    private final boolean optimizerSlot;
    private final int objectNode;

    /** What is known of a variable so far: first from its node, then from other parts of the file. */
    static final class Builder {
        final String name;
        final String op;
        final int dtypeNumber;
        final @Nullable Shape shape;

        @Nullable
        String sharedName;

        /** In alphabetical order, and not changed any more. */
        Set<String> collections = Set.of();

        @Nullable
        Boolean trainable;

        VariableDef definition = VariableDef.getDefaultInstance();

        @Nullable
        ShapeAndSlice partition;

        boolean optimizerSlot;
        int objectNode = -1;

        Builder(String name, String op, int dtypeNumber, @Nullable Shape shape) {
            this.name = name;
            this.op = op;
            this.dtypeNumber = dtypeNumber;
            this.shape = shape;
        }

        GraphVariable build() {
            return new GraphVariable(this);
        }
    }

    private GraphVariable(Builder builder) {
        this.name = builder.name;
        this.op = builder.op;
        this.dtypeNumber = builder.dtypeNumber;
        this.shape = builder.shape;
        this.sharedName = builder.sharedName;
        this.collections = Collections.unmodifiableSet(builder.collections);
        this.trainable = builder.trainable;
        this.definition = builder.definition;
        this.partition = builder.partition;
        this.optimizerSlot = builder.optimizerSlot;
        this.objectNode = builder.objectNode;
    }

    /**
     * A variable that is in no graph: for whoever has a list of names, dtypes and shapes alone.
     *
     * @param name the name
     * @param dtype the dtype
     * @param shape the shape, with −1 for an unknown dimension; null if it is unknown altogether
     * @return a resource variable of which nothing else is known
     */
    public static GraphVariable of(String name, DataType dtype, @Nullable Shape shape) {
        return new Builder(name, "VarHandleOp", dtype.number(), shape).build();
    }

    /**
     * The name of the variable's node.
     *
     * @return for example {@code input/init_conv/DW}; without {@code :0}
     */
    public String name() {
        return name;
    }

    /**
     * The name under which TensorFlow saves the variable unless it is told otherwise: its name, but the whole variable's
     * name for a part of a partitioned variable. A saver may have been told otherwise: see {@link GraphSaver}.
     *
     * @return the name in a checkpoint; of a variable of an object graph ({@link #objectNode()}) its name, although its
     *     key in a checkpoint is another: see {@link Graph#checkpointKeys}
     */
    public String savedName() {
        String fullName = definition.getSaveSliceInfoDef().getFullName();
        return fullName.isEmpty() ? name : fullName;
    }

    /**
     * The op of the variable's node.
     *
     * @return {@code VariableV2}, {@code Variable}, {@code AutoReloadVariable} or {@code VarHandleOp}
     */
    public String op() {
        return op;
    }

    /**
     * Whether the variable is a reference, as all were before resource variables.
     *
     * @return false for a resource ({@code VarHandleOp})
     */
    public boolean isReference() {
        return REFERENCES.contains(op);
    }

    /**
     * The dtype of the value: not of the reference, nor of the handle.
     *
     * @return {@link DataType#UNKNOWN} if the number is not in TensorFlow's table
     */
    public DataType dtype() {
        return DataType.ofNumber(dtypeNumber);
    }

    /**
     * The dtype of the value as the file has it; {@link #dtype()} is the one to use.
     *
     * @return the number
     */
    public int dtypeNumber() {
        return dtypeNumber;
    }

    /**
     * The shape of the variable itself: of a part of a partitioned variable the part's.
     *
     * @return the shape, with −1 for an unknown dimension; nothing if not even the rank is known
     */
    public Optional<Shape> shape() {
        return Optional.ofNullable(shape);
    }

    /**
     * The shape of the tensor that holds the variable in a checkpoint: of a part of a partitioned variable the whole
     * variable's.
     *
     * @return the shape, with −1 for an unknown dimension; nothing if not even the rank is known
     */
    public Optional<Shape> savedShape() {
        return partition == null ? shape() : Optional.of(partition.shape());
    }

    /**
     * Whether a tensor of this shape can hold the variable: whether it is {@link #savedShape()}, as far as that is known.
     *
     * @param found a tensor's shape
     * @return true if no known dimension differs
     */
    public boolean acceptsShape(Shape found) {
        Shape wanted = savedShape().orElse(found);
        if (wanted.rank() != found.rank()) {
            return false;
        }
        for (int axis = 0; axis < wanted.rank(); axis++) {
            if (wanted.dimension(axis) != -1 && wanted.dimension(axis) != found.dimension(axis)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Which part of which whole this variable is.
     *
     * @return for example {@code 10 3 0,5:0,3}; nothing if it is not part of a partitioned variable, as far as the graph
     *     says (a GraphDef does not)
     */
    public Optional<ShapeAndSlice> partition() {
        return Optional.ofNullable(partition);
    }

    /**
     * The name by which sessions share the variable.
     *
     * @return nothing if the node states none
     */
    public Optional<String> sharedName() {
        return Optional.ofNullable(sharedName);
    }

    /**
     * The collections that hold the variable, by their keys: {@code variables} is that of the global ones.
     *
     * @return keys in alphabetical order; none where the file has no collections (a GraphDef)
     */
    public Set<String> collections() {
        return collections;
    }

    /**
     * Whether the variable is in a collection.
     *
     * @param key for example {@code trainable_variables}
     * @return false too where the file has no collections
     */
    public boolean isIn(String key) {
        return collections.contains(key);
    }

    /**
     * Whether the variable is meant to be trained.
     *
     * @return nothing where the file does not say: a GraphDef never does
     */
    public Optional<Boolean> trainable() {
        return Optional.ofNullable(trainable);
    }

    /**
     * The op that gives the variable its initial value.
     *
     * @return for example {@code v/Assign}; nothing where the file does not say
     */
    public Optional<String> initializer() {
        return ifNotEmpty(definition.getInitializerName());
    }

    /**
     * The tensor of the initial value.
     *
     * @return for example {@code v/initial_value:0}; nothing where the file does not say
     */
    public Optional<String> initialValue() {
        return ifNotEmpty(definition.getInitialValueName());
    }

    /**
     * The tensor by which the rest of the graph reads the variable.
     *
     * @return for example {@code v/read:0}; nothing where the file does not say
     */
    public Optional<String> snapshot() {
        return ifNotEmpty(definition.getSnapshotName());
    }

    /**
     * Whether an optimizer keeps the variable for another one, or for its own count: {@code DW/Momentum},
     * {@code beta1_power}. The graph's training ops say so, or else the name.
     *
     * @return false for moving averages
     */
    public boolean isOptimizerSlot() {
        return optimizerSlot;
    }

    /**
     * The variable's object in a TF2 SavedModel.
     *
     * @return the number in the SavedModel's own object graph; nothing for a variable that comes from a node
     */
    public OptionalInt objectNode() {
        return objectNode < 0 ? OptionalInt.empty() : OptionalInt.of(objectNode);
    }

    private static Optional<String> ifNotEmpty(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    /**
     * The variable as Python prints its name, dtype and shape.
     *
     * @return for example {@code input/init_conv/DW:0 <dtype: 'float32_ref'> (3, 3, 3, 16)}; an unknown dimension is
     *     {@code ?}, an unknown shape {@code <unknown>}
     */
    public String toPython() {
        return printable() + " <dtype: '" + pythonDtype() + "'> " + pythonShape("?");
    }

    /**
     * The variable as Python represents it.
     *
     * @return for example {@code <tf.Variable 'v:0' shape=(5, 10) dtype=float32_ref>}; an unknown dimension is
     *     {@code None}, an unknown shape {@code <unknown>}
     */
    public String toPythonRepr() {
        return "<tf.Variable '" + printable() + "' shape=" + pythonShape("None") + " dtype=" + pythonDtype() + ">";
    }

    private String printable() {
        return TensorNames.printable(name) + ":0";
    }

    private String pythonDtype() {
        String value = dtype() == DataType.UNKNOWN ? DataType.shortName(dtypeNumber) : dtype().pythonName();
        return isReference() ? value + "_ref" : value;
    }

    private String pythonShape(String unknown) {
        if (shape == null) {
            return "<unknown>";
        }
        String dimensions = String.join(", ", dimensions(shape, unknown));
        return shape.rank() == 1 ? "(" + dimensions + ",)" : "(" + dimensions + ")";
    }

    private static List<String> dimensions(Shape shape, String unknown) {
        return Arrays.stream(shape.toArray())
                .mapToObj(size -> size == -1 ? unknown : Long.toString(size))
                .toList();
    }

    /**
     * A line for the variable.
     *
     * @return for example {@code input/init_conv/DW:0 DT_FLOAT [3,3,3,16]}; an unknown dimension is {@code ?}, an unknown
     *     shape {@code <unknown>}
     */
    @Override
    public String toString() {
        String dimensions = shape == null ? "<unknown>" : "[" + String.join(",", dimensions(shape, "?")) + "]";
        return printable() + " " + DataType.enumName(dtypeNumber) + " " + dimensions;
    }
}
