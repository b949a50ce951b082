package org.tfckpt.objects;

/**
 * Builds the keys of an object-based (TF2) checkpoint.
 *
 * <p>An object's path consists of the names of the attributes that lead to it from the root, each escaped ({@code .} as
 * {@code ..}, then {@code /} as {@code .S}) and joined with {@code /}; the root's path is empty. A value's key is
 * {@code <path>/.ATTRIBUTES/<attribute>}. A slot, which is a variable that an optimizer keeps for another one, has the
 * path {@code <variable's path>/.OPTIMIZER_SLOT/<optimizer's path>/<slot>}. Escaping never produces a single dot, so
 * {@code .ATTRIBUTES} and {@code .OPTIMIZER_SLOT} cannot be escaped names.
 */
public final class ObjectKeys {
    /** The key of the object graph itself. */
    public static final String OBJECT_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH";

    /** The name of the attribute that holds a variable's value. */
    public static final String VARIABLE_VALUE = "VARIABLE_VALUE";

    /** The separator between an object's path and the name of its attribute. */
    public static final String ATTRIBUTES = "/.ATTRIBUTES/";

    /** The separator between a variable's path and that of the optimizer that keeps a slot for it. */
    public static final String OPTIMIZER_SLOT = "/.OPTIMIZER_SLOT/";

    /** The key of the counter of saved checkpoints, if the root object was a {@code tf.train.Checkpoint}. */
    public static final String SAVE_COUNTER = key("save_counter", VARIABLE_VALUE);

    private ObjectKeys() {}

    /**
     * Escapes a name for use in a path.
     *
     * @param name any name
     * @return the name without slashes and single dots
     */
    public static String escape(String name) {
        return name.replace(".", "..").replace("/", ".S");
    }

    /**
     * Reverses {@link #escape}. Dots that escaping does not produce are kept.
     *
     * @param escaped an element of a path
     * @return the name
     */
    public static String unescape(String escaped) {
        StringBuilder name = new StringBuilder(escaped.length());
        for (int i = 0; i < escaped.length(); i++) {
            char next = i + 1 < escaped.length() ? escaped.charAt(i + 1) : ' ';
            boolean pair = escaped.charAt(i) == '.' && (next == '.' || next == 'S');
            name.append(pair && next == 'S' ? '/' : escaped.charAt(i));
            i += pair ? 1 : 0;
        }
        return name.toString();
    }

    /**
     * Returns the key of a value.
     *
     * @param path the path of the object, escaped
     * @param attribute the name of the value in the object, not escaped
     * @return for example {@code model/kernel/.ATTRIBUTES/VARIABLE_VALUE}
     */
    public static String key(String path, String attribute) {
        return path + ATTRIBUTES + escape(attribute);
    }

    /**
     * Returns the path of a slot.
     *
     * @param variable the path of the variable that it is kept for, escaped
     * @param optimizer the path of the optimizer, escaped
     * @param slot the name of the slot, not escaped
     * @return for example {@code model/kernel/.OPTIMIZER_SLOT/optimizer/m}
     */
    public static String slotPath(String variable, String optimizer, String slot) {
        return variable + OPTIMIZER_SLOT + optimizer + "/" + escape(slot);
    }
}
