package org.tfckpt.objects;

/**
 * How the keys of an object-based (TF2) checkpoint are made.
 *
 * <p>An object's path is the names of the attributes that lead to it from the root, each escaped ({@code .} as
 * {@code ..}, then {@code /} as {@code .S}) and joined with {@code /}; the root's path is empty. A value's key is
 * {@code <path>/.ATTRIBUTES/<attribute>}. The variable that an optimizer keeps for another one (a slot) has the path
 * {@code <variable's path>/.OPTIMIZER_SLOT/<optimizer's path>/<slot>}. A dot alone never comes out of escaping, so these
 * two words cannot be anybody's names.
 */
public final class ObjectKeys {
    /** The key under which the object graph itself lies. */
    public static final String OBJECT_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH";

    /** The attribute that is a variable's value. */
    public static final String VARIABLE_VALUE = "VARIABLE_VALUE";

    /** What stands between an object's path and the name of its attribute. */
    public static final String ATTRIBUTES = "/.ATTRIBUTES/";
    /** What stands between a variable's path and that of the optimizer that keeps a slot for it. */
    public static final String OPTIMIZER_SLOT = "/.OPTIMIZER_SLOT/";

    private ObjectKeys() {}

    /**
     * A name as a part of a path.
     *
     * @param name any name
     * @return the name without a slash or a dot alone
     */
    public static String escape(String name) {
        return name.replace(".", "..").replace("/", ".S");
    }

    /**
     * The inverse of {@link #escape}; what escaping cannot have made stays as it is.
     *
     * @param escaped a part of a path
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
     * The key of a value.
     *
     * @param path the object's path, escaped
     * @param attribute the value's name in the object, not escaped
     * @return for example {@code model/kernel/.ATTRIBUTES/VARIABLE_VALUE}
     */
    public static String key(String path, String attribute) {
        return path + ATTRIBUTES + escape(attribute);
    }

    /**
     * The path of a slot.
     *
     * @param variable the path of the variable that it is kept for, escaped
     * @param optimizer the optimizer's path, escaped
     * @param slot the slot's name, not escaped
     * @return for example {@code model/kernel/.OPTIMIZER_SLOT/optimizer/m}
     */
    public static String slotPath(String variable, String optimizer, String slot) {
        return variable + OPTIMIZER_SLOT + optimizer + "/" + escape(slot);
    }
}
