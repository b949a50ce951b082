package org.tfckpt.values;

import java.nio.ByteBuffer;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Elements;

/**
 * Reads elements as doubles, exactly: floats, integers of up to 32 bits, booleans, and the parts of complex numbers. Not
 * thread-safe.
 */
final class DoubleReader {
    private final DataType type;
    private final float[] floats = new float[2 * PairAccumulator.BLOCK];
    /** The values of 8-bit elements. */
    private final double[] table;

    DoubleReader(DataType type) {
        this.type = type;
        this.table = new double[type.width() == 1 ? 1 << Byte.SIZE : 0];
        ByteBuffer element = ByteBuffer.allocate(1);
        for (int bits = 0; bits < table.length; bits++) {
            element.put(0, (byte) bits);
            table[bits] = type == DataType.DT_BOOL ? Math.min(bits, 1) : at(element, 0);
        }
    }

    /** Returns whether every element of a dtype, or every part of it, is exact as a double. */
    static boolean canRead(DataType type) {
        return isFloat(type)
                || type == DataType.DT_BOOL
                || (Elements.isInteger(type) && type.width() <= Integer.BYTES)
                || type.width() > type.swapUnit();
    }

    static boolean isFloat(DataType type) {
        return type == DataType.DT_DOUBLE || Elements.fitsFloat(type);
    }

    private double at(ByteBuffer elements, int index) {
        return isFloat(type) ? Elements.floatAt(type, elements, index) : Elements.longAt(type, elements, index);
    }

    /** Reads {@code n} float32 elements into an array that the next call overwrites. */
    float[] readFloats(ByteBuffer elements, int first, int n) {
        elements.asFloatBuffer().get(first, floats, 0, n);
        return floats;
    }

    /** Reads {@code n} elements, or {@code n} parts of complex numbers. */
    void read(ByteBuffer elements, int first, double[] target, int n) {
        switch (type) {
            case DT_FLOAT, DT_COMPLEX64 -> {
                FloatBuffer values = elements.asFloatBuffer();
                values.get(first, floats, 0, n);
                for (int i = 0; i < n; i++) {
                    target[i] = floats[i];
                }
            }
            case DT_DOUBLE, DT_COMPLEX128 -> {
                DoubleBuffer values = elements.asDoubleBuffer();
                values.get(first, target, 0, n);
            }
            default -> {
                for (int i = 0; i < n; i++) {
                    target[i] = table.length > 0 ? table[elements.get(first + i) & 0xff] : at(elements, first + i);
                }
            }
        }
    }
}
