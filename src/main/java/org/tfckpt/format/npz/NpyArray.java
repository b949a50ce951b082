package org.tfckpt.format.npz;

import java.io.IOException;
import java.util.List;
import java.util.function.LongUnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.Layout;
import org.tfckpt.format.PermutedData;
import org.tfckpt.format.StoredArray;
import org.tfckpt.format.StringData;
import org.tfckpt.format.TensorData;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.UnsupportedFormatException;

/** An array of an npy file, or of a member of an npz file. */
final class NpyArray extends StoredArray {
    private final NpyHeader header;
    private final Values values;

    /** Opens the values as they are stored. */
    interface Values {
        TensorData open() throws IOException;
    }

    /** {@code storage} is null if the values are compressed. */
    NpyArray(String name, NpyHeader header, TensorInfo.@Nullable Storage storage, String file, Values values) {
        super(
                new TensorInfo(name, header.type().dtypeNumber(), header.shape(), storage, List.of()),
                header.order(),
                file);
        this.header = header;
        this.values = values;
    }

    @Override
    public UnsupportedFormatException notSupported() {
        String hint = header.type().isUntyped16()
                ? "it may be bfloat16, which NumPy does not know; --assume bfloat16 reads it so"
                : null;
        String problem = "dtype '" + header.type().text() + "' is not supported: TensorFlow has no such dtype";
        return new UnsupportedFormatException(problem, hint == null ? place() : place().withHint(hint));
    }

    private boolean isReversed() {
        return header.fortran() && header.shape().rank() > 1;
    }

    /** Returns the shape of the values as they are stored, if the first axis varies fastest. */
    private long[] reversedShape() {
        int rank = header.shape().rank();
        return IntStream.range(0, rank)
                .mapToLong(axis -> header.shape().dimension(rank - 1 - axis))
                .toArray();
    }

    private int[] reversedAxes() {
        int rank = header.shape().rank();
        return IntStream.range(0, rank).map(axis -> rank - 1 - axis).toArray();
    }

    @Override
    public TensorData data(int slice) throws IOException {
        TensorData stored = values.open();
        return isReversed()
                ? PermutedData.of(
                        stored, reversedShape(), reversedAxes(), info().dtype().width())
                : stored;
    }

    @Override
    public StringData strings(int slice) throws IOException {
        if (!isReadable()) {
            throw notSupported();
        }
        long count = header.shape().elements();
        if (count > Integer.MAX_VALUE - 8 || header.type().itemSize() > Integer.MAX_VALUE - 8) {
            throw new UnsupportedFormatException("the array has too many or too long strings", place());
        }
        LongUnaryOperator position = isReversed() && count > 0
                ? Layout.of(reversedShape(), reversedAxes())::source
                : LongUnaryOperator.identity();
        return new FixedStrings(
                values.open(),
                (int) count,
                (int) header.type().itemSize(),
                header.type().isUtf32(),
                position,
                place());
    }

    @Override
    protected long verify() throws IOException {
        if (isReadable()) {
            return super.verify();
        }
        TensorData stored = values.open();
        stored.check();
        return stored.size();
    }
}
