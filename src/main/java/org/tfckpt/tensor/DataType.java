package org.tfckpt.tensor;

import java.util.List;

/**
 * A TensorFlow dtype: its number in files, its names, and the size of its elements in a checkpoint.
 *
 * <p>Names and numbers are those of TensorFlow's <a
 * href="https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/framework/types.proto">types.proto</a>.
 * Checkpoints do not contain reference dtypes (number + 100); {@link #enumName(int)} and {@link #shortName(int)} accept
 * them.
 */
public enum DataType {
    /** No dtype. */
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
    /** Complex number of two floats, real then imaginary. */
    DT_COMPLEX64(8, "complex64", 8, 4),
    /** Signed 64-bit integer. */
    DT_INT64(9, "int64", 8, 8),
    /** Boolean of one byte; zero is false, all other values are true. */
    DT_BOOL(10, "bool", 1, 1),
    /** Quantised signed 8-bit integer. */
    DT_QINT8(11, "qint8", 1, 1),
    /** Quantised unsigned 8-bit integer. */
    DT_QUINT8(12, "quint8", 1, 1),
    /** Quantised signed 32-bit integer. */
    DT_QINT32(13, "qint32", 4, 4),
    /** The upper 16 bits of an IEEE 754 single. */
    DT_BFLOAT16(14, "bfloat16", 2, 2),
    /** Quantised signed 16-bit integer. */
    DT_QINT16(15, "qint16", 2, 2),
    /** Quantised unsigned 16-bit integer. */
    DT_QUINT16(16, "quint16", 2, 2),
    /** Unsigned 16-bit integer. */
    DT_UINT16(17, "uint16", 2, 2),
    /** Complex number of two doubles, real then imaginary. */
    DT_COMPLEX128(18, "complex128", 16, 8),
    /** IEEE 754 half precision. */
    DT_HALF(19, "half", 2, 2),
    /** A handle to a resource; checkpoints do not contain it. */
    DT_RESOURCE(20, "resource", 0, 0),
    /** Arbitrary C++ objects, each stored as a protobuf message. */
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
    /** Signed 4-bit integer, one byte per element (the low four bits are used). */
    DT_INT4(29, "int4", 1, 1),
    /** Unsigned 4-bit integer, one byte per element (the low four bits are used). */
    DT_UINT4(30, "uint4", 1, 1),
    /** Signed 2-bit integer, one byte per element (the low two bits are used). */
    DT_INT2(31, "int2", 1, 1),
    /** Unsigned 2-bit integer, one byte per element (the low two bits are used). */
    DT_UINT2(32, "uint2", 1, 1),
    /** 4-bit float, one byte per element (the low four bits are used). */
    DT_FLOAT4_E2M1FN(33, "float4_e2m1fn", 1, 1),
    /** A dtype that this library does not know; see {@link TensorInfo#dtypeNumber()} for its number. */
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

    /** Dtypes of other formats that TensorFlow does not have. Their numbers begin where no file of TensorFlow's does. */
    private static final List<String> FOREIGN = List.of(
            "F4",
            "F6_E2M3",
            "F6_E3M2",
            "F8_E8M0",
            "object",
            "structured",
            "datetime64",
            "timedelta64",
            "longdouble",
            "clongdouble",
            "void");

    private static final int FIRST_FOREIGN = 0x7f000000;

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
     * Returns the dtype with a number.
     *
     * @param number the number, as in files
     * @return the dtype; {@link #UNKNOWN} for an unknown number or a reference dtype
     */
    public static DataType ofNumber(int number) {
        return number >= 0 && number < BY_NUMBER.length ? BY_NUMBER[number] : UNKNOWN;
    }

    /**
     * Returns TensorFlow's enum name for a number, for example {@code DT_FLOAT} or {@code DT_FLOAT_REF}.
     *
     * @param number any number
     * @return the name; for an unknown number TensorFlow's text, for example {@code unknown dtype enum (99)}
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
     * Returns the short name for a number, as in TensorFlow's messages, for example {@code float} or {@code float_ref}.
     *
     * @param number any number
     * @return the name; for an unknown number TensorFlow's text, for example {@code unknown dtype enum (99)}
     */
    public static String shortName(int number) {
        DataType type = ofNumber(number);
        if (type != UNKNOWN) {
            return type.shortName;
        }
        DataType referred = ofNumber(number - REFERENCE_OFFSET);
        return referred == UNKNOWN || referred == DT_INVALID ? unknown(number) : referred.shortName + "_ref";
    }

    /**
     * {@return the number that stands for a dtype of another format that TensorFlow does not have} {@link #ofNumber}
     * returns {@link #UNKNOWN} for it, and {@link #enumName(int)} its name.
     *
     * @param name the name of the dtype in the safetensors format, or in NumPy
     * @throws IllegalArgumentException if the name is not known
     */
    public static int foreignNumber(String name) {
        int index = FOREIGN.indexOf(name);
        if (index < 0) {
            throw new IllegalArgumentException("unknown dtype '" + name + "'");
        }
        return FIRST_FOREIGN + index;
    }

    private static String unknown(int number) {
        int foreign = number - FIRST_FOREIGN;
        if (foreign >= 0 && foreign < FOREIGN.size()) {
            return FOREIGN.get(foreign);
        }
        return "unknown dtype enum (" + number + ")";
    }

    /** {@return the number of this dtype in files; −1 for {@link #UNKNOWN}} */
    public int number() {
        return number;
    }

    /** {@return the short name of this dtype, as in TensorFlow's messages, for example {@code float}} */
    public String shortName() {
        return shortName;
    }

    /**
     * Returns the name of this dtype in Python ({@code tf.DType.name}). It differs from {@link #shortName()} for float,
     * double and half.
     *
     * @return the name, for example {@code float32}
     */
    public String pythonName() {
        return switch (this) {
            case DT_FLOAT -> "float32";
            case DT_DOUBLE -> "float64";
            case DT_HALF -> "float16";
            default -> shortName;
        };
    }

    /** {@return whether all elements have the same size; false for strings, variants, resources and unknown dtypes} */
    public boolean isFixedWidth() {
        return width > 0;
    }

    /** {@return the size of an element in a checkpoint, in bytes; 0 if {@link #isFixedWidth()} is false} */
    public int width() {
        return width;
    }

    /**
     * {@return the number of bytes that are reversed together to change the byte order: the width, or half of it for
     * complex dtypes; 0 if {@link #isFixedWidth()} is false}
     */
    public int swapUnit() {
        return swapUnit;
    }
}
