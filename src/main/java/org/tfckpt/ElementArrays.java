package org.tfckpt;

import java.nio.ByteBuffer;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Elements;
import org.tfckpt.tensor.SmallFloats;

/** Converts elements of fixed width to arrays of Java types. */
final class ElementArrays {
    private ElementArrays() {}

    static float[] floats(DataType type, ByteBuffer bytes) {
        float[] values = new float[bytes.remaining() / type.width()];
        switch (type) {
            case DT_FLOAT -> bytes.asFloatBuffer().get(values);
            case DT_BFLOAT16 -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] = SmallFloats.bfloat16(bytes.getShort(2 * i));
                }
            }
            case DT_HALF -> {
                for (int i = 0; i < values.length; i++) {
                    values[i] = SmallFloats.half(bytes.getShort(2 * i));
                }
            }
            default -> {
                float[] table = new float[1 << Byte.SIZE];
                for (int i = 0; i < table.length; i++) {
                    table[i] = SmallFloats.small(type, (byte) i);
                }
                for (int i = 0; i < values.length; i++) {
                    values[i] = table[bytes.get(i) & 0xff];
                }
            }
        }
        return values;
    }

    static double[] doubles(DataType type, ByteBuffer bytes) {
        double[] values = new double[bytes.remaining() / type.width()];
        if (type == DataType.DT_DOUBLE) {
            bytes.asDoubleBuffer().get(values);
            return values;
        }
        boolean isFloat = Elements.fitsFloat(type);
        for (int i = 0; i < values.length; i++) {
            values[i] = isFloat ? Elements.floatAt(type, bytes, i) : Elements.longAt(type, bytes, i);
        }
        return values;
    }

    static int[] ints(DataType type, ByteBuffer bytes) {
        int[] values = new int[bytes.remaining() / type.width()];
        for (int i = 0; i < values.length; i++) {
            values[i] = (int) Elements.longAt(type, bytes, i);
        }
        return values;
    }

    static long[] longs(DataType type, ByteBuffer bytes) {
        long[] values = new long[bytes.remaining() / type.width()];
        for (int i = 0; i < values.length; i++) {
            values[i] = Elements.longAt(type, bytes, i);
        }
        return values;
    }

    static boolean[] booleans(ByteBuffer bytes) {
        boolean[] values = new boolean[bytes.remaining()];
        for (int i = 0; i < values.length; i++) {
            values[i] = bytes.get(i) != 0;
        }
        return values;
    }
}
