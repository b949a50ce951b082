package org.tfckpt.tensor;

/**
 * A TensorFlow dtype: its number in files, its names and how its elements lie in a checkpoint.
 *
 * <p>Names and numbers are those of TensorFlow's {@code types.proto}. Reference dtypes (number + 100) never stand in a
 * checkpoint; {@link #enumName(int)} and {@link #shortName(int)} know them nevertheless, for messages.
 */
public enum DataType {
    /** No dtype was given. */
    DT_INVALID(0, "INVALID", 0, 0),
    /** IEEE 754 single precision. */
    DT_FLOAT(1, "float", 4, 4),
    /** IEEE 754 double precision. */
    DT_DOUBLE(2, "double", 8, 8),
    /** Signed 32-bit integer. */
    DT_INT32(3, "int32", 4, 4),
    /** Unsigned 8-bit integer. */
    DT_UINT8(4, "uint8", 1, 1),
    /** Signed 16-bit integer. */
    DT_INT16(5, "int16", 2, 2),
    /** Signed 8-bit integer. */
    DT_INT8(6, "int8", 1, 1),
    /** Byte strings of any length. */
    DT_STRING(7, "string", 0, 0),
    /** Two singles: real, imaginary. */
    DT_COMPLEX64(8, "complex64", 8, 4),
    /** Signed 64-bit integer. */
    DT_INT64(9, "int64", 8, 8),
    /** One byte; zero is false, anything else is true. */
    DT_BOOL(10, "bool", 1, 1),
    /** Quantised signed 8-bit integer. */
    DT_QINT8(11, "qint8", 1, 1),
    /** Quantised unsigned 8-bit integer. */
    DT_QUINT8(12, "quint8", 1, 1),
    /** Quantised signed 32-bit integer. */
    DT_QINT32(13, "qint32", 4, 4),
    /** The upper 16 bits of a single. */
    DT_BFLOAT16(14, "bfloat16", 2, 2),
    /** Quantised signed 16-bit integer. */
    DT_QINT16(15, "qint16", 2, 2),
    /** Quantised unsigned 16-bit integer. */
    DT_QUINT16(16, "quint16", 2, 2),
    /** Unsigned 16-bit integer. */
    DT_UINT16(17, "uint16", 2, 2),
    /** Two doubles: real, imaginary. */
    DT_COMPLEX128(18, "complex128", 16, 8),
    /** IEEE 754 half precision. */
    DT_HALF(19, "half", 2, 2),
    /** A handle to a resource; never in a checkpoint. */
    DT_RESOURCE(20, "resource", 0, 0),
    /** Arbitrary C++ objects, each stored as a message. */
    DT_VARIANT(21, "variant", 0, 0),
    /** Unsigned 32-bit integer. */
    DT_UINT32(22, "uint32", 4, 4),
    /** Unsigned 64-bit integer. */
    DT_UINT64(23, "uint64", 8, 8),
    /** 8-bit float, 5 bits of exponent, with infinities. */
    DT_FLOAT8_E5M2(24, "float8_e5m2", 1, 1),
    /** 8-bit float, 4 bits of exponent, no infinities. */
    DT_FLOAT8_E4M3FN(25, "float8_e4m3fn", 1, 1),
    /** 8-bit float, 4 bits of exponent (bias 8), no infinities, no negative zero. */
    DT_FLOAT8_E4M3FNUZ(26, "float8_e4m3fnuz", 1, 1),
    /** 8-bit float, 4 bits of exponent (bias 11), no infinities, no negative zero. */
    DT_FLOAT8_E4M3B11FNUZ(27, "float8_e4m3b11fnuz", 1, 1),
    /** 8-bit float, 5 bits of exponent (bias 16), no infinities, no negative zero. */
    DT_FLOAT8_E5M2FNUZ(28, "float8_e5m2fnuz", 1, 1),
    /** Signed 4-bit integer, one byte an element (its low nibble counts). */
    DT_INT4(29, "int4", 1, 1),
    /** Unsigned 4-bit integer, one byte an element (its low nibble counts). */
    DT_UINT4(30, "uint4", 1, 1),
    /** Signed 2-bit integer, one byte an element (its low two bits count). */
    DT_INT2(31, "int2", 1, 1),
    /** Unsigned 2-bit integer, one byte an element (its low two bits count). */
    DT_UINT2(32, "uint2", 1, 1),
    /** 4-bit float, one byte an element (its low nibble counts). */
    DT_FLOAT4_E2M1FN(33, "float4_e2m1fn", 1, 1),
    /** A number that is not in this table; see {@link TensorInfo#dtypeNumber()}. */
    UNKNOWN(-1, "unknown", 0, 0);

    private static final int REFERENCE_OFFSET = 100;
    private static final DataType[] BY_NUMBER = new DataType[DT_FLOAT4_E2M1FN.number + 1];

    static {
        for (DataType type : values()) {
            if (type != UNKNOWN) {
                BY_NUMBER[type.number] = type;
            }
        }
    }

    private final int number;
    private final String shortName;
    private final int width;
    private final int swapUnit;

    DataType(int number, String shortName, int width, int swapUnit) {
        this.number = number;
        this.shortName = shortName;
        this.width = width;
        this.swapUnit = swapUnit;
    }

    /**
     * The dtype of a number as it stands in a file.
     *
     * @param number the enum number, not a reference dtype
     * @return the dtype, {@link #UNKNOWN} for a number that is not in the table
     */
    public static DataType ofNumber(int number) {
        return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : UNKNOWN;
    }

    /**
     * The enum name for a number, as in {@code DT_FLOAT} or {@code DT_FLOAT_REF}.
     *
     * @param number any number
     * @return the name; for one that is not in the table TensorFlow's {@code unknown dtype enum (99)}
     */
    public static String enumName(int number) {
        DataType type = ofNumber(number);
        if (type != UNKNOWN) {
            return type.name();
        }
        DataType referred = ofNumber(number - REFERENCE_OFFSET);
        return referred == UNKNOWN || referred == DT_INVALID ? unknown(number) : referred.name() + "_REF";
    }

    /**
     * The short name for a number, as TensorFlow's messages have it: {@code float}, {@code float_ref}.
     *
     * @param number any number
     * @return the name; for one that is not in the table {@code unknown dtype enum (99)}
     */
    public static String shortName(int number) {
        DataType type = ofNumber(number);
        if (type != UNKNOWN) {
            return type.shortName;
        }
        DataType referred = ofNumber(number - REFERENCE_OFFSET);
        return referred == UNKNOWN || referred == DT_INVALID ? unknown(number) : referred.shortName + "_ref";
    }

    private static String unknown(int number) {
        return "unknown dtype enum (" + number + ")";
    }

    /**
     * The number in files.
     *
     * @return the enum number; −1 for {@link #UNKNOWN}
     */
    public int number() {
        return number;
    }

    /**
     * The short name in TensorFlow's messages.
     *
     * @return for example {@code float}
     */
    public String shortName() {
        return shortName;
    }

    /**
     * The name in Python ({@code tf.DType.name}); it differs from {@link #shortName()} for three dtypes.
     *
     * @return for example {@code float32}
     */
    public String pythonName() {
        return switch (this) {
            case DT_FLOAT -> "float32";
            case DT_DOUBLE -> "float64";
            case DT_HALF -> "float16";
            default -> shortName;
        };
    }

    /**
     * Whether every element takes the same number of bytes.
     *
     * @return false for strings, variants, resources and unknown dtypes
     */
    public boolean isFixedWidth() {
        return width > 0;
    }

    /**
     * Bytes of one element in a checkpoint.
     *
     * @return the width, 0 where {@link #isFixedWidth()} is false
     */
    public int width() {
        return width;
    }

    /**
     * Bytes that are turned around together in a file of the other byte order: the width, or half of it for complex.
     *
     * @return the unit, 0 where {@link #isFixedWidth()} is false
     */
    public int swapUnit() {
        return swapUnit;
    }
}
