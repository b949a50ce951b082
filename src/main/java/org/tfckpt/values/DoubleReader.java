package org.tfckpt.values;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Elements;

/**
 * Reads elements as doubles, exactly: floats, integers of up to 32 bits, booleans, and the parts of complex numbers. Not
 * thread-safe.
 */
final class DoubleReader {
    private static final int BLOCK = 1024;
    private static final long UNSIGNED = 0xffff_ffffL;

    /** The values of elements of 8 or 16 bits, by their bits. */
    private static final Map<DataType, float[]> TABLES = new ConcurrentHashMap<>();

    private final DataType type;
    private final float[] floats;
    private final int[] ints;
    private final short[] shorts;
    private final byte[] bytes;
    private final float[] table;

    DoubleReader(DataType type) {
        this.type = type;
        int unit = type.swapUnit();
        this.floats = new float[isSingle(type) ? BLOCK : 0];
        this.ints = new int[unit == Integer.BYTES && !isSingle(type) ? BLOCK : 0];
        this.shorts = new short[unit == Short.BYTES ? BLOCK : 0];
        this.bytes = new byte[unit == 1 ? BLOCK : 0];
        this.table = unit <= Short.BYTES ? TABLES.computeIfAbsent(type, DoubleReader::table) : floats;
    }

    private static boolean isSingle(DataType type) {
        return type == DataType.DT_FLOAT || type == DataType.DT_COMPLEX64;
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

    /** Reads {@code n} elements, or {@code n} parts of complex numbers. */
    void read(ByteBuffer elements, int first, double[] target, int n) {
        if (type.swapUnit() == Double.BYTES) {
            elements.asDoubleBuffer().get(first, target, 0, n);
            return;
        }
        for (int done = 0; done < n; done += BLOCK) {
            readBlock(elements, first + done, target, done, Math.min(BLOCK, n - done));
        }
    }

    private void readBlock(ByteBuffer elements, int first, double[] target, int at, int n) {
        if (floats.length > 0) {
            elements.asFloatBuffer().get(first, floats, 0, n);
            for (int i = 0; i < n; i++) {
                target[at + i] = floats[i];
            }
        } else if (ints.length > 0) {
            elements.asIntBuffer().get(first, ints, 0, n);
            boolean unsigned = type == DataType.DT_UINT32;
            for (int i = 0; i < n; i++) {
                target[at + i] = unsigned ? ints[i] & UNSIGNED : ints[i];
            }
        } else if (shorts.length > 0) {
            elements.asShortBuffer().get(first, shorts, 0, n);
            for (int i = 0; i < n; i++) {
                target[at + i] = table[shorts[i] & 0xffff];
            }
        } else {
            elements.get(first, bytes, 0, n);
            for (int i = 0; i < n; i++) {
                target[at + i] = table[bytes[i] & 0xff];
            }
        }
    }

    /** Reads {@code n} float32 elements into an array that the next call overwrites. */
    float[] readFloats(ByteBuffer elements, int first, int n) {
        elements.asFloatBuffer().get(first, floats, 0, n);
        return floats;
    }
}
