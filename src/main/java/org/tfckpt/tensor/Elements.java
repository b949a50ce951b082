package org.tfckpt.tensor;

import java.nio.ByteBuffer;

/** Elements of fixed width in a buffer, one by one, as the widest number of their kind. */
public final class Elements {
    private Elements() {}

    /**
     * Whether a dtype is an integer, quantised ones included.
     *
     * @param type a dtype
     * @return false for floats, complex numbers, booleans and what has no fixed width
     */
    public static boolean isInteger(DataType type) {
        return switch (type) {
            case DT_INT8, DT_UINT8, DT_QINT8, DT_QUINT8, DT_INT4, DT_UINT4, DT_INT2, DT_UINT2 -> true;
            case DT_INT16, DT_UINT16, DT_QINT16, DT_QUINT16 -> true;
            case DT_INT32, DT_QINT32, DT_UINT32, DT_INT64, DT_UINT64 -> true;
            default -> false;
        };
    }

    /**
     * Whether a dtype is a float whose every value a single has: single, half, bfloat16, float8, float4.
     *
     * @param type a dtype
     * @return false for double and for what is no float
     */
    public static boolean fitsFloat(DataType type) {
        return switch (type) {
            case DT_FLOAT, DT_HALF, DT_BFLOAT16 -> true;
            case DT_FLOAT8_E5M2, DT_FLOAT8_E4M3FN -> true;
            case DT_FLOAT8_E4M3FNUZ, DT_FLOAT8_E4M3B11FNUZ, DT_FLOAT8_E5M2FNUZ, DT_FLOAT4_E2M1FN -> true;
            default -> false;
        };
    }

    /**
     * An integer.
     *
     * @param type the dtype
     * @param bytes elements from index 0 on, in the buffer's byte order
     * @param index which element
     * @return its value; a uint64 as its 64 bits
     * @throws IllegalArgumentException if the dtype is not an integer
     */
    public static long longAt(DataType type, ByteBuffer bytes, int index) {
        return switch (type) {
            case DT_INT8, DT_QINT8 -> bytes.get(index);
            case DT_UINT8, DT_QUINT8 -> bytes.get(index) & 0xff;
            case DT_INT4 -> bytes.get(index) << 28 >> 28;
            case DT_UINT4 -> bytes.get(index) & 0xf;
            case DT_INT2 -> bytes.get(index) << 30 >> 30;
            case DT_UINT2 -> bytes.get(index) & 3;
            case DT_INT16, DT_QINT16 -> bytes.getShort(2 * index);
            case DT_UINT16, DT_QUINT16 -> bytes.getShort(2 * index) & 0xffff;
            case DT_INT32, DT_QINT32 -> bytes.getInt(4 * index);
            case DT_UINT32 -> Integer.toUnsignedLong(bytes.getInt(4 * index));
            case DT_INT64, DT_UINT64 -> bytes.getLong(8 * index);
            default -> throw new IllegalArgumentException(type + " is not an integer");
        };
    }

    /**
     * A float of any width.
     *
     * @param type the dtype
     * @param bytes elements from index 0 on, in the buffer's byte order
     * @param index which element
     * @return its value
     * @throws IllegalArgumentException if the dtype is not a float
     */
    public static double floatAt(DataType type, ByteBuffer bytes, int index) {
        return switch (type) {
            case DT_FLOAT -> bytes.getFloat(4 * index);
            case DT_DOUBLE -> bytes.getDouble(8 * index);
            case DT_HALF -> SmallFloats.half(bytes.getShort(2 * index));
            case DT_BFLOAT16 -> SmallFloats.bfloat16(bytes.getShort(2 * index));
            default -> SmallFloats.small(type, bytes.get(index));
        };
    }
}
