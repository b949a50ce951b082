package org.tfckpt.tensor;

import java.util.Arrays;
import java.util.OptionalLong;

/**
 * The dimensions of a tensor, row-major: the last one varies fastest.
 *
 * <p>A dimension of −1 is unknown (graphs have such). A shape read from a damaged file may hold any number; such a shape
 * can be shown, but {@link #elementCount()} refuses it.
 */
public final class Shape {
    /** TensorFlow's limit of the number of dimensions. */
    public static final int MAX_RANK = 254;

    private static final Shape SCALAR = new Shape(new long[0]);

    private final long[] dimensions;

    private Shape(long[] dimensions) {
        this.dimensions = dimensions;
    }

    /**
     * A shape of these dimensions.
     *
     * @param dimensions sizes, none for a scalar; copied
     * @return the shape
     */
    public static Shape of(long... dimensions) {
        return dimensions.length == 0 ? SCALAR : new Shape(dimensions.clone());
    }

    /**
     * The number of dimensions.
     *
     * @return 0 for a scalar
     */
    public int rank() {
        return dimensions.length;
    }

    /**
     * The size of one dimension.
     *
     * @param axis from 0, the slowest
     * @return the size
     * @throws IndexOutOfBoundsException if there is no such axis
     */
    public long dimension(int axis) {
        return dimensions[axis];
    }

    /**
     * All dimensions.
     *
     * @return a new array
     */
    public long[] toArray() {
        return dimensions.clone();
    }

    /**
     * The number of elements, if the shape is one that a tensor can have.
     *
     * @return the product of the dimensions, 1 for a scalar; empty if a dimension is negative, if there are more than
     *     {@link #MAX_RANK}, or if the product does not fit 63 bits
     */
    public OptionalLong elementCount() {
        if (dimensions.length > MAX_RANK) {
            return OptionalLong.empty();
        }
        long count = 1;
        for (long dimension : dimensions) {
            // TensorFlow multiplies from the left, so an overflow counts even if a later dimension is 0.
            if (dimension < 0 || Math.multiplyHigh(count, dimension) != 0 || count * dimension < 0) {
                return OptionalLong.empty();
            }
            count *= dimension;
        }
        return OptionalLong.of(count);
    }

    /**
     * The number of elements of a shape that is known to be valid.
     *
     * @return the product of the dimensions
     * @throws ArithmeticException if {@link #elementCount()} is empty
     */
    public long elements() {
        return elementCount().orElseThrow(() -> new ArithmeticException("no tensor has the shape " + this));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape that && Arrays.equals(dimensions, that.dimensions);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dimensions);
    }

    /**
     * TensorFlow's text.
     *
     * @return for example {@code [3,3,3,16]}, {@code []} for a scalar
     */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("[");
        for (int axis = 0; axis < dimensions.length; axis++) {
            text.append(axis == 0 ? "" : ",").append(dimensions[axis]);
        }
        return text.append(']').toString();
    }
}
