package org.tfckpt.spark;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import org.apache.spark.sql.catalyst.expressions.UnsafeArrayData;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Tensor;
import org.tfckpt.io.ByteSwap;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Elements;
import org.tfckpt.tensor.StringVector;
import org.tfckpt.tensor.TensorInfo;

/**
 * The table {@code values}: chunks of elements. The bytes of a tensor are compared with their checksum before the first
 * of its rows; those of large tensors by {@link LargeTensors}.
 */
final class ValueRows extends TableRows {
    private static final int CHUNK_BYTES = 4 << 20;
    private static final int FIRST = 4;
    private static final int FLOATS = 5;
    private static final int DOUBLES = 6;
    private static final int LONGS = 7;
    private static final int DECIMALS = 8;
    private static final int STRINGS = 9;
    private static final int BYTES = 10;

    private final Pieces pieces;
    private @Nullable Tensor tensor;
    private List<Tensor.Variant> variants = List.of();
    /** The next element, and the one after the last. */
    private long at;

    private long end;

    ValueRows(Input input) throws IOException {
        super(input);
        this.pieces = input.pieces();
    }

    @Override
    Object @Nullable [] next() throws IOException {
        while (tensor == null) {
            Pieces.Piece piece = pieces.next();
            if (piece == null) {
                return null;
            }
            try {
                open(piece);
                if (tensor != null && at == end) {
                    // One row for a tensor without elements.
                    return chunk(tensor);
                }
            } catch (CheckpointException e) {
                tensor = null;
                return row(piece.tensor(), e);
            }
        }
        TensorInfo info = tensor.info();
        try {
            return chunk(tensor);
        } catch (CheckpointException e) {
            tensor = null;
            return row(info, e);
        }
    }

    private void open(Pieces.Piece piece) throws IOException {
        boolean intact = piece.isLarge()
                && input.split().known() != null
                && input.split().known().containsKey(piece.tensor().name());
        if (!intact && !pieces.begins(piece)) {
            return;
        }
        Tensor whole = input.checkpoint().tensor(piece.tensor());
        at = 0;
        if (intact) {
            Pieces.Range range = pieces.range(piece);
            at = range.first();
            end = at + range.count();
            tensor = end > at ? whole.withoutChecksums() : null;
            return;
        }
        whole.check();
        end = whole.shape().elements();
        variants = piece.tensor().dtype() == DataType.DT_VARIANT ? whole.variants() : List.of();
        tensor = piece.tensor().dtype().isFixedWidth() ? whole.withoutChecksums() : whole;
    }

    private Object[] chunk(Tensor open) throws IOException {
        DataType type = open.dtype();
        Object[] row = row(open.info());
        row[FIRST] = at;
        if (type == DataType.DT_STRING) {
            Object[] strings = at == end ? new Object[0] : strings(open.stringPart((int) at));
            row[STRINGS] = new GenericArrayData(strings);
            at += strings.length;
        } else if (type == DataType.DT_VARIANT) {
            row[BYTES] = at == end ? new byte[0] : variants.get((int) at).toByteArray();
            at = Math.min(end, at + 1);
        } else {
            int column = column(type);
            int count = (int) Math.min(end - at, CHUNK_BYTES / Math.max(type.width(), width(column)));
            ByteBuffer bytes = open.asByteBuffer(at * type.width(), count * type.width());
            row[column] = convert(type, column, bytes, count);
            at += count;
        }
        if (at >= end) {
            tensor = null;
        }
        return row;
    }

    private static Object[] strings(StringVector part) {
        Object[] strings = new Object[part.size()];
        for (int i = 0; i < strings.length; i++) {
            strings[i] = part.bytes(i);
        }
        return strings;
    }

    private static int column(DataType type) {
        if (type == DataType.DT_DOUBLE) {
            return DOUBLES;
        }
        if (type == DataType.DT_UINT64) {
            return DECIMALS;
        }
        if (Elements.fitsFloat(type)) {
            return FLOATS;
        }
        return type == DataType.DT_BOOL || Elements.isInteger(type) ? LONGS : BYTES;
    }

    /** Returns the size of an element of a column. */
    private static int width(int column) {
        return column == FLOATS ? Float.BYTES : column == BYTES ? 1 : column == DECIMALS ? 2 * Long.BYTES : Long.BYTES;
    }

    private static Object convert(DataType type, int column, ByteBuffer bytes, int count) {
        return switch (column) {
            case FLOATS -> UnsafeArrayData.fromPrimitiveArray(floats(type, bytes, count));
            case DOUBLES -> {
                double[] doubles = new double[count];
                bytes.asDoubleBuffer().get(doubles);
                yield UnsafeArrayData.fromPrimitiveArray(doubles);
            }
            case LONGS -> {
                long[] longs = new long[count];
                for (int i = 0; i < count; i++) {
                    longs[i] = type == DataType.DT_BOOL
                            ? Math.min(1, bytes.get(i) & 0xff)
                            : Elements.longAt(type, bytes, i);
                }
                yield UnsafeArrayData.fromPrimitiveArray(longs);
            }
            case DECIMALS -> {
                Object[] decimals = new Object[count];
                for (int i = 0; i < count; i++) {
                    decimals[i] = TableKind.integer(Long.toUnsignedString(bytes.getLong(i * Long.BYTES)));
                }
                yield new GenericArrayData(decimals);
            }
            default ->
                ByteSwap.swapped(bytes, bytes.order() == ByteOrder.BIG_ENDIAN ? type.swapUnit() : 1)
                        .array();
        };
    }

    private static float[] floats(DataType type, ByteBuffer bytes, int count) {
        float[] floats = new float[count];
        if (type == DataType.DT_FLOAT) {
            bytes.asFloatBuffer().get(floats);
        } else {
            for (int i = 0; i < count; i++) {
                floats[i] = (float) Elements.floatAt(type, bytes, i);
            }
        }
        return floats;
    }
}
