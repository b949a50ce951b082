package org.tfckpt.format;

import java.util.Arrays;
import java.util.Optional;
import org.tfckpt.io.MalformedBytesException;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorSlice;

/**
 * Shapes and slices on the wire.
 *
 * <pre>
 * TensorShapeProto: 2 dim { 1 size int64 }
 * TensorSliceProto: 1 extent { 1 start int64, 2 length int64, absent: all }
 * </pre>
 */
public final class WireShapes {
    /** No tensor was ever cut into more slices; a small Snappy block could make a million, of a hundred bytes each. */
    public static final int MAX_SLICES = 1 << 16;

    /** TensorFlow has 254 at most. Some more are listed, to be refused when the tensor is read; but not a million. */
    private static final int MAX_DIMENSIONS = 1 << 10;

    private static final int DIM = 2 << 3 | WireReader.BYTES;
    private static final int DIM_SIZE = 1 << 3 | WireReader.VARINT;
    private static final int EXTENT = 1 << 3 | WireReader.BYTES;
    private static final int START = 1 << 3 | WireReader.VARINT;
    private static final int LENGTH = 2 << 3 | WireReader.VARINT;

    private WireShapes() {}

    /**
     * Reads a shape.
     *
     * @param in at a field of that message
     * @param before dimensions of the same field, read before: a field that comes twice is one
     * @return the shape, perhaps one that no tensor has
     * @throws MalformedBytesException if it is no such message
     */
    public static Shape shape(WireReader in, Shape before) throws MalformedBytesException {
        int outer = in.enter();
        long[] dimensions = before.toArray();
        int rank = dimensions.length;
        for (int tag = in.next(); tag != 0; tag = in.next()) {
            if (tag != DIM) {
                in.skip();
                continue;
            }
            requireDimension(rank);
            if (rank == dimensions.length) {
                dimensions = Arrays.copyOf(dimensions, Math.max(4, 2 * rank));
            }
            dimensions[rank++] = dimension(in);
        }
        in.leave(outer);
        return Shape.of(rank == dimensions.length ? dimensions : Arrays.copyOf(dimensions, rank));
    }

    private static void requireDimension(int rank) throws MalformedBytesException {
        if (rank == MAX_DIMENSIONS) {
            throw new MalformedBytesException("more than " + MAX_DIMENSIONS + " dimensions");
        }
    }

    private static long dimension(WireReader in) throws MalformedBytesException {
        int outer = in.enter();
        long size = 0;
        for (int tag = in.next(); tag != 0; tag = in.next()) {
            if (tag == DIM_SIZE) {
                size = in.varint();
            } else {
                in.skip();
            }
        }
        in.leave(outer);
        return size;
    }

    /**
     * Reads a slice.
     *
     * @param in at a field of that message
     * @return the slice, its extents as they are
     * @throws MalformedBytesException if it is no such message
     */
    public static TensorSlice slice(WireReader in) throws MalformedBytesException {
        int outer = in.enter();
        long[] starts = new long[4];
        long[] lengths = new long[4];
        int rank = 0;
        for (int tag = in.next(); tag != 0; tag = in.next()) {
            if (tag != EXTENT) {
                in.skip();
                continue;
            }
            requireDimension(rank);
            if (rank == starts.length) {
                starts = Arrays.copyOf(starts, 2 * rank);
                lengths = Arrays.copyOf(lengths, 2 * rank);
            }
            lengths[rank] = TensorSlice.FULL;
            extent(in, starts, lengths, rank);
            rank++;
        }
        in.leave(outer);
        return TensorSlice.ofExtents(Arrays.copyOf(starts, rank), Arrays.copyOf(lengths, rank));
    }

    private static void extent(WireReader in, long[] starts, long[] lengths, int axis) throws MalformedBytesException {
        int outer = in.enter();
        for (int tag = in.next(); tag != 0; tag = in.next()) {
            switch (tag) {
                case START -> starts[axis] = in.varint();
                case LENGTH -> lengths[axis] = in.varint();
                default -> in.skip();
            }
        }
        in.leave(outer);
    }

    /**
     * What is wrong with the extents of a slice, in TensorFlow's words.
     *
     * @param slice as it was read
     * @return nothing if every extent is one that TensorFlow writes
     */
    public static Optional<String> problem(TensorSlice slice) {
        for (int axis = 0; axis < slice.rank(); axis++) {
            long start = slice.start(axis);
            long length = slice.length(axis);
            if (slice.isFullAt(axis)) {
                continue;
            }
            if (start < 0 || length <= 0) {
                return Optional.of("Expected non-negative start and positive length but got start = " + start
                        + ", length = " + length + ": extent = " + text(start, length));
            }
            if (start > Long.MAX_VALUE - length) {
                return Optional.of("Extent end exceeds the maximum possible size: extent = " + text(start, length));
            }
        }
        return Optional.empty();
    }

    private static String text(long start, long length) {
        String first = start == 0 ? "" : "start: " + start;
        String second = length == TensorSlice.FULL ? "" : "length: " + length;
        return first + (first.isEmpty() || second.isEmpty() ? "" : " ") + second;
    }
}
