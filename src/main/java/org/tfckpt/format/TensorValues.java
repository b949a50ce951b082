package org.tfckpt.format;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import org.tfckpt.proto.TensorProto;
import org.tfckpt.tensor.DataType;

/**
 * Converts the numbers of a TensorProto to elements as a V2 data file stores them: little-endian, in row-major order.
 * Packed floats have that form in the message and are returned as a view.
 */
public final class TensorValues {
    private static final int CONTENT = MessageFields.lengthDelimited(TensorProto.TENSOR_CONTENT_FIELD_NUMBER);
    /** The size of the largest tensor whose last value may be repeated; a few bytes could claim any size. */
    private static final int MAX_REPEATED = 1 << 26;

    private final DataType dtype;
    private final int size;
    private @Nullable ByteBuffer view;
    private @Nullable ByteBuffer copy;

    private TensorValues(DataType dtype, int size) {
        this.dtype = dtype;
        this.size = size;
    }

    /** Returns whether the values of a dtype can be converted; not those of strings, variants and unknown dtypes. */
    public static boolean isKnown(DataType dtype) {
        return field(dtype) != 0;
    }

    private static int field(DataType dtype) {
        return switch (dtype) {
            case DT_FLOAT -> TensorProto.FLOAT_VAL_FIELD_NUMBER;
            case DT_DOUBLE -> TensorProto.DOUBLE_VAL_FIELD_NUMBER;
            case DT_INT32, DT_INT16, DT_INT8, DT_UINT8, DT_UINT16 -> TensorProto.INT_VAL_FIELD_NUMBER;
            case DT_QINT32, DT_QINT16, DT_QINT8, DT_QUINT8, DT_QUINT16 -> TensorProto.INT_VAL_FIELD_NUMBER;
            case DT_INT4, DT_UINT4, DT_INT2, DT_UINT2 -> TensorProto.INT_VAL_FIELD_NUMBER;
            case DT_COMPLEX64 -> TensorProto.SCOMPLEX_VAL_FIELD_NUMBER;
            case DT_INT64 -> TensorProto.INT64_VAL_FIELD_NUMBER;
            case DT_BOOL -> TensorProto.BOOL_VAL_FIELD_NUMBER;
            case DT_COMPLEX128 -> TensorProto.DCOMPLEX_VAL_FIELD_NUMBER;
            case DT_HALF, DT_BFLOAT16 -> TensorProto.HALF_VAL_FIELD_NUMBER;
            case DT_UINT32 -> TensorProto.UINT32_VAL_FIELD_NUMBER;
            case DT_UINT64 -> TensorProto.UINT64_VAL_FIELD_NUMBER;
            case DT_FLOAT8_E5M2, DT_FLOAT8_E4M3FN -> TensorProto.FLOAT8_VAL_FIELD_NUMBER;
            case DT_FLOAT8_E4M3FNUZ, DT_FLOAT8_E4M3B11FNUZ, DT_FLOAT8_E5M2FNUZ, DT_FLOAT4_E2M1FN ->
                TensorProto.FLOAT8_VAL_FIELD_NUMBER;
            default -> 0;
        };
    }

    /**
     * Converts the values of a TensorProto that contains every element, in the field of its dtype, which {@link
     * #isKnown}. Returns the elements, little-endian; a view of the message where possible. Throws if there are more or
     * fewer.
     */
    public static ByteBuffer all(DataType dtype, long elements, ByteBuffer message) throws IOException {
        TensorValues values = new TensorValues(dtype, requirePossible(dtype, elements, message, 0));
        values.read(message);
        if (values.filled() != values.size) {
            throw new InvalidProtocolBufferException(
                    "values of " + values.filled() + " bytes where " + values.size + " are needed");
        }
        return values.result();
    }

    /**
     * Converts the values of a TensorProto that has them in tensor_content, or whose last value is repeated for the
     * missing elements, to little-endian. Throws if there are more.
     */
    public static ByteBuffer repeating(DataType dtype, long elements, ByteBuffer message) throws IOException {
        int size = requirePossible(dtype, elements, message, MAX_REPEATED);
        MessageFields in = new MessageFields(message);
        ByteBuffer content = null;
        for (int tag = in.next(); tag != 0; tag = in.next()) {
            if (tag == CONTENT) {
                content = in.bytes();
            } else {
                in.skip();
            }
        }
        if (content != null && content.hasRemaining()) {
            if (content.remaining() != size) {
                throw new InvalidProtocolBufferException(
                        "tensor_content of " + content.remaining() + " bytes where " + size + " are needed");
            }
            return content;
        }
        TensorValues values = new TensorValues(dtype, size);
        values.read(message);
        values.repeatLast();
        return values.result();
    }

    /** Returns the size of the elements in bytes, checked against the message before anything is allocated. */
    private static int requirePossible(DataType dtype, long elements, ByteBuffer message, int least)
            throws InvalidProtocolBufferException {
        boolean fixed = fixedWidth(dtype) > 0;
        long most = fixed ? message.remaining() / dtype.width() : message.remaining();
        most = Math.min(Math.max(most, least / dtype.width()), (Integer.MAX_VALUE - 8) / dtype.width());
        if (elements > most) {
            throw new InvalidProtocolBufferException(
                    elements + " elements where " + message.remaining() + " bytes hold their values");
        }
        return (int) elements * dtype.width();
    }

    /** Returns the width of a value in the message, 0 for a varint. */
    private static int fixedWidth(DataType dtype) {
        return switch (dtype) {
            case DT_FLOAT, DT_COMPLEX64 -> Float.BYTES;
            case DT_DOUBLE, DT_COMPLEX128 -> Double.BYTES;
            default -> field(dtype) == TensorProto.FLOAT8_VAL_FIELD_NUMBER ? 1 : 0;
        };
    }

    private void read(ByteBuffer message) throws IOException {
        int field = field(dtype);
        int packed = MessageFields.lengthDelimited(field);
        MessageFields in = new MessageFields(message);
        for (int tag = in.next(); tag != 0; tag = in.next()) {
            if (WireFormat.getTagFieldNumber(tag) != field) {
                in.skip();
            } else if (tag == packed && fixedWidth(dtype) > 0) {
                putAll(in.bytes());
            } else if (tag == packed) {
                int outer = in.enter();
                for (CodedInputStream values = in.numbers(); !values.isAtEnd(); ) {
                    put(values.readRawVarint64());
                }
                in.leave(outer);
            } else if (WireFormat.getTagWireType(tag) == unpackedType(dtype)) {
                putUnpacked(in.numbers());
            } else {
                in.skip();
            }
        }
    }

    private static int unpackedType(DataType dtype) {
        return switch (fixedWidth(dtype)) {
            case 0 -> WireFormat.WIRETYPE_VARINT;
            case Float.BYTES -> WireFormat.WIRETYPE_FIXED32;
            case Double.BYTES -> WireFormat.WIRETYPE_FIXED64;
            default -> WireFormat.WIRETYPE_LENGTH_DELIMITED;
        };
    }

    private void putUnpacked(CodedInputStream value) throws IOException {
        switch (fixedWidth(dtype)) {
            case 0 -> put(value.readRawVarint64());
            case Float.BYTES -> {
                requireRoom(Float.BYTES);
                target().putInt(value.readRawLittleEndian32());
            }
            default -> {
                requireRoom(Double.BYTES);
                target().putLong(value.readRawLittleEndian64());
            }
        }
    }

    private void putAll(ByteBuffer values) throws InvalidProtocolBufferException {
        if (filled() == 0 && values.remaining() == size) {
            view = values;
        } else {
            requireRoom(values.remaining());
            target().put(values);
        }
    }

    private void put(long value) throws InvalidProtocolBufferException {
        requireRoom(dtype.width());
        ByteBuffer target = target();
        switch (dtype.width()) {
            case 1 -> target.put((byte) (dtype == DataType.DT_BOOL && value != 0 ? 1 : value));
            case 2 -> target.putShort((short) value);
            case 4 -> target.putInt((int) value);
            default -> target.putLong(value);
        }
    }

    private void requireRoom(int bytes) throws InvalidProtocolBufferException {
        if (bytes > size - filled()) {
            throw new InvalidProtocolBufferException("more values than the " + size + " bytes that are needed");
        }
    }

    private int filled() {
        return view != null ? size : copy == null ? 0 : copy.position();
    }

    private ByteBuffer target() {
        ByteBuffer target = copy;
        if (target == null) {
            target = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
            copy = target;
        }
        return target;
    }

    private void repeatLast() throws InvalidProtocolBufferException {
        int filled = filled();
        if (filled == size) {
            return;
        }
        ByteBuffer target = target();
        int width = dtype.width();
        if (filled % width != 0) {
            throw new InvalidProtocolBufferException("the last complex value has no imaginary part");
        }
        // Without a value, all elements are zero.
        for (int at = filled; filled > 0 && at < size; at++) {
            target.put(at, target.get(at - width));
        }
        target.position(size);
    }

    private ByteBuffer result() {
        return view != null ? view : target().flip();
    }
}
