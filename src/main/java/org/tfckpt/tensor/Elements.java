package org.tfckpt.tensor;

import java.nio.ByteBuffer;

/** Reads single elements of fixed width from a buffer, as a {@code long} or {@code double}. */
public final class Elements {
    private Elements() {}

    /**
     * Returns whether a dtype is an integer, including quantised integers.
     *
     * @param type a dtype
     * @return false for all other dtypes, including booleans
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
     * Returns whether all values of a dtype are exact as a {@code float}: float, half, bfloat16, float8 and float4.
     *
     * @param type a dtype
     * @return false for double, and for dtypes that are not floating-point
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
     * Returns an integer element.
     *
     * @param type the dtype
     * @param bytes the elements, starting at index 0, in the buffer's byte order
     * @param index the index of the element, not of its first byte
     * @return the value; the 64 bits of a uint64
     * @throws IllegalArgumentException if the dtype is not an integer
     * @throws IndexOutOfBoundsException if there is no such element
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
     * Returns a floating-point element.
     *
     * @param type the dtype
     * @param bytes the elements, starting at index 0, in the buffer's byte order
     * @param index the index of the element, not of its first byte
     * @return the value, exact
     * @throws IllegalArgumentException if the dtype is not floating-point
     * @throws IndexOutOfBoundsException if there is no such element
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
