package org.tfckpt.graph.text;

import java.util.List;

/**
 * A form that is recognised by its beginning.
 *
 * @param kind what it says
 * @param template its text
 */
record Form(Kind kind, Template template) {
    /** What a form says. */
    enum Kind {
        /** A variable. */
        VARIABLE,
        /** A variable as only programs print it that run eagerly. */
        EAGER,
        /** What may be a variable, if its name is that of one. */
        PERHAPS,
        /** A tensor, which may be the value of a variable. */
        TENSOR,
        /** A variable that a restore failed on. */
        WANTED,
        /** An attribute of an object that a restore did not find. */
        ATTRIBUTE,
        /** A value of the checkpoint that a restore did not use. */
        UNUSED,
        /** The shape of a variable that is named later. */
        ASSIGNED,
        /** The name of a variable whose shape precedes. */
        LOCATION,
        /** The name of a layer that a restore failed on. */
        LAYER,
        /** The beginning of a list of variables that a restore failed on, as Python prints them. */
        UNBOUND,
        /** The beginning of a list of quoted names, in one line, that a restore did not find. */
        KEYS,
        /** A name in such a list. */
        KEY,
        /** A variable without a name. */
        NAMELESS,
        /** The table of Keras, which has no names of variables. */
        SUMMARY,
        /** Belongs to a variable, but says nothing about it. */
        AROUND
    }

    private static Form of(Kind kind, String template) {
        return new Form(kind, new Template(template));
    }

    /** Returns all forms. If several begin alike, the first that matches counts. */
    static List<Form> all() {
        return List.of(
                of(Kind.EAGER, "<tf.Variable '{name}' shape={shape} dtype={dtype}, numpy="),
                of(Kind.VARIABLE, "<tf.Variable '{name}' shape={shape} dtype={dtype}"),
                of(Kind.EAGER, "<AutoCastVariable '{name}' shape={shape} dtype={dtype} {word}, numpy="),
                of(Kind.VARIABLE, "<AutoCastVariable '{name}' shape={shape} dtype={dtype}"),
                of(Kind.EAGER, "<KerasVariable shape={shape}, dtype={dtype}, path={name}>"),
                of(Kind.EAGER, "<KerasVariable shape={shape}, dtype={dtype}, name={name}>"),
                of(Kind.EAGER, "<Variable path={name}, shape={shape}, dtype={dtype}"),
                of(Kind.TENSOR, "<tf.Tensor '{name}' shape={shape} dtype={dtype}"),
                of(Kind.TENSOR, "Tensor(\"{name}\", shape={shape}, dtype={dtype}"),
                of(Kind.PERHAPS, "name = {name}, shape = {shape}"),
                of(Kind.AROUND, "MirroredVariable:{"),
                of(Kind.AROUND, "TPUMirroredVariable:{"),
                of(Kind.AROUND, "SyncOnReadVariable:{"),
                of(Kind.AROUND, "ShardedVariable:{"),
                of(Kind.WANTED, "Key {word} not found in checkpoint"),
                of(Kind.WANTED, "tensor_name = {name}; expected dtype {dtype} does not equal original dtype"),
                of(
                        Kind.WANTED,
                        "tensor_name = {name}; shape in shape_and_slice spec {shape} does not match the shape stored in"
                                + " checkpoint"),
                of(Kind.WANTED, "Tensor name \"{name}\" not found in checkpoint files"),
                of(
                        Kind.WANTED,
                        "Shape of variable {name} ({shape}) doesn't match with shape of tensor {any} ({any}) from"),
                of(Kind.WANTED, "Tensor {word} is not found in {any} checkpoint"),
                of(Kind.WANTED, "Variable {word} missing in checkpoint"),
                of(Kind.WANTED, "Variable [{name}] is not available in checkpoint"),
                of(
                        Kind.WANTED,
                        "Variable [{name}] is available in checkpoint, but has an incompatible shape with model variable."
                                + " Checkpoint shape: [{any}], model variable shape: [{shape}]"),
                of(
                        Kind.WANTED,
                        "size mismatch for {word}: copying a param with shape {any} from checkpoint, the shape in current"
                                + " model is {shape}"),
                of(Kind.WANTED, "Tensor {word} ({any} in {any}) is not found in {any} checkpoint"),
                of(
                        Kind.WANTED,
                        "Received incompatible tensor with shape {any} when attempting to restore variable with shape"
                                + " {shape} and name {word}"),
                of(
                        Kind.WANTED,
                        "Cannot assign value to variable '{name}': Shape mismatch.The variable shape {shape}, and the"
                                + " assigned value shape"),
                of(Kind.WANTED, "Cannot assign to variable {word} due to variable shape {shape} and value shape"),
                of(Kind.WANTED, "weight {word}. Weight expects shape {shape}."),
                of(
                        Kind.ATTRIBUTE,
                        "An attribute in the restored object could not be found in the checkpoint. Object: {name},"
                                + " attribute: {rest}"),
                of(Kind.UNUSED, "Unresolved object in checkpoint: {rest}"),
                of(Kind.UNUSED, "Unresolved object in checkpoint {rest}"),
                of(Kind.UNUSED, "Value in checkpoint could not be found in the restored object: {rest}"),
                of(Kind.ASSIGNED, "Assign requires shapes of both tensors to match. lhs shape= {shape} rhs shape="),
                // The first input is the variable; the class may be the variable that it is placed with.
                of(Kind.LOCATION, "Assign[T={dtype}, {any}]({name}, "),
                of(Kind.LOCATION, "Input Source operations connected to node {word}:\n {word} (defined at"),
                of(Kind.LOCATION, "Assign[T={dtype}, _class=[\"loc:@{name}\""),
                of(Kind.LOCATION, "_class=[\"loc:@{name}\""),
                of(Kind.LAYER, "Layer '{name}' expected {any} variables, but received {any} variables during loading"),
                of(Kind.UNBOUND, "Object not assigned a value from checkpoint:"),
                of(Kind.UNBOUND, "The shape of the target variable and the shape of the target value"),
                of(Kind.UNBOUND, "Layer #{any}, weight "),
                of(Kind.KEYS, "Missing key(s) in state_dict: "),
                of(
                        Kind.KEYS,
                        "Some weights of {any} were not initialized from the model checkpoint at {any} and are newly initialized"),
                of(Kind.KEY, "\"{name}\""),
                of(Kind.KEY, "'{name}'"),
                of(Kind.UNBOUND, "The following objects have no matching checkpointed value"),
                of(Kind.UNBOUND, "that were not bound to checkpointed values"),
                of(Kind.NAMELESS, "<tensorflow.python.ops.{any} object at 0x"),
                of(Kind.SUMMARY, "Layer (type)"));
    }
}
