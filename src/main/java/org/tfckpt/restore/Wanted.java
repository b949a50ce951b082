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
 * A variable to restore from a checkpoint.
 *
 * @param variable the name in the graph: {@code scope/v}, or {@code scope/v/part_0} for a part of a partitioned
 *     variable
 * @param name the name it is saved under: usually the same; for a part, the name of the whole variable
 *     ({@code scope/v})
 * @param dtype the dtype; {@link DataType#DT_INVALID} if it is unknown, which any dtype fits
 * @param shape the shape of the variable or of the part; −1 is an unknown dimension; empty if the rank is unknown
 * @param part the shape of the whole and the position of the part, for a part of a partitioned variable
 * @param reference whether it is a reference variable (the older kind) instead of a resource variable
 * @param trainable whether it is trainable
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
     * {@return a whole, trainable variable}
     *
     * @param name the name in the graph and in the checkpoint
     * @param dtype the dtype
     * @param shape the shape; −1 is an unknown dimension
     */
    public static Wanted of(String name, DataType dtype, Shape shape) {
        return new Wanted(name, name, dtype, Optional.of(shape), Optional.empty(), false, true);
    }

    /**
     * {@return a whole, trainable variable with an unknown shape}
     *
     * @param name the name in the graph and in the checkpoint
     * @param dtype the dtype
     */
    public static Wanted ofUnknownShape(String name, DataType dtype) {
        return new Wanted(name, name, dtype, Optional.empty(), Optional.empty(), false, true);
    }

    /**
     * {@return a part of a partitioned variable}
     *
     * @param variable the name of the part in the graph
     * @param name the name of the whole variable
     * @param dtype the dtype
     * @param part the shape of the whole variable and the position of the part
     */
    public static Wanted part(String variable, String name, DataType dtype, ShapeAndSlice part) {
        Shape own = part.slice().of(part.shape());
        return new Wanted(variable, name, dtype, Optional.of(own), Optional.of(part), false, true);
    }

    /**
     * {@return a variable of a graph with the name it is saved under by default; trainable if the graph does not state
     * it}
     *
     * @param variable the variable of the graph
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
     * {@return the variables of a graph, in their order}
     *
     * @param variables the variables of the graph
     * @param keys the names in the checkpoint that differ from the default, from a saver or from the keys of objects.
     *     If variables share a name (metrics of a TF2 model), all but the first are named by their keys
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
     * {@return this variable with another saved name}
     *
     * @param savedName the name in the checkpoint
     */
    public Wanted savedAs(String savedName) {
        return new Wanted(variable, savedName, dtype, shape, part, reference, trainable);
    }

    /** {@return this variable as a reference variable} */
    public Wanted asReference() {
        return new Wanted(variable, name, dtype, shape, part, true, trainable);
    }

    /** {@return this variable as one that is not trainable} */
    public Wanted asNotTrainable() {
        return new Wanted(variable, name, dtype, shape, part, reference, false);
    }

    /**
     * {@return the shape that the tensor in the checkpoint should have, that of the whole variable; empty if it is
     * unknown}
     */
    public Optional<Shape> tensorShape() {
        return part.map(ShapeAndSlice::shape).or(() -> shape);
    }

    /**
     * {@return whether a tensor has the shape of this variable, as far as it is known}
     *
     * @param tensor a tensor of a checkpoint
     */
    public boolean fitsShape(TensorInfo tensor) {
        return tensorShape().map(wanted -> wanted.accepts(tensor.shape())).orElse(true);
    }

    /**
     * {@return whether a tensor has the dtype of this variable, if it is known}
     *
     * @param tensor a tensor of a checkpoint
     */
    public boolean fitsDtype(TensorInfo tensor) {
        return dtype == DataType.DT_INVALID || dtype.number() == tensor.dtypeNumber();
    }

    /**
     * {@return whether a tensor can be restored into this variable: {@link #fitsShape} and {@link #fitsDtype}}
     *
     * @param tensor a tensor of a checkpoint
     */
    public boolean fits(TensorInfo tensor) {
        return fitsShape(tensor) && fitsDtype(tensor);
    }

    /**
     * {@return name, dtype and shape, for example {@code input/init_conv/DW DT_FLOAT [3,3,3,16]}; an unknown dimension
     * is {@code ?}, an unknown dtype is left out}
     */
    @Override
    public String toString() {
        String type = dtype == DataType.DT_INVALID ? "" : dtype + " ";
        return variable + " " + type + text(shape)
                + part.map(whole -> " of " + name + " " + whole).orElse("");
    }

    static String text(Optional<Shape> shape) {
        return shape.map(known -> known.toString().replace("-1", "?")).orElse("<unknown>");
    }
}
