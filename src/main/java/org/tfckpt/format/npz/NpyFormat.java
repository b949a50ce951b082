package org.tfckpt.format.npz;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.FormatWriter;
import org.tfckpt.format.FormatWriter.Fit;
import org.tfckpt.format.NewTensor;
import org.tfckpt.format.NewValues;
import org.tfckpt.format.StringSource;
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
    private static final int BLOCK = 1 << 16;
    private static final String WIDENED = "<f4";

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
        return NpyType.descr(dtype) != null ? Fit.EXACT : Elements.fitsFloat(dtype) ? Fit.WIDENED : Fit.NONE;
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

    private static boolean fits(StringSource strings) throws IOException {
        boolean[] endsInNul = {false};
        long[] sizes = {0, 0, 1};
        strings.forEach(part -> {
            for (int i = 0; i < part.size(); i++) {
                int length = part.length(i);
                endsInNul[0] |= length > 0 && part.get(i).get(length - 1) == 0;
                sizes[2] = Math.max(sizes[2], length);
            }
            sizes[0] += part.size();
            sizes[1] += part.byteSize();
        });
        long padded = sizes[2] * sizes[0];
        return !endsInNul[0] && (padded <= MAX_PADDED || padded <= MAX_GROWTH * sizes[1]);
    }

    private static int longest(StringSource strings) throws IOException {
        int[] longest = {1};
        strings.forEach(part -> {
            for (int i = 0; i < part.size(); i++) {
                longest[0] = Math.max(longest[0], part.length(i));
            }
        });
        return longest[0];
    }

    /** Returns the size of the whole npy file. */
    static long size(NewTensor tensor) throws IOException {
        if (tensor.dtype() == DataType.DT_STRING) {
            long item = longest(tensor.values().strings());
            return header("|S" + item, tensor).length + item * tensor.shape().elements();
        }
        String descr = descr(tensor);
        long width = descr == null ? Float.BYTES : tensor.dtype().width();
        return header(descr, tensor).length + width * tensor.shape().elements();
    }

    /** Returns the description of a tensor of numbers; null if they are widened. */
    private static @Nullable String descr(NewTensor tensor) {
        return NpyType.descr(FormatWriter.storedInteger(tensor.dtype()));
    }

    private static byte[] header(@Nullable String descr, NewTensor tensor) {
        long[] shape = tensor.shape().toArray();
        String tuple = LongStream.of(shape).mapToObj(Long::toString).collect(Collectors.joining(", "));
        String text = "{'descr': '" + (descr == null ? WIDENED : descr) + "', 'fortran_order': False, 'shape': ("
                + tuple + (shape.length == 1 ? ",), }" : "), }");
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
            StringSource strings = tensor.values().strings();
            int item = longest(strings);
            out.write(ByteBuffer.wrap(header("|S" + item, tensor)));
            ByteBuffer padded = ByteBuffer.allocate(item * Math.max(1, BLOCK / item));
            strings.forEach(part -> {
                for (int i = 0; i < part.size(); i++) {
                    if (!padded.hasRemaining()) {
                        out.write(padded.flip());
                        padded.clear();
                    }
                    int end = padded.position() + item;
                    padded.put(part.get(i));
                    Arrays.fill(padded.array(), padded.position(), end, (byte) 0);
                    padded.position(end);
                }
            });
            out.write(padded.flip());
        } else {
            String descr = descr(tensor);
            out.write(ByteBuffer.wrap(header(descr, tensor)));
            out.elements(tensor, descr == null);
        }
    }
}
