package org.tfckpt.tensor;

import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A rectangular region of a tensor: for each dimension either a start and a length, or the whole dimension.
 *
 * <p>The text form is TensorFlow's. Dimensions are separated by {@code :}, and each is {@code -} (the whole dimension)
 * or {@code start,length}; for example {@code -:0,10:14,1:-}.
 */
public final class TensorSlice {
    /** The length that represents a whole dimension. */
    public static final long FULL = -1;

    private final long[] starts;
    private final long[] lengths;

    private TensorSlice(long[] starts, long[] lengths) {
        this.starts = starts;
        this.lengths = lengths;
    }

    /**
     * Creates the slice that contains the whole tensor.
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
     * Creates a slice without checking the extents, since those in a damaged file may be invalid. {@link #isValid()}
     * and {@link #fits(Shape)} check them.
     *
     * @param starts the first index in each dimension
     * @param lengths the number of indices in each dimension; {@link #FULL} for the whole dimension
     * @return the slice
     * @throws IllegalArgumentException if the arrays differ in length
     */
    public static TensorSlice ofExtents(long[] starts, long[] lengths) {
        if (starts.length != lengths.length) {
            throw new IllegalArgumentException(starts.length + " starts but " + lengths.length + " lengths");
        }
        return new TensorSlice(starts.clone(), lengths.clone());
    }

    /**
     * Parses TensorFlow's text form. Empty dimensions are ignored, as in TensorFlow.
     *
     * @param text the text, for example {@code -:0,10}
     * @return the slice
     * @throws IllegalArgumentException with TensorFlow's message, if the text is invalid
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

    /** Parses a number as TensorFlow does (ASCII digits, no plus sign); returns null if it is invalid. */
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

    /** {@return the number of dimensions} */
    public int rank() {
        return starts.length;
    }

    /**
     * Returns the first index in a dimension.
     *
     * @param axis the dimension, from 0
     * @return the start; 0 for a whole dimension
     */
    public long start(int axis) {
        return starts[axis];
    }

    /**
     * Returns the number of indices in a dimension.
     *
     * @param axis the dimension, from 0
     * @return the length; {@link #FULL} for a whole dimension
     */
    public long length(int axis) {
        return lengths[axis];
    }

    /**
     * Returns whether the slice contains a whole dimension.
     *
     * @param axis the dimension, from 0
     * @return true if the text form has {@code -} for this dimension
     */
    public boolean isFullAt(int axis) {
        return starts[axis] == 0 && lengths[axis] == FULL;
    }

    /** {@return whether the slice contains every dimension whole; true for rank 0} */
    public boolean isFull() {
        for (int axis = 0; axis < starts.length; axis++) {
            if (!isFullAt(axis)) {
                return false;
            }
        }
        return true;
    }

    /**
     * Returns whether the slice contains a whole tensor, even if its extents are given as numbers.
     *
     * @param shape the shape of the tensor
     * @return true if the slice fits the shape and covers it
     */
    public boolean isFullIn(Shape shape) {
        return isFull() ? rank() == shape.rank() : fits(shape) && of(shape).equals(shape);
    }

    /**
     * {@return whether TensorFlow accepts each extent: a whole dimension, or start ≥ 0, length &gt; 0, and an end below
     * 2^63}
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
     * Returns whether the slice is within a tensor.
     *
     * @param shape the shape of the tensor
     * @return false if the ranks differ or an extent exceeds a dimension
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
     * Returns the shape of this slice of a tensor.
     *
     * @param shape the shape of the tensor
     * @return the shape of the slice
     * @throws IllegalArgumentException with TensorFlow's message, if the slice is not within the tensor
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
     * Returns the same slice of a tensor with all extents as numbers.
     *
     * @param shape the shape of the tensor
     * @return a slice without {@link #FULL}
     * @throws IllegalArgumentException with TensorFlow's message, if the slice is not within the tensor
     */
    public TensorSlice spelledOut(Shape shape) {
        return new TensorSlice(starts, of(shape).toArray());
    }

    /**
     * Returns the intersection with another slice.
     *
     * @param other a slice of the same tensor
     * @return the intersection; empty if the slices do not overlap or the ranks differ
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

    /** Saturates, so that extents from a hostile file cannot overflow. */
    private long end(int axis) {
        return starts[axis] > Long.MAX_VALUE - lengths[axis] ? Long.MAX_VALUE : starts[axis] + lengths[axis];
    }

    /**
     * Converts a slice of the tensor to one relative to the start of this slice.
     *
     * @param part a slice of the same tensor, within this slice
     * @return the same region, relative to this slice
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
     * Converts a slice relative to the start of this slice to a slice of the tensor; the inverse of {@link #relative}.
     *
     * @param part a slice relative to this one, without {@link #FULL}
     * @return the same region as a slice of the tensor
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
     * Returns the smallest slice that contains this and another slice.
     *
     * @param other a slice of the same tensor
     * @return the slice that covers both
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
            throw new IllegalArgumentException("the slices " + this + " and " + other + " differ in rank");
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

    /** {@return TensorFlow's text form, for example {@code -:0,10}} */
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
