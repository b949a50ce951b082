package org.tfckpt.graph.text;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.DataType;

/**
 * A dtype as a text names it.
 *
 * @param number its number; 0 if the name is not known
 * @param reference whether it is that of a reference: {@code float32_ref}
 */
record Dtype(int number, boolean reference) {
    private static final String REFERENCE = "_ref";
    private static final Map<String, DataType> NAMES = new HashMap<>();

    static {
        for (DataType type : DataType.values()) {
            if (type != DataType.UNKNOWN && type != DataType.DT_INVALID) {
                NAMES.put(type.name(), type);
                NAMES.put(type.shortName(), type);
                NAMES.put(type.pythonName(), type);
            }
        }
    }

    /** Returns the dtype with one of its names in TensorFlow, NumPy or PyTorch; null if there is none. */
    static @Nullable Dtype of(String name) {
        boolean reference = name.endsWith(REFERENCE) || name.endsWith("_REF");
        String value = reference ? name.substring(0, name.length() - REFERENCE.length()) : name;
        DataType type = NAMES.get(value);
        return type == null ? null : new Dtype(type.number(), reference);
    }
}
