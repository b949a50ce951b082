package org.tfckpt.restore;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tfckpt.graph.GraphVariable;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.ShapeAndSlice;
import org.tfckpt.tensor.TensorInfo;

/**
 * A variable that someone wants to have from a checkpoint.
 *
 * @param variable what the graph calls it: {@code scope/v}, for a part of a partitioned variable {@code scope/v/part_0}
 * @param name the name that it is saved under: for most the same, for a part that of the whole ({@code scope/v})
 * @param dtype the dtype; {@link DataType#DT_INVALID} if nobody knows, and any fits
 * @param shape the variable's own shape, a part's the part's; an unknown dimension is −1; empty if not even the rank is
 *     known
 * @param part which part of the whole it is, for a part of a partitioned variable
 * @param reference whether it is one of the older reference variables, and not a resource
 * @param trainable whether it is trained
 */
public record Wanted(
        String variable,
        String name,
        DataType dtype,
        Optional<Shape> shape,
        Optional<ShapeAndSlice> part,
        boolean reference,
        boolean trainable) {

    /**
     * A whole, trainable variable.
     *
     * @param name what the graph calls it and saves it under
     * @param dtype the dtype
     * @param shape the shape; −1 is an unknown dimension
     * @return the variable
     */
    public static Wanted of(String name, DataType dtype, Shape shape) {
        return new Wanted(name, name, dtype, Optional.of(shape), Optional.empty(), false, true);
    }

    /**
     * A whole, trainable variable of which nobody knows the shape.
     *
     * @param name what the graph calls it and saves it under
     * @param dtype the dtype
     * @return the variable
     */
    public static Wanted ofUnknownShape(String name, DataType dtype) {
        return new Wanted(name, name, dtype, Optional.empty(), Optional.empty(), false, true);
    }

    /**
     * A part of a partitioned variable.
     *
     * @param variable what the graph calls the part
     * @param name the whole's name
     * @param dtype the dtype
     * @param part the whole's shape, and where in it the part lies
     * @return the variable
     */
    public static Wanted part(String variable, String name, DataType dtype, ShapeAndSlice part) {
        Shape own = part.slice().of(part.shape());
        return new Wanted(variable, name, dtype, Optional.of(own), Optional.of(part), false, true);
    }

    /**
     * A variable of a graph, under the name that it is saved under unless a saver was told otherwise.
     *
     * @param variable the graph's
     * @return the variable; one of which the graph does not say whether it is trained counts as one that is
     */
    public static Wanted of(GraphVariable variable) {
        return new Wanted(
                variable.name(),
                variable.savedName(),
                variable.dtype(),
                variable.shape(),
                variable.partition(),
                variable.isReference(),
                variable.trainable().orElse(true));
    }

    /**
     * The variables of a graph.
     *
     * @param variables the graph's
     * @param keys names in a checkpoint where they are others than those that the variables are saved under by default:
     *     what a saver says, or the keys of objects. Of variables that share a name (metrics of a TF2 model) those
     *     after the first are called by their keys
     * @return the variables in their order
     */
    public static List<Wanted> of(Collection<GraphVariable> variables, Map<GraphVariable, String> keys) {
        Set<String> names = new HashSet<>();
        List<Wanted> all = new ArrayList<>(variables.size());
        for (GraphVariable variable : variables) {
            Wanted wanted = of(variable);
            String key = keys.getOrDefault(variable, wanted.name);
            String name = names.add(wanted.variable) ? wanted.variable : key;
            all.add(new Wanted(name, key, wanted.dtype, wanted.shape, wanted.part, wanted.reference, wanted.trainable));
        }
        return List.copyOf(all);
    }

    /**
     * The same saved under another name.
     *
     * @param savedName the name
     * @return another value
     */
    public Wanted savedAs(String savedName) {
        return new Wanted(variable, savedName, dtype, shape, part, reference, trainable);
    }

    /**
     * The same as a reference variable.
     *
     * @return another value
     */
    public Wanted asReference() {
        return new Wanted(variable, name, dtype, shape, part, true, trainable);
    }

    /**
     * The same as one that is not trained.
     *
     * @return another value
     */
    public Wanted asNotTrainable() {
        return new Wanted(variable, name, dtype, shape, part, reference, false);
    }

    /**
     * The shape that the tensor in the checkpoint should have: the variable's, or the whole's for a part.
     *
     * @return empty if nobody knows
     */
    public Optional<Shape> tensorShape() {
        return part.map(ShapeAndSlice::shape).or(() -> shape);
    }

    /**
     * Whether a tensor's shape is the one wanted, as far as that is known.
     *
     * @param tensor of a checkpoint
     * @return false if ranks or known dimensions differ
     */
    public boolean fitsShape(TensorInfo tensor) {
        return tensorShape().map(wanted -> compatible(wanted, tensor.shape())).orElse(true);
    }

    private static boolean compatible(Shape wanted, Shape found) {
        if (wanted.rank() != found.rank()) {
            return false;
        }
        for (int axis = 0; axis < wanted.rank(); axis++) {
            if (wanted.dimension(axis) >= 0 && wanted.dimension(axis) != found.dimension(axis)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether a tensor's dtype is the one wanted, as far as that is known.
     *
     * @param tensor of a checkpoint
     * @return false if it is another one
     */
    public boolean fitsDtype(TensorInfo tensor) {
        return dtype == DataType.DT_INVALID || dtype.number() == tensor.dtypeNumber();
    }

    /**
     * Whether a tensor may be read into this variable.
     *
     * @param tensor of a checkpoint
     * @return {@link #fitsShape} and {@link #fitsDtype}
     */
    public boolean fits(TensorInfo tensor) {
        return fitsShape(tensor) && fitsDtype(tensor);
    }

    /**
     * A line for this variable.
     *
     * @return for example {@code input/init_conv/DW DT_FLOAT [3,3,3,16]}; an unknown dimension is {@code ?}
     */
    @Override
    public String toString() {
        return variable + " " + dtype + " " + text(shape)
                + part.map(whole -> " of " + name + " " + whole).orElse("");
    }

    static String text(Optional<Shape> shape) {
        return shape.map(known -> known.toString().replace("-1", "?")).orElse("<unknown>");
    }
}
