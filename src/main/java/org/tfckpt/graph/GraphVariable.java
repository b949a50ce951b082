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
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;

/**
 * A variable of a graph, with the properties stated by its node and by the graph's collections.
 *
 * <p>Instances are immutable and are equal only if they are the same object; {@link Variables} compares by
 * {@link #name()}.
 */
public final class GraphVariable {
    private static final String UNKNOWN = "<unknown>";
    private static final Set<String> REFERENCES = Set.of("VariableV2", "Variable", "AutoReloadVariable");

    /** Not changed after construction. */
    private final Builder properties;

    /** Collects the properties of a variable: first from its node, then from other parts of the file. */
    static final class Builder {
        final String name;
        final String op;
        final int dtypeNumber;
        final @Nullable Shape shape;

        @Nullable
        String sharedName;

        /** In alphabetical order. */
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

        /** Starts a variable that a tensor of a checkpoint belongs to. */
        static Builder of(String name, TensorInfo tensor) {
            return new Builder(name, "VarHandleOp", tensor.dtypeNumber(), tensor.shape());
        }

        GraphVariable build() {
            return new GraphVariable(this);
        }
    }

    private GraphVariable(Builder properties) {
        this.properties = properties;
    }

    /**
     * Creates a variable that belongs to no graph, for callers that only have names, dtypes and shapes.
     *
     * @param name the name
     * @param dtype the dtype
     * @param shape the shape, with -1 for an unknown dimension; null if not even the rank is known
     * @return a resource variable without other properties
     */
    public static GraphVariable of(String name, DataType dtype, @Nullable Shape shape) {
        return new Builder(name, "VarHandleOp", dtype.number(), shape).build();
    }

    /** {@return the name of the variable's node, for example {@code input/init_conv/DW}; without {@code :0}} */
    public String name() {
        return properties.name;
    }

    /**
     * Returns the name under which TensorFlow saves the variable by default: its name, or for a part of a partitioned
     * variable the name of the whole variable. A saver may use other names: see {@link GraphSaver}.
     *
     * @return the name in a name-based checkpoint; {@link Graph#checkpointKeys} returns the key of a variable of an
     *     object graph ({@link #objectNode()})
     */
    public String savedName() {
        String fullName = properties.definition.getSaveSliceInfoDef().getFullName();
        return fullName.isEmpty() ? properties.name : fullName;
    }

    /**
     * {@return the op of the variable's node: {@code VariableV2}, {@code Variable}, {@code AutoReloadVariable} or
     * {@code VarHandleOp}}
     */
    public String op() {
        return properties.op;
    }

    /**
     * {@return whether the variable is a reference variable, as all were before resource variables; false for a
     * resource variable ({@code VarHandleOp})}
     */
    public boolean isReference() {
        return REFERENCES.contains(properties.op);
    }

    /**
     * {@return the dtype of the value (not that of the reference or of the handle); {@link DataType#UNKNOWN} if the
     * number is not in TensorFlow's table; {@link DataType#DT_INVALID} if the dtype is not known, as in some texts}
     */
    public DataType dtype() {
        return DataType.ofNumber(properties.dtypeNumber);
    }

    /**
     * {@return the number of the dtype as stored in the file, for a {@link #dtype()} that is not known}
     */
    public int dtypeNumber() {
        return properties.dtypeNumber;
    }

    /**
     * {@return the shape of the variable, with -1 for an unknown dimension; for a part of a partitioned variable, the
     * shape of the part; empty if not even the rank is known}
     */
    public Optional<Shape> shape() {
        return Optional.ofNullable(properties.shape);
    }

    /**
     * {@return the shape of the tensor that contains the variable in a checkpoint, with -1 for an unknown dimension;
     * for a part of a partitioned variable, the shape of the whole variable; empty if not even the rank is known}
     */
    public Optional<Shape> savedShape() {
        return partition().map(ShapeAndSlice::shape).or(this::shape);
    }

    /**
     * Returns whether a tensor's shape equals {@link #savedShape()}, as far as that is known.
     *
     * @param found the tensor's shape
     * @return true if rank and known dimensions are equal
     */
    public boolean acceptsShape(Shape found) {
        return savedShape().map(wanted -> wanted.accepts(found)).orElse(true);
    }

    /**
     * {@return the part of a partitioned variable that this is, for example {@code 10 3 0,5:0,3}; empty if it is not a
     * part, or if the file does not state it, as in a GraphDef}
     */
    public Optional<ShapeAndSlice> partition() {
        return Optional.ofNullable(properties.partition);
    }

    /** {@return the name by which sessions share the variable; empty if the node has none} */
    public Optional<String> sharedName() {
        return Optional.ofNullable(properties.sharedName);
    }

    /**
     * Returns the keys of the collections that contain the variable, such as {@code variables} for global variables.
     *
     * @return the keys in alphabetical order; empty if the file has no collections, as in a GraphDef
     */
    public Set<String> collections() {
        return Collections.unmodifiableSet(properties.collections);
    }

    /**
     * Returns whether the variable is in a collection.
     *
     * @param key for example {@code trainable_variables}
     * @return false also if the file has no collections
     */
    public boolean isIn(String key) {
        return properties.collections.contains(key);
    }

    /** {@return whether the variable is trainable; empty if the file does not state it, as in a GraphDef} */
    public Optional<Boolean> trainable() {
        return Optional.ofNullable(properties.trainable);
    }

    /**
     * {@return the op that initializes the variable, for example {@code v/Assign}; empty if the file does not state it}
     */
    public Optional<String> initializer() {
        return ifNotEmpty(properties.definition.getInitializerName());
    }

    /**
     * {@return the tensor of the initial value, for example {@code v/initial_value:0}; empty if the file does not state
     * it}
     */
    public Optional<String> initialValue() {
        return ifNotEmpty(properties.definition.getInitialValueName());
    }

    /**
     * {@return the tensor through which the rest of the graph reads the variable, for example {@code v/read:0}; empty
     * if the file does not state it}
     */
    public Optional<String> snapshot() {
        return ifNotEmpty(properties.definition.getSnapshotName());
    }

    /**
     * Returns whether the variable is state of an optimizer, such as {@code DW/Momentum}, {@code beta1_power} or {@code
     * training/Adam/learning_rate}. This is determined from the graph's training ops, or else from the name.
     *
     * @return false for moving averages
     */
    public boolean isOptimizerSlot() {
        return properties.optimizerSlot;
    }

    /**
     * {@return the id of the variable's object in the object graph of a TF2 SavedModel or checkpoint; empty for a
     * variable that belongs to no object}
     */
    public OptionalInt objectNode() {
        return properties.objectNode < 0 ? OptionalInt.empty() : OptionalInt.of(properties.objectNode);
    }

    private static Optional<String> ifNotEmpty(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    /**
     * {@return the variable's name, dtype and shape as Python prints them, for example {@code input/init_conv/DW:0
     * <dtype: 'float32_ref'> (3, 3, 3, 16)}; an unknown dimension is {@code ?}, an unknown shape {@code <unknown>}; an
     * unknown dtype is left out}
     */
    public String toPython() {
        String type = properties.dtypeNumber == 0 ? "" : "<dtype: '" + pythonDtype() + "'> ";
        return printable() + " " + type + pythonShape("?");
    }

    /**
     * Returns the variable's {@code repr} in Python.
     *
     * @return for example {@code <tf.Variable 'v:0' shape=(5, 10) dtype=float32_ref>}; an unknown dimension is
     *     {@code None}, an unknown dtype or shape {@code <unknown>}
     */
    public String toPythonRepr() {
        return "<tf.Variable '" + printable() + "' shape=" + pythonShape("None") + " dtype=" + pythonDtype() + ">";
    }

    private String printable() {
        return TensorNames.printable(properties.name) + ":0";
    }

    private String pythonDtype() {
        if (properties.dtypeNumber == 0) {
            return UNKNOWN;
        }
        String value = dtype() == DataType.UNKNOWN ? DataType.shortName(properties.dtypeNumber) : dtype().pythonName();
        return isReference() ? value + "_ref" : value;
    }

    private String pythonShape(String unknown) {
        Shape shape = properties.shape;
        if (shape == null) {
            return UNKNOWN;
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
     * {@return name, dtype and shape, for example {@code input/init_conv/DW:0 DT_FLOAT [3,3,3,16]}; an unknown
     * dimension is {@code ?}, an unknown dtype or shape {@code <unknown>}}
     */
    @Override
    public String toString() {
        String type = properties.dtypeNumber == 0 ? UNKNOWN : DataType.enumName(properties.dtypeNumber);
        String dimensions = shape().map(shape -> "[" + String.join(",", dimensions(shape, "?")) + "]")
                .orElse(UNKNOWN);
        return printable() + " " + type + " " + dimensions;
    }
}
