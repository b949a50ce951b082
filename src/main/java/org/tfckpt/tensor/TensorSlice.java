package org.tfckpt.tensor;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A box within a tensor: per dimension a start and a length, or the whole dimension.
 *
 * <p>The text form is TensorFlow's: dimensions joined by {@code :}, each {@code -} for all of it or
 * {@code start,length}; {@code -:0,10:14,1:-} for example.
 */
public final class TensorSlice {
    /** The length that stands for a whole dimension. */
    public static final long FULL = -1;

    private final long[] starts;
    private final long[] lengths;

    private TensorSlice(long[] starts, long[] lengths) {
        this.starts = starts;
        this.lengths = lengths;
    }

    /**
     * The slice that takes every dimension whole.
     *
     * @param rank the number of dimensions
     * @return the slice
     */
    public static TensorSlice full(int rank) {
        long[] lengths = new long[rank];
        Arrays.fill(lengths, FULL);
        return new TensorSlice(new long[rank], lengths);
    }

    /**
     * A slice of these extents, taken as they are: files may hold extents that fit no tensor, and
     * {@link #isValid()} and {@link #of(Shape)} tell.
     *
     * @param starts first index of each dimension
     * @param lengths number of indices of each dimension, {@link #FULL} for all
     * @return the slice
     * @throws IllegalArgumentException if the arrays differ in length
     */
    public static TensorSlice ofExtents(long[] starts, long[] lengths) {
        if (starts.length != lengths.length) {
            throw new IllegalArgumentException("starts and lengths differ: " + starts.length + ", " + lengths.length);
        }
        return new TensorSlice(starts.clone(), lengths.clone());
    }

    /**
     * Reads TensorFlow's text form; empty pieces are passed over, as TensorFlow does.
     *
     * @param text for example {@code -:0,10}
     * @return the slice
     * @throws IllegalArgumentException with TensorFlow's text, if the text is not of this form
     */
    public static TensorSlice parse(String text) {
        String[] pieces = pieces(text, ':');
        long[] starts = new long[pieces.length];
        long[] lengths = new long[pieces.length];
        for (int axis = 0; axis < pieces.length; axis++) {
            if (pieces[axis].equals("-")) {
                lengths[axis] = FULL;
                continue;
            }
            String[] pair = pieces(pieces[axis], ',');
            Long start = pair.length == 2 ? parseInt64(pair[0]) : null;
            Long length = pair.length == 2 ? parseInt64(pair[1]) : null;
            if (start == null || length == null) {
                throw new IllegalArgumentException(
                        "Expected a pair of numbers or '-' but got '" + pieces[axis] + "': string = " + text);
            }
            if (start < 0 || length <= 0) {
                throw new IllegalArgumentException("Expected non-negative start and positive length but got start = "
                        + start + ", length = " + length + ": string = " + text);
            }
            starts[axis] = start;
            lengths[axis] = length;
        }
        return new TensorSlice(starts, lengths);
    }

    /** A number as TensorFlow reads it (no plus sign, ASCII digits), or null. */
    static @Nullable Long parseInt64(String text) {
        try {
            return text.matches("-?[0-9]+") ? Long.valueOf(text) : null;
        } catch (NumberFormatException beyondInt64) {
            return null;
        }
    }

    private static String[] pieces(String text, char separator) {
        return Arrays.stream(text.split(String.valueOf(separator), -1))
                .filter(piece -> !piece.isEmpty())
                .toArray(String[]::new);
    }

    /**
     * The number of dimensions.
     *
     * @return the rank
     */
    public int rank() {
        return starts.length;
    }

    /**
     * The first index along a dimension.
     *
     * @param axis from 0
     * @return the start
     */
    public long start(int axis) {
        return starts[axis];
    }

    /**
     * The number of indices along a dimension.
     *
     * @param axis from 0
     * @return the length, {@link #FULL} for all
     */
    public long length(int axis) {
        return lengths[axis];
    }

    /**
     * Whether a dimension is taken whole.
     *
     * @param axis from 0
     * @return true for the extent {@code -}
     */
    public boolean isFullAt(int axis) {
        return starts[axis] == 0 && lengths[axis] == FULL;
    }

    /**
     * Whether every dimension is taken whole.
     *
     * @return true for {@code -:-:…} and for rank 0
     */
    public boolean isFull() {
        for (int axis = 0; axis < starts.length; axis++) {
            if (!isFullAt(axis)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether this slice is all of a tensor of that shape, spelled out or not.
     *
     * @param shape the tensor's
     * @return true if the slice fits the shape and covers it
     */
    public boolean isFullIn(Shape shape) {
        return isFull() ? rank() == shape.rank() : fits(shape) && of(shape).equals(shape);
    }

    /**
     * Whether each extent is one that TensorFlow accepts: whole, or start ≥ 0, length &gt; 0 and an end below 2^63.
     *
     * @return false for extents that no tensor has
     */
    public boolean isValid() {
        for (int axis = 0; axis < starts.length; axis++) {
            boolean valid = starts[axis] >= 0 && lengths[axis] > 0 && starts[axis] <= Long.MAX_VALUE - lengths[axis];
            if (!valid && !isFullAt(axis)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether the slice lies within a tensor of that shape.
     *
     * @param shape the tensor's
     * @return false if the ranks differ or an extent passes a dimension
     */
    public boolean fits(Shape shape) {
        if (rank() != shape.rank()) {
            return false;
        }
        for (int axis = 0; axis < rank(); axis++) {
            if (!fitsAt(axis, shape)) {
                return false;
            }
        }
        return true;
    }

    private boolean fitsAt(int axis, Shape shape) {
        return isFullAt(axis)
                || (starts[axis] >= 0 && lengths[axis] >= 0 && starts[axis] <= shape.dimension(axis) - lengths[axis]);
    }

    /**
     * The shape of what this slice takes out of a tensor.
     *
     * @param shape the tensor's
     * @return the slice's own shape
     * @throws IllegalArgumentException with TensorFlow's text, if the slice does not lie within the shape
     */
    public Shape of(Shape shape) {
        if (rank() != shape.rank()) {
            throw new IllegalArgumentException("Mismatching ranks: shape = " + shape + ", slice = " + this);
        }
        long[] result = new long[rank()];
        for (int axis = 0; axis < rank(); axis++) {
            if (!fitsAt(axis, shape)) {
                throw new IllegalArgumentException(
                        "Extent in dimension " + axis + " out of bounds: shape = " + shape + ", slice = " + this);
            }
            result[axis] = isFullAt(axis) ? shape.dimension(axis) : lengths[axis];
        }
        return Shape.of(result);
    }

    /**
     * The same slice with every extent in numbers.
     *
     * @param shape the tensor's
     * @return a slice without {@link #FULL}
     * @throws IllegalArgumentException with TensorFlow's text, if the slice does not lie within the shape
     */
    public TensorSlice spelledOut(Shape shape) {
        return new TensorSlice(starts, of(shape).toArray());
    }

    /**
     * What two slices have in common.
     *
     * @param other a slice of the same tensor
     * @return the common box; empty if there is none, or if the ranks differ
     */
    public Optional<TensorSlice> intersect(TensorSlice other) {
        if (rank() != other.rank()) {
            return Optional.empty();
        }
        long[] start = new long[rank()];
        long[] length = new long[rank()];
        for (int axis = 0; axis < rank(); axis++) {
            if (isFullAt(axis) || other.isFullAt(axis)) {
                TensorSlice narrower = isFullAt(axis) ? other : this;
                start[axis] = narrower.starts[axis];
                length[axis] = narrower.lengths[axis];
                continue;
            }
            start[axis] = Math.max(starts[axis], other.starts[axis]);
            long end = Math.min(end(axis), other.end(axis));
            if (end <= start[axis]) {
                return Optional.empty();
            }
            length[axis] = end - start[axis];
        }
        return Optional.of(new TensorSlice(start, length));
    }

    /** Saturated, so that hostile extents cannot wrap. */
    private long end(int axis) {
        return starts[axis] > Long.MAX_VALUE - lengths[axis] ? Long.MAX_VALUE : starts[axis] + lengths[axis];
    }

    /**
     * A part of this slice, counted from this slice's own start.
     *
     * @param part a slice of the same tensor that lies within this one
     * @return the part with starts relative to this slice
     * @throws IllegalArgumentException if the ranks differ
     */
    public TensorSlice relative(TensorSlice part) {
        requireSameRank(part);
        long[] start = part.starts.clone();
        for (int axis = 0; axis < rank(); axis++) {
            if (!isFullAt(axis)) {
                start[axis] -= starts[axis];
            }
        }
        return new TensorSlice(start, part.lengths.clone());
    }

    /**
     * The inverse of {@link #relative}: a part that is counted from this slice's own start, as a slice of the tensor.
     *
     * @param part extents in numbers
     * @return the part with starts that count from the tensor's
     * @throws IllegalArgumentException if the ranks differ
     */
    public TensorSlice absolute(TensorSlice part) {
        requireSameRank(part);
        long[] start = part.starts.clone();
        for (int axis = 0; axis < rank(); axis++) {
            start[axis] += starts[axis];
        }
        return new TensorSlice(start, part.lengths);
    }

    /**
     * The smallest slice that holds both.
     *
     * @param other a slice of the same tensor
     * @return the box around both
     * @throws IllegalArgumentException if the ranks differ
     */
    public TensorSlice cover(TensorSlice other) {
        requireSameRank(other);
        long[] start = new long[rank()];
        long[] length = new long[rank()];
        for (int axis = 0; axis < rank(); axis++) {
            if (isFullAt(axis) || other.isFullAt(axis)) {
                length[axis] = FULL;
            } else {
                start[axis] = Math.min(starts[axis], other.starts[axis]);
                length[axis] = Math.max(end(axis), other.end(axis)) - start[axis];
            }
        }
        return new TensorSlice(start, length);
    }

    private void requireSameRank(TensorSlice other) {
        if (rank() != other.rank()) {
            throw new IllegalArgumentException("ranks differ: " + this + " and " + other);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TensorSlice that
                && Arrays.equals(starts, that.starts)
                && Arrays.equals(lengths, that.lengths);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(starts) + Arrays.hashCode(lengths);
    }

    /**
     * TensorFlow's text form.
     *
     * @return for example {@code -:0,10}
     */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (int axis = 0; axis < rank(); axis++) {
            text.append(axis == 0 ? "" : ":");
            if (isFullAt(axis)) {
                text.append('-');
            } else {
                text.append(starts[axis]).append(',').append(lengths[axis]);
            }
        }
        return text.toString();
    }
}
