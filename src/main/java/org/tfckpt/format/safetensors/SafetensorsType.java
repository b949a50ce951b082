package org.tfckpt.format.safetensors;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.DataType;

/** The dtypes of the format, in the order of the reference implementation, by which it sorts the tensors of a file. */
enum SafetensorsType {
    BOOL(8, DataType.DT_BOOL),
    F4(4, DataType.UNKNOWN),
    F6_E2M3(6, DataType.UNKNOWN),
    F6_E3M2(6, DataType.UNKNOWN),
    U8(8, DataType.DT_UINT8),
    I8(8, DataType.DT_INT8),
    F8_E5M2(8, DataType.DT_FLOAT8_E5M2),
    F8_E4M3(8, DataType.DT_FLOAT8_E4M3FN),
    F8_E8M0(8, DataType.UNKNOWN),
    F8_E4M3FNUZ(8, DataType.DT_FLOAT8_E4M3FNUZ),
    F8_E5M2FNUZ(8, DataType.DT_FLOAT8_E5M2FNUZ),
    I16(16, DataType.DT_INT16),
    U16(16, DataType.DT_UINT16),
    F16(16, DataType.DT_HALF),
    BF16(16, DataType.DT_BFLOAT16),
    I32(32, DataType.DT_INT32),
    U32(32, DataType.DT_UINT32),
    F32(32, DataType.DT_FLOAT),
    C64(64, DataType.DT_COMPLEX64),
    F64(64, DataType.DT_DOUBLE),
    I64(64, DataType.DT_INT64),
    U64(64, DataType.DT_UINT64);

    private static final Map<String, SafetensorsType> BY_NAME =
            Arrays.stream(values()).collect(Collectors.toMap(SafetensorsType::name, Function.identity()));

    private final int bits;
    private final DataType dtype;

    SafetensorsType(int bits, DataType dtype) {
        this.bits = bits;
        this.dtype = dtype;
    }

    /** Returns the dtype with a name, null if there is none. */
    static @Nullable SafetensorsType ofName(String name) {
        return BY_NAME.get(name);
    }

    /** Returns the dtype that stands for one of TensorFlow, null if there is none. */
    static @Nullable SafetensorsType ofDtype(DataType dtype) {
        for (SafetensorsType type : values()) {
            if (type.dtype == dtype && dtype != DataType.UNKNOWN) {
                return type;
            }
        }
        return null;
    }

    /** Returns the size of an element. */
    int bits() {
        return bits;
    }

    /** Returns the number of TensorFlow's dtype; a number of this library's own if TensorFlow has none. */
    int dtypeNumber() {
        return dtype == DataType.UNKNOWN ? DataType.foreignNumber(name()) : dtype.number();
    }
}
