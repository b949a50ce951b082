package org.tfckpt.format.v1;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.tfckpt.format.MessageFields;
import org.tfckpt.format.ProtoShapes;
import org.tfckpt.proto.SavedSliceMeta;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorNames;
import org.tfckpt.tensor.TensorSlice;

/**
 * A tensor and its slices in one file, as the file lists them: a SavedSliceMeta.
 *
 * @param name the tensor's name
 * @param shape the shape of the whole tensor
 * @param dtype the number of its dtype
 * @param slices the slices that the file holds, in the order in which they were added
 */
record SliceMeta(String name, Shape shape, int dtype, List<TensorSlice> slices) {
    static SliceMeta read(ByteBuffer message, String file) throws IOException {
        if (message.remaining() > MessageFields.MAX_PARSED) {
            SavedSliceMeta.Builder meta = SavedSliceMeta.newBuilder();
            List<TensorSlice> slices = ProtoShapes.readSlices(message, SavedSliceMeta.SLICE_FIELD_NUMBER, meta);
            return of(meta.build(), slices, file);
        }
        SavedSliceMeta meta = MessageFields.parse(SavedSliceMeta.parser(), message);
        return of(meta, ProtoShapes.slices(meta.getSliceList()), file);
    }

    private static SliceMeta of(SavedSliceMeta meta, List<TensorSlice> slices, String file) throws IOException {
        String name = TensorNames.decode(meta.getName().toByteArray());
        for (TensorSlice slice : slices) {
            Optional<String> problem = ProtoShapes.problem(slice);
            if (problem.isPresent()) {
                throw new DataLossException(
                        ProblemKind.SLICES,
                        problem.get(),
                        ErrorContext.at(file, -1).ofTensor(name));
            }
        }
        return new SliceMeta(name, ProtoShapes.shape(meta.getShape()), meta.getTypeValue(), slices);
    }
}
