package org.tfckpt.format.npz;

import java.nio.ByteOrder;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.DataType;

/**
 * A dtype of NumPy.
 *
 * @param text the text in the header, for messages
 * @param dtypeNumber the number of TensorFlow's dtype; a number of this library's own if TensorFlow has none
 * @param order the byte order of the elements
 * @param itemSize the size of an element in bytes; −1 if it is not known
 */
record NpyType(String text, int dtypeNumber, ByteOrder order, long itemSize) {
    /** Byte order, kind, size, and the unit of a time. */
    private static final Pattern DESCR = Pattern.compile("([<>=|]?)([?a-zA-Z])([0-9]{0,10})(\\[[^\\]]*\\])?");

    /** The dtypes of numbers, by kind and size. */
    private static final Map<String, DataType> NUMBERS = Map.ofEntries(
            Map.entry("b1", DataType.DT_BOOL),
            Map.entry("i1", DataType.DT_INT8),
            Map.entry("i2", DataType.DT_INT16),
            Map.entry("i4", DataType.DT_INT32),
            Map.entry("i8", DataType.DT_INT64),
            Map.entry("u1", DataType.DT_UINT8),
            Map.entry("u2", DataType.DT_UINT16),
            Map.entry("u4", DataType.DT_UINT32),
            Map.entry("u8", DataType.DT_UINT64),
            Map.entry("f2", DataType.DT_HALF),
            Map.entry("f4", DataType.DT_FLOAT),
            Map.entry("f8", DataType.DT_DOUBLE),
            Map.entry("c8", DataType.DT_COMPLEX64),
            Map.entry("c16", DataType.DT_COMPLEX128));

    /** Parses a description; returns null if it is not one of a dtype of NumPy. */
    static @Nullable NpyType of(String text, boolean assumeBfloat16) {
        Matcher descr = DESCR.matcher(text);
        if (!descr.matches()) {
            return null;
        }
        ByteOrder order = switch (descr.group(1)) {
            case "<" -> ByteOrder.LITTLE_ENDIAN;
            case ">" -> ByteOrder.BIG_ENDIAN;
            default -> ByteOrder.nativeOrder();
        };
        char kind = descr.group(2).charAt(0);
        long size = descr.group(3).isEmpty() ? -1 : Long.parseLong(descr.group(3));
        if (descr.group(4) != null && kind != 'M' && kind != 'm') {
            return null;
        }
        return switch (kind) {
            case '?' -> size < 0 ? new NpyType(text, DataType.DT_BOOL.number(), order, 1) : null;
            case 'S' -> size < 0 ? null : new NpyType(text, DataType.DT_STRING.number(), order, size);
            case 'U' -> size < 0 ? null : new NpyType(text, DataType.DT_STRING.number(), order, size * Integer.BYTES);
            case 'O' -> foreign(text, "object", order, -1);
            case 'M' -> foreign(text, "datetime64", order, Long.BYTES);
            case 'm' -> foreign(text, "timedelta64", order, Long.BYTES);
            case 'V' ->
                size < 0
                        ? null
                        : size == 2 && assumeBfloat16
                                ? new NpyType(text, DataType.DT_BFLOAT16.number(), order, 2)
                                : foreign(text, "void", order, size);
            default -> number(text, kind, size, order);
        };
    }

    /** Returns the type of an array of records, whose description is a list. */
    static NpyType structured(String text) {
        return foreign(text, "structured", ByteOrder.nativeOrder(), -1);
    }

    private static NpyType foreign(String text, String name, ByteOrder order, long size) {
        return new NpyType(text, DataType.foreignNumber(name), order, size);
    }

    private static @Nullable NpyType number(String text, char kind, long size, ByteOrder order) {
        if ((kind == 'f' && (size == 12 || size == 16)) || (kind == 'c' && (size == 24 || size == 32))) {
            return foreign(text, kind == 'f' ? "longdouble" : "clongdouble", order, size);
        }
        DataType dtype = NUMBERS.get(kind + String.valueOf(size));
        return dtype == null ? null : new NpyType(text, dtype.number(), order, size);
    }

    /** Returns the description of little-endian numbers; null if NumPy does not have the dtype. */
    static @Nullable String descr(DataType dtype) {
        for (Map.Entry<String, DataType> number : NUMBERS.entrySet()) {
            if (number.getValue() == dtype) {
                return (dtype.width() == 1 ? "|" : "<") + number.getKey();
            }
        }
        return null;
    }

    /** Returns whether the elements are text in UTF-32, of which every character takes four bytes. */
    boolean isUtf32() {
        return text.indexOf('U') >= 0;
    }

    /** Returns whether the elements are two bytes without a type, as NumPy stores the bfloat16 of other packages. */
    boolean isUntyped16() {
        return itemSize == 2 && dtypeNumber == DataType.foreignNumber("void");
    }
}
