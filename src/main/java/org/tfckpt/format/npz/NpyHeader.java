package org.tfckpt.format.npz;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.UnsupportedFormatException;

/**
 * The header of an npy file: the magic number, the version (two bytes), the length of the text (two bytes in version 1,
 * otherwise four, little-endian), and the text {@code {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }},
 * padded with spaces.
 *
 * @param type the dtype
 * @param fortran whether the first axis varies fastest, so that the bytes are those of the transposed array
 * @param shape the shape
 * @param length the number of bytes before the values
 */
record NpyHeader(NpyType type, boolean fortran, Shape shape, int length) {
    static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    /** The limit of NumPy's own reader. */
    static final int MAX_TEXT = 10_000;

    private static final Set<String> KEYS = Set.of("descr", "fortran_order", "shape");

    /**
     * Reads a header from the beginning of a file. If {@code assumeBfloat16}, elements of two bytes without a type are
     * bfloat16.
     */
    static NpyHeader read(InputStream in, ErrorContext place, boolean assumeBfloat16) throws IOException {
        byte[] start = in.readNBytes(MAGIC.length + 2);
        if (start.length < MAGIC.length + 2
                || !ByteBuffer.wrap(start, 0, MAGIC.length).equals(ByteBuffer.wrap(MAGIC))) {
            throw damaged("the array does not begin with the magic number of NumPy", place);
        }
        int major = start[MAGIC.length] & 0xff;
        int minor = start[MAGIC.length + 1] & 0xff;
        if (major < 1 || major > 3 || minor != 0) {
            throw new UnsupportedFormatException(
                    "version " + major + "." + minor + " of the npy format is not supported", place);
        }
        int lengthBytes = major == 1 ? Short.BYTES : Integer.BYTES;
        byte[] length = in.readNBytes(lengthBytes);
        long textLength = 0;
        for (int i = length.length - 1; i >= 0; i--) {
            textLength = textLength << Byte.SIZE | (length[i] & 0xff);
        }
        if (length.length < lengthBytes || textLength > MAX_TEXT) {
            throw damaged(
                    "the header of the NumPy array is incomplete or too long",
                    place.mismatch("at most " + MAX_TEXT + " bytes", textLength));
        }
        byte[] text = in.readNBytes((int) textLength);
        if (text.length < textLength) {
            throw damaged("the file ends within the header of the NumPy array", place);
        }
        int total = start.length + lengthBytes + text.length;
        return parse(decode(text, major == 3, place), major < 3, total, assumeBfloat16, place);
    }

    private static String decode(byte[] text, boolean utf8, ErrorContext place) throws DataLossException {
        Charset charset = utf8 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
        try {
            return charset.newDecoder().decode(ByteBuffer.wrap(text)).toString();
        } catch (CharacterCodingException e) {
            throw new DataLossException(ProblemKind.HEADER, "the header of the NumPy array is not UTF-8", place, e);
        }
    }

    private static NpyHeader parse(String text, boolean python2, int length, boolean assumeBfloat16, ErrorContext place)
            throws CheckpointException {
        Map<String, Object> entries;
        try {
            entries = PythonDict.parse(text, python2);
        } catch (PythonDict.SyntaxException e) {
            throw new DataLossException(
                    ProblemKind.HEADER, "the header of the NumPy array cannot be parsed: " + e.getMessage(), place, e);
        }
        if (!entries.keySet().equals(KEYS)
                || !(entries.get("fortran_order") instanceof Boolean fortran)
                || !(entries.get("shape") instanceof Shape shape)) {
            throw damaged("the header of the NumPy array does not have a descr, a fortran_order and a shape", place);
        }
        NpyType type = null;
        if (entries.get("descr") instanceof String descr) {
            type = NpyType.of(descr, assumeBfloat16);
        } else if (entries.get("descr") instanceof PythonDict.Skipped fields) {
            type = NpyType.structured(fields.text());
        }
        if (type == null) {
            throw new UnsupportedFormatException("the dtype '" + entries.get("descr") + "' is not known", place);
        }
        NpyHeader header = new NpyHeader(type, fortran, shape, length);
        header.requireSize(place);
        return header;
    }

    private void requireSize(ErrorContext place) throws DataLossException {
        long elements = shape.elementCount().orElse(-1);
        if (elements < 0 || (type.itemSize() > 0 && elements > (Long.MAX_VALUE - length) / type.itemSize())) {
            throw new DataLossException(ProblemKind.SHAPE, "no array can have the shape " + shape, place);
        }
    }

    private static DataLossException damaged(String problem, ErrorContext place) {
        return new DataLossException(ProblemKind.HEADER, problem, place);
    }

    /** Returns the size of the values; −1 if the size of an element is not known. */
    long dataSize() {
        return type.itemSize() < 0 ? -1 : shape.elements() * type.itemSize();
    }

    /** Returns whether the values are big-endian. */
    ByteOrder order() {
        return type.order();
    }
}
