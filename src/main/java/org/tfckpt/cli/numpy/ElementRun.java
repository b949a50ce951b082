package org.tfckpt.cli.numpy;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Elements;

/** Consecutive elements of an array, read together. */
record ElementRun(ArrayValues values, DataType dtype, long first, ByteBuffer bytes) {
    /** Elements per read: large enough to amortise the call, small enough for the cache. */
    private static final int RUN_LENGTH = 4096;

    /** Receives elements one by one. */
    @FunctionalInterface
    interface Consumer {
        void accept(ElementRun run, int index) throws IOException;
    }

    static void forEach(ArrayValues values, long from, long to, Consumer consumer) throws IOException {
        for (long first = from; first < to; first += RUN_LENGTH) {
            int count = (int) Math.min(RUN_LENGTH, to - first);
            DataType dtype = values.dtype();
            ByteBuffer bytes = dtype.isFixedWidth() ? values.read(first, count) : ByteBuffer.allocate(0);
            ElementRun run = new ElementRun(values, dtype, first, bytes);
            for (int i = 0; i < count; i++) {
                consumer.accept(run, i);
            }
        }
    }

    boolean truth(int index) {
        return bytes.get(index) != 0;
    }

    /** Returns an integer element; a uint64 as its 64 bits. */
    long integer(int index) {
        return Elements.longAt(dtype, bytes, index);
    }

    double number(int index) {
        return switch (dtype) {
            case DT_COMPLEX64 -> bytes.getFloat(8 * index);
            case DT_COMPLEX128 -> bytes.getDouble(16 * index);
            default -> Elements.floatAt(dtype, bytes, index);
        };
    }

    double imaginary(int index) {
        return dtype == DataType.DT_COMPLEX64 ? bytes.getFloat(8 * index + 4) : bytes.getDouble(16 * index + 8);
    }

    byte[] string(int index) throws IOException {
        return values.string(first + index);
    }
}
