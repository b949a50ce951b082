package org.tfckpt.format.npz;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.LongUnaryOperator;
import org.tfckpt.format.StringData;
import org.tfckpt.format.StringVectorBuilder;
import org.tfckpt.format.TensorData;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.StringVector;
import org.tfckpt.tensor.TensorNames;

/** Strings that all take the same number of bytes; NULs at the end are padding. Text becomes UTF-8. */
final class FixedStrings implements StringData {
    private final TensorData data;
    private final int count;
    private final int itemSize;
    private final boolean utf32;
    private final LongUnaryOperator position;
    private final ErrorContext place;

    /** {@code position} gives the position in the file of an element. */
    FixedStrings(
            TensorData data, int count, int itemSize, boolean utf32, LongUnaryOperator position, ErrorContext place) {
        this.data = data;
        this.count = count;
        this.itemSize = itemSize;
        this.utf32 = utf32;
        this.position = position;
        this.place = place;
    }

    @Override
    public int count() {
        return count;
    }

    @Override
    public long maxLength(int index) {
        // A character takes at most as many bytes in UTF-8 as in UTF-32.
        return itemSize;
    }

    @Override
    public StringVector read(int first, int count) throws IOException {
        StringVectorBuilder strings = new StringVectorBuilder(0);
        for (int i = first; i < first + count; i++) {
            ByteBuffer item = data.read(position.applyAsLong(i) * itemSize, itemSize);
            if (utf32) {
                byte[] text = text(item);
                strings.add(ByteBuffer.wrap(text), 0, text.length);
            } else {
                strings.add(item, 0, length(item));
            }
        }
        return strings.build();
    }

    private int length(ByteBuffer item) {
        int length = itemSize;
        while (length > 0 && item.get(length - 1) == 0) {
            length--;
        }
        return length;
    }

    private byte[] text(ByteBuffer item) throws DataLossException {
        int length = itemSize / Integer.BYTES;
        while (length > 0 && item.getInt((length - 1) * Integer.BYTES) == 0) {
            length--;
        }
        StringBuilder text = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            int codePoint = item.getInt(i * Integer.BYTES);
            boolean surrogate = codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
            if (surrogate || !Character.isValidCodePoint(codePoint)) {
                throw new DataLossException(
                        ProblemKind.ENTRY,
                        "an element of the array is not Unicode text",
                        place.mismatch("a character", "U+" + Integer.toHexString(codePoint)));
            }
            text.appendCodePoint(codePoint);
        }
        return TensorNames.encode(text.toString());
    }

    @Override
    public void check() throws IOException {
        data.check();
    }
}
