package org.tfckpt.scan;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Elements;

/**
 * Reads elements as doubles, exactly: floats, integers of up to 32 bits, booleans, and the parts of complex numbers. Not
 * thread-safe.
 */
public final class DoubleReader {
    /** The largest number of elements, or of parts of complex numbers, that are read at once. */
    public static final int MAX = 1024;

    private static final long UNSIGNED = 0xffff_ffffL;

    /** The values of elements of 8 or 16 bits, by their bits. */
    private static final Map<DataType, float[]> TABLES = new ConcurrentHashMap<>();

    private final DataType type;
    private final boolean single;
    private final float[] floats;
    private final int[] ints;
    private final short[] shorts;
    private final byte[] bytes;
    private final float[] table;

    /**
     * Creates a reader.
     *
     * @param type a dtype for which {@link #canRead} is true
     */
    public DoubleReader(DataType type) {
        int unit = type.swapUnit();
        this.type = type;
        this.single = type == DataType.DT_FLOAT || type == DataType.DT_COMPLEX64;
        this.floats = new float[single ? MAX : 0];
        this.ints = new int[unit == Integer.BYTES && !single ? MAX : 0];
        this.shorts = new short[unit == Short.BYTES ? MAX : 0];
        this.bytes = new byte[unit == 1 ? MAX : 0];
        this.table = unit <= Short.BYTES ? TABLES.computeIfAbsent(type, DoubleReader::table) : floats;
    }

    private static float[] table(DataType type) {
        float[] values = new float[1 << (Byte.SIZE * type.width())];
        ByteBuffer element = ByteBuffer.allocate(Short.BYTES);
        for (int bits = 0; bits < values.length; bits++) {
            if (type.width() == 1) {
                element.put(0, (byte) bits);
            } else {
                element.putShort(0, (short) bits);
            }
            values[bits] = type == DataType.DT_BOOL
                    ? Math.min(bits, 1)
                    : isFloat(type) ? (float) Elements.floatAt(type, element, 0) : Elements.longAt(type, element, 0);
        }
        return values;
    }

    /**
     * Returns whether every element of a dtype, or every part of it, is exact as a double.
     *
     * @param type a dtype
     * @return false for integers of 64 bits, strings and variants
     */
    public static boolean canRead(DataType type) {
        return isFloatOrComplex(type)
                || type == DataType.DT_BOOL
                || (Elements.isInteger(type) && type.width() <= Integer.BYTES);
    }

    /**
     * Returns whether a dtype is floating-point and not complex.
     *
     * @param type a dtype
     * @return true for floats of any width
     */
    public static boolean isFloat(DataType type) {
        return type == DataType.DT_DOUBLE || Elements.fitsFloat(type);
    }

    /**
     * Returns whether a dtype is floating-point or complex, so that an element may be NaN.
     *
     * @param type a dtype
     * @return true for floats and complex numbers of any width
     */
    public static boolean isFloatOrComplex(DataType type) {
        return isFloat(type) || type.width() > type.swapUnit();
    }

    /**
     * Reads elements, or parts of complex numbers.
     *
     * @param elements the buffer, in the byte order of its elements; its position is ignored
     * @param first the index of the first element or part
     * @param target receives the values, from index 0
     * @param n the number of elements or parts, at most {@link #MAX}
     */
    public void read(ByteBuffer elements, int first, double[] target, int n) {
        switch (type.swapUnit()) {
            case Double.BYTES -> elements.asDoubleBuffer().get(first, target, 0, n);
            case Integer.BYTES -> {
                if (single) {
                    widen(readFloats(elements, first, n), target, n);
                } else {
                    elements.asIntBuffer().get(first, ints, 0, n);
                    if (type == DataType.DT_UINT32) {
                        widenUnsigned(ints, target, n);
                    } else {
                        widen(ints, target, n);
                    }
                }
            }
            case Short.BYTES -> {
                elements.asShortBuffer().get(first, shorts, 0, n);
                lookUp(shorts, table, target, n);
            }
            default -> {
                elements.get(first, bytes, 0, n);
                lookUp(bytes, table, target, n);
            }
        }
    }

    /**
     * Reads float32 elements.
     *
     * @param elements the buffer
     * @param first the index of the first element
     * @param n the number of elements, at most {@link #MAX}
     * @return an array that the next call overwrites
     */
    public float[] readFloats(ByteBuffer elements, int first, int n) {
        elements.asFloatBuffer().get(first, floats, 0, n);
        return floats;
    }

    // Short methods with one loop each are compiled best.

    private static void widen(float[] values, double[] target, int n) {
        for (int i = 0; i < n; i++) {
            target[i] = values[i];
        }
    }

    private static void widen(int[] values, double[] target, int n) {
        for (int i = 0; i < n; i++) {
            target[i] = values[i];
        }
    }

    private static void widenUnsigned(int[] values, double[] target, int n) {
        for (int i = 0; i < n; i++) {
            target[i] = values[i] & UNSIGNED;
        }
    }

    private static void lookUp(short[] values, float[] table, double[] target, int n) {
        for (int i = 0; i < n; i++) {
            target[i] = table[values[i] & 0xffff];
        }
    }

    private static void lookUp(byte[] values, float[] table, double[] target, int n) {
        for (int i = 0; i < n; i++) {
            target[i] = table[values[i] & 0xff];
        }
    }
}
