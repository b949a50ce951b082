package org.tfckpt.tensor;

/**
 * The shape of a whole tensor and a slice of it, as in the {@code shape_and_slices} of TensorFlow's save and restore
 * ops. The text form is, for example, {@code 5 10 -:0,1}.
 *
 * @param shape the shape of the whole tensor
 * @param slice the slice
 */
public record ShapeAndSlice(Shape shape, TensorSlice slice) {
    /**
     * Parses the text form, with TensorFlow's checks in TensorFlow's order.
     *
     * @param text the dimensions and the slice, separated by single spaces; not the empty text, which TensorFlow uses
     *     for a whole tensor of any shape
     * @return the shape and slice
     * @throws IllegalArgumentException with TensorFlow's message, if the text is invalid; also for a negative
     *     dimension, for which TensorFlow aborts
     */
    public static ShapeAndSlice parse(String text) {
        String[] pieces = text.split(" ", -1);
        if (pieces.length < 2) {
            throw new IllegalArgumentException("Need least two elements in shape_and_slice specification: " + text);
        }
        TensorSlice slice = TensorSlice.parse(pieces[pieces.length - 1]);
        long[] dimensions = new long[pieces.length - 1];
        for (int axis = 0; axis < dimensions.length; axis++) {
            Long dimension = TensorSlice.parseInt64(pieces[axis]);
            if (dimension == null) {
                throw new IllegalArgumentException("Non numerical dimension in shape_and_slice: " + text);
            }
            if (dimension < 0) {
                throw new IllegalArgumentException("Negative dimension in shape_and_slice: " + text);
            }
            dimensions[axis] = dimension;
        }
        Shape shape = Shape.of(dimensions);
        slice.of(shape);
        return new ShapeAndSlice(shape, slice);
    }

    /** {@return TensorFlow's text form, for example {@code 5 10 -:0,1}} */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        for (long dimension : shape.toArray()) {
            text.append(dimension).append(' ');
        }
        return text.append(slice).toString();
    }
}
