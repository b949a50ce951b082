package org.tfckpt.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/**
 * The shape of a tensor. Elements are stored in row-major order: the last dimension varies fastest.
 *
 * <p>In shapes from graphs, a dimension of −1 is unknown. A shape from a damaged file may have any dimensions;
 * {@link #elementCount()} is empty for an invalid shape.
 */
public final class Shape {
    /** TensorFlow's maximum number of dimensions. */
    public static final int MAX_RANK = 254;

    private static final Shape SCALAR = new Shape(new long[0]);

    private final long[] dimensions;

    private Shape(long[] dimensions) {
        this.dimensions = dimensions;
    }

    /**
     * Creates a shape.
     *
     * @param dimensions the size of each dimension; none for a scalar
     * @return the shape
     */
    public static Shape of(long... dimensions) {
        return dimensions.length == 0 ? SCALAR : new Shape(dimensions.clone());
    }

    /** {@return the number of dimensions; 0 for a scalar} */
    public int rank() {
        return dimensions.length;
    }

    /**
     * {@return the size of a dimension}
     *
     * @param axis the index of the dimension; 0 is the one that varies slowest
     * @throws IndexOutOfBoundsException if there is no such dimension
     */
    public long dimension(int axis) {
        return dimensions[axis];
    }

    /** {@return the sizes of all dimensions, in a new array} */
    public long[] toArray() {
        return dimensions.clone();
    }

    /**
     * {@return the number of elements, the product of the dimensions, 1 for a scalar; empty if a dimension is negative,
     * if there are more than {@link #MAX_RANK} dimensions, or if the product exceeds {@link Long#MAX_VALUE}}
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
     * Returns the number of elements of a valid shape.
     *
     * @return the product of the dimensions
     * @throws ArithmeticException if {@link #elementCount()} is empty
     */
    public long elements() {
        return elementCount().orElseThrow(() -> new ArithmeticException("invalid shape " + this));
    }

    /**
     * {@return this shape with its axes in another order}
     *
     * @param axes for each axis of the result, its axis in this shape
     * @throws IndexOutOfBoundsException if there is no such axis
     */
    public Shape permuted(List<Integer> axes) {
        return of(axes.stream().mapToLong(this::dimension).toArray());
    }

    /**
     * Returns whether this shape has the axes that an order of axes names: each of them exists, none occurs twice, and
     * those that are missing have size 1.
     *
     * @param axes for each axis of the result, its axis in this shape
     * @return true if {@link #permuted} keeps all elements
     */
    public boolean hasAxes(List<Integer> axes) {
        return axes.stream().distinct().count() == axes.size()
                && axes.stream().allMatch(axis -> axis >= 0 && axis < rank())
                && IntStream.range(0, rank()).allMatch(axis -> axes.contains(axis) || dimensions[axis] == 1);
    }

    /**
     * Returns whether another shape equals this one as far as this one is known.
     *
     * @param found a shape without unknown dimensions
     * @return true if the ranks are equal, and so are all dimensions that are not negative here
     */
    public boolean accepts(Shape found) {
        if (rank() != found.rank()) {
            return false;
        }
        for (int axis = 0; axis < rank(); axis++) {
            if (dimensions[axis] >= 0 && dimensions[axis] != found.dimensions[axis]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Shape that && Arrays.equals(dimensions, that.dimensions);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(dimensions);
    }

    /** {@return TensorFlow's text form, for example {@code [3,3,3,16]}; {@code []} for a scalar} */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("[");
        for (int axis = 0; axis < dimensions.length; axis++) {
            text.append(axis == 0 ? "" : ",").append(dimensions[axis]);
        }
        return text.append(']').toString();
    }
}
