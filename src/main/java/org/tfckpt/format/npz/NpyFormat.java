package org.tfckpt.format.npz;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.tfckpt.format.FormatWriter;
import org.tfckpt.format.FormatWriter.Fit;
import org.tfckpt.format.NewTensor;
import org.tfckpt.format.NewValues;
import org.tfckpt.format.StringData;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Elements;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorNames;

/** Writes arrays exactly as {@code numpy.save} does, in version 1.0. */
final class NpyFormat {
    /** The limit of NumPy before 2.0. */
    private static final int MAX_RANK = 32;
    /** NumPy reserves space so that the first dimension can grow to as many digits without moving the values. */
    private static final int GROWTH_DIGITS = 21;

    private static final int MAX_WIDTH = 16;
    private static final int ALIGNMENT = 64;
    /** Strings are padded to the longest one; a tensor of strings may grow by this factor, or up to this size. */
    private static final int MAX_GROWTH = 16;

    private static final long MAX_PADDED = 1L << 24;

    private NpyFormat() {}

    static Fit fit(NewTensor tensor) throws IOException {
        if (tensor.shape().rank() > MAX_RANK || !isPossible(tensor.shape()) || !isPossible(tensor.name())) {
            return Fit.NONE;
        }
        DataType dtype = tensor.dtype();
        if (dtype == DataType.DT_STRING) {
            return fits(tensor.values().strings()) ? Fit.EXACT : Fit.NONE;
        }
        if (FormatWriter.storedInteger(dtype) != dtype) {
            return Fit.AS_INTEGERS;
        }
        boolean exact = switch (dtype) {
            case DT_FLOAT, DT_DOUBLE, DT_HALF, DT_BOOL, DT_COMPLEX64, DT_COMPLEX128 -> true;
            default -> Elements.isInteger(dtype);
        };
        return exact ? Fit.EXACT : Elements.fitsFloat(dtype) ? Fit.WIDENED : Fit.NONE;
    }

    /** Python's {@code zipfile} ignores a NUL and what follows it. */
    private static boolean isPossible(String name) {
        return TensorNames.isUtf8(name) && name.indexOf(0) < 0;
    }

    /** NumPy limits the product of the dimensions that are not 0, even if the array is empty. */
    private static boolean isPossible(Shape shape) {
        long[] dimensions = LongStream.of(shape.toArray())
                .filter(dimension -> dimension != 0)
                .toArray();
        long elements = Shape.of(dimensions).elementCount().orElse(Long.MAX_VALUE);
        return elements <= Long.MAX_VALUE / MAX_WIDTH;
    }

    private static boolean fits(StringData strings) throws IOException {
        long total = 0;
        long longest = 1;
        for (int i = 0; i < strings.count(); i++) {
            byte[] string = strings.get(i);
            if (string.length > 0 && string[string.length - 1] == 0) {
                return false;
            }
            total += string.length;
            longest = Math.max(longest, string.length);
        }
        long padded = longest * strings.count();
        return padded <= MAX_PADDED || padded <= MAX_GROWTH * total;
    }

    private static long longest(StringData strings) throws IOException {
        long longest = 1;
        for (int i = 0; i < strings.count(); i++) {
            longest = Math.max(longest, strings.length(i));
        }
        return longest;
    }

    private static String descr(DataType dtype) {
        return switch (dtype) {
            case DT_BOOL -> "|b1";
            case DT_INT8 -> "|i1";
            case DT_UINT8 -> "|u1";
            case DT_INT16 -> "<i2";
            case DT_UINT16 -> "<u2";
            case DT_INT32 -> "<i4";
            case DT_UINT32 -> "<u4";
            case DT_INT64 -> "<i8";
            case DT_UINT64 -> "<u8";
            case DT_HALF -> "<f2";
            case DT_DOUBLE -> "<f8";
            case DT_COMPLEX64 -> "<c8";
            case DT_COMPLEX128 -> "<c16";
            // Also for all that is widened.
            default -> "<f4";
        };
    }

    /** Returns the size of the whole npy file. */
    static long size(NewTensor tensor) throws IOException {
        if (tensor.dtype() == DataType.DT_STRING) {
            long item = longest(tensor.values().strings());
            return header("|S" + item, tensor).length + item * tensor.shape().elements();
        }
        long width = fit(tensor) == Fit.WIDENED ? Float.BYTES : tensor.dtype().width();
        return header(descr(FormatWriter.storedInteger(tensor.dtype())), tensor).length
                + width * tensor.shape().elements();
    }

    private static byte[] header(String descr, NewTensor tensor) {
        long[] shape = tensor.shape().toArray();
        String tuple = LongStream.of(shape).mapToObj(Long::toString).collect(Collectors.joining(", "));
        String text = "{'descr': '" + descr + "', 'fortran_order': False, 'shape': (" + tuple
                + (shape.length == 1 ? ",), }" : "), }");
        if (shape.length > 0) {
            text += " ".repeat(GROWTH_DIGITS - Long.toString(shape[0]).length());
        }
        int start = NpyHeader.MAGIC.length + 2 + Short.BYTES;
        int padding = ALIGNMENT - (start + text.length() + 1) % ALIGNMENT;
        text += " ".repeat(padding) + "\n";
        return ByteBuffer.allocate(start + text.length())
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(NpyHeader.MAGIC)
                .put((byte) 1)
                .put((byte) 0)
                .putShort((short) text.length())
                .put(text.getBytes(StandardCharsets.US_ASCII))
                .array();
    }

    static void write(NewTensor tensor, NewValues out) throws IOException {
        if (tensor.dtype() == DataType.DT_STRING) {
            StringData strings = tensor.values().strings();
            int item = Math.toIntExact(longest(strings));
            out.write(ByteBuffer.wrap(header("|S" + item, tensor)));
            for (int i = 0; i < strings.count(); i++) {
                out.write(ByteBuffer.wrap(Arrays.copyOf(strings.get(i), item)));
            }
        } else {
            DataType stored = FormatWriter.storedInteger(tensor.dtype());
            out.write(ByteBuffer.wrap(header(descr(stored), tensor)));
            out.elements(tensor, fit(tensor) == Fit.WIDENED);
        }
    }
}
