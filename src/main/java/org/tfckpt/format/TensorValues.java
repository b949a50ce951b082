package org.tfckpt.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;
import org.tfckpt.io.MalformedBytesException;
import org.tfckpt.io.Varint;
import org.tfckpt.tensor.DataType;

/**
 * The numbers of a TensorProto as elements: little-endian, row-major, as they would lie in a V2 data file. Packed floats
 * lie so already, and stay where they are.
 *
 * <pre>
 * 4 tensor_content | 5 float_val | 6 double_val | 7 int_val | 9 scomplex_val | 10 int64_val | 11 bool_val
 * 12 dcomplex_val | 13 half_val | 16 uint32_val | 17 uint64_val | 18 float8_val (bytes)
 * </pre>
 */
public final class TensorValues {
    private static final int CONTENT = 4 << 3 | WireReader.BYTES;
    private static final int FLOAT8 = 18;
    /** How much a few values may stand for, where the last one stands for all that follow. */
    private static final int MOST_REPEATED = 1 << 26;

    private final DataType dtype;
    private final int size;
    private @Nullable ByteBuffer view;
    private @Nullable ByteBuffer copy;

    private TensorValues(DataType dtype, int size) {
        this.dtype = dtype;
        this.size = size;
    }

    /**
     * Whether values of a dtype stand in a field that is known.
     *
     * @param dtype any
     * @return false for strings and whatever has no fixed width
     */
    public static boolean isKnown(DataType dtype) {
        return field(dtype) != 0;
    }

    private static int field(DataType dtype) {
        return switch (dtype) {
            case DT_FLOAT -> 5;
            case DT_DOUBLE -> 6;
            case DT_INT32, DT_INT16, DT_INT8, DT_UINT8, DT_UINT16 -> 7;
            case DT_QINT32, DT_QINT16, DT_QINT8, DT_QUINT8, DT_QUINT16 -> 7;
            case DT_INT4, DT_UINT4, DT_INT2, DT_UINT2 -> 7;
            case DT_COMPLEX64 -> 9;
            case DT_INT64 -> 10;
            case DT_BOOL -> 11;
            case DT_COMPLEX128 -> 12;
            case DT_HALF, DT_BFLOAT16 -> 13;
            case DT_UINT32 -> 16;
            case DT_UINT64 -> 17;
            case DT_FLOAT8_E5M2, DT_FLOAT8_E4M3FN -> FLOAT8;
            case DT_FLOAT8_E4M3FNUZ, DT_FLOAT8_E4M3B11FNUZ, DT_FLOAT8_E5M2FNUZ, DT_FLOAT4_E2M1FN -> FLOAT8;
            default -> 0;
        };
    }

    /**
     * Reads values that are all there, each in the field of its dtype.
     *
     * @param dtype one that {@link #isKnown}
     * @param elements how many there must be
     * @param message a TensorProto
     * @return their bytes, little-endian; a view of the message where that is possible
     * @throws MalformedBytesException if there are more or fewer, or it is no such message
     */
    public static ByteBuffer all(DataType dtype, long elements, ByteBuffer message) throws MalformedBytesException {
        TensorValues values = new TensorValues(dtype, requirePossible(dtype, elements, message, 0));
        values.read(message);
        if (values.filled() != values.size) {
            throw new MalformedBytesException(
                    "values of " + values.filled() + " bytes where " + values.size + " are needed");
        }
        return values.result();
    }

    /**
     * Reads values of which the last may stand for all that follow, or that may lie in tensor_content.
     *
     * @param dtype one that {@link #isKnown}
     * @param elements how many there must be
     * @param message a TensorProto
     * @return their bytes, little-endian
     * @throws MalformedBytesException if there are more, or it is no such message
     */
    public static ByteBuffer repeating(DataType dtype, long elements, ByteBuffer message)
            throws MalformedBytesException {
        int size = requirePossible(dtype, elements, message, MOST_REPEATED);
        WireReader in = new WireReader(message);
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
                throw new MalformedBytesException(
                        "tensor_content of " + content.remaining() + " bytes where " + size + " are needed");
            }
            return content;
        }
        TensorValues values = new TensorValues(dtype, size);
        values.read(message);
        values.repeatLast();
        return values.result();
    }

    /** Before anything is allocated: every element takes a byte at least, and one of fixed width its own. */
    private static int requirePossible(DataType dtype, long elements, ByteBuffer message, int least)
            throws MalformedBytesException {
        boolean asTheyAre = fixedWidth(dtype) > 0;
        long most = asTheyAre ? message.remaining() / dtype.width() : message.remaining();
        most = Math.min(Math.max(most, least / dtype.width()), (Integer.MAX_VALUE - 8) / dtype.width());
        if (elements > most) {
            throw new MalformedBytesException(
                    elements + " elements where " + message.remaining() + " bytes hold their values");
        }
        return (int) elements * dtype.width();
    }

    /** The bytes of a value on the wire, 0 if it is in base 128. */
    private static int fixedWidth(DataType dtype) {
        return switch (dtype) {
            case DT_FLOAT, DT_COMPLEX64 -> Float.BYTES;
            case DT_DOUBLE, DT_COMPLEX128 -> Double.BYTES;
            default -> field(dtype) == FLOAT8 ? 1 : 0;
        };
    }

    private void read(ByteBuffer message) throws MalformedBytesException {
        int field = field(dtype);
        int fixed = fixedWidth(dtype);
        int type = fixed == 0 ? WireReader.VARINT : fixed == Float.BYTES ? WireReader.FIXED32 : WireReader.FIXED64;
        WireReader in = new WireReader(message);
        for (int tag = in.next(); tag != 0; tag = in.next()) {
            if (tag == (field << 3 | WireReader.BYTES)) {
                packed(in.bytes(), fixed > 0);
            } else if (tag == (field << 3 | type) && fixed == 0) {
                put(in.varint());
            } else if (tag == (field << 3 | type)) {
                packed(in.take(fixed), true);
            } else {
                in.skip();
            }
        }
    }

    private void packed(ByteBuffer values, boolean asTheyAre) throws MalformedBytesException {
        if (!asTheyAre) {
            while (values.hasRemaining()) {
                put(Varint.read64(values));
            }
        } else if (filled() == 0 && values.remaining() == size) {
            view = values;
        } else {
            requireRoom(values.remaining());
            target().put(values);
        }
    }

    private void put(long value) throws MalformedBytesException {
        requireRoom(dtype.width());
        ByteBuffer target = target();
        switch (dtype.width()) {
            case 1 -> target.put((byte) (dtype == DataType.DT_BOOL && value != 0 ? 1 : value));
            case 2 -> target.putShort((short) value);
            case 4 -> target.putInt((int) value);
            default -> target.putLong(value);
        }
    }

    private void requireRoom(int bytes) throws MalformedBytesException {
        if (bytes > size - filled()) {
            throw new MalformedBytesException("more values than the " + size + " bytes that are needed");
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

    private void repeatLast() throws MalformedBytesException {
        int filled = filled();
        if (filled == size) {
            return;
        }
        ByteBuffer target = target();
        int width = dtype.width();
        if (filled % width != 0) {
            throw new MalformedBytesException("half a value at the end");
        }
        // Without any value all are zero.
        for (int at = filled; filled > 0 && at < size; at++) {
            target.put(at, target.get(at - width));
        }
        target.position(size);
    }

    private ByteBuffer result() {
        return view != null ? view : target().flip();
    }
}
