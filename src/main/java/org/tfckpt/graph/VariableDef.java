package org.tfckpt.graph;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.ShapeAndSlice;
import org.tfckpt.tensor.TensorSlice;

/**
 * What a collection says of a variable.
 *
 * <pre>
 * VariableDef      1 variable_name | 2 initializer_name | 3 snapshot_name | 4 save_slice_info_def | 6 initial_value_name
 *                  7 trainable
 * SaveSliceInfoDef 1 full_name | 2 full_shape | 3 var_offset | 4 var_shape (all repeated numbers)
 * </pre>
 *
 * @param variable the variable's tensor
 * @param initializer the op that initializes it
 * @param initialValue the tensor of its initial value
 * @param snapshot the tensor that reads it
 * @param trainable whether it says so; older files never do
 * @param fullName of a part of a partitioned variable the whole one's name, else empty
 * @param partition of a part of a partitioned variable which part it is
 */
record VariableDef(
        String variable,
        String initializer,
        String initialValue,
        String snapshot,
        boolean trainable,
        String fullName,
        @Nullable ShapeAndSlice partition) {
    static final VariableDef NONE = new VariableDef("", "", "", "", false, "", null);

    /** Reads the message that the reader is in. */
    static VariableDef read(WireReader in) throws IOException {
        String variable = "";
        String initializer = "";
        String initialValue = "";
        String snapshot = "";
        boolean trainable = false;
        Part part = new Part();
        while (in.next()) {
            switch (in.field()) {
                case 1 -> variable = in.text();
                case 2 -> initializer = in.text();
                case 3 -> snapshot = in.text();
                case 4 -> {
                    long outer = in.enter();
                    part.read(in);
                    in.leave(outer);
                }
                case 6 -> initialValue = in.text();
                case 7 -> trainable = in.varint() != 0;
                default -> in.skip();
            }
        }
        return new VariableDef(
                variable, initializer, initialValue, snapshot, trainable, part.fullName, part.shapeAndSlice(in));
    }

    /** The same with what another collection knows more. */
    VariableDef and(VariableDef other) {
        return new VariableDef(
                variable,
                initializer.isEmpty() ? other.initializer : initializer,
                initialValue.isEmpty() ? other.initialValue : initialValue,
                snapshot.isEmpty() ? other.snapshot : snapshot,
                trainable || other.trainable,
                fullName.isEmpty() ? other.fullName : fullName,
                partition == null ? other.partition : partition);
    }

    /** A part of a partitioned variable. */
    private static final class Part {
        private final LongList fullShape = new LongList();
        private final LongList offset = new LongList();
        private final LongList shape = new LongList();
        private String fullName = "";

        void read(WireReader in) throws IOException {
            while (in.next()) {
                switch (in.field()) {
                    case 1 -> fullName = in.text();
                    case 2 -> in.varints(fullShape::add);
                    case 3 -> in.varints(offset::add);
                    case 4 -> in.varints(shape::add);
                    default -> in.skip();
                }
            }
        }

        @Nullable
        ShapeAndSlice shapeAndSlice(WireReader in) throws IOException {
            if (fullShape.size() == 0 && offset.size() == 0 && shape.size() == 0) {
                return null;
            }
            Shape whole = Shape.of(fullShape.toArray());
            if (offset.size() != shape.size()) {
                throw in.failure(
                        "A part of " + fullName + " has " + offset.size() + " offsets and " + shape.size() + " sizes");
            }
            TensorSlice slice = TensorSlice.ofExtents(offset.toArray(), shape.toArray());
            if (!slice.fits(whole)) {
                throw in.failure(
                        "The part " + slice + " is not one of a variable " + fullName + " of the shape " + whole);
            }
            return new ShapeAndSlice(whole, slice);
        }
    }
}
