package org.tfckpt.format.v1;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tfckpt.format.WireReader;
import org.tfckpt.format.WireShapes;
import org.tfckpt.io.MalformedBytesException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorNames;
import org.tfckpt.tensor.TensorSlice;

/**
 * What one file says of one tensor, a SavedSliceMeta.
 *
 * <pre>
 * 1 name | 2 shape | 3 type enum | 4 slice, each that this file has
 * </pre>
 *
 * @param name the tensor's
 * @param shape the whole tensor's
 * @param dtype the number of its dtype
 * @param slices in the order they were added
 */
record SliceMeta(String name, Shape shape, int dtype, List<TensorSlice> slices) {
    private static final int NAME = 1 << 3 | WireReader.BYTES;
    private static final int SHAPE = 2 << 3 | WireReader.BYTES;
    private static final int TYPE = 3 << 3 | WireReader.VARINT;
    private static final int SLICE = 4 << 3 | WireReader.BYTES;

    static SliceMeta read(ByteBuffer message, String file) throws MalformedBytesException, DataLossException {
        String name = "";
        Shape shape = Shape.of();
        int dtype = 0;
        List<TensorSlice> slices = new ArrayList<>(1);
        WireReader in = new WireReader(message);
        for (int tag = in.next(); tag != 0; tag = in.next()) {
            switch (tag) {
                case NAME -> name = name(in.bytes());
                case SHAPE -> shape = WireShapes.shape(in, shape);
                case TYPE -> dtype = (int) in.varint();
                case SLICE -> {
                    if (slices.size() == WireShapes.MAX_SLICES) {
                        throw new MalformedBytesException("more than " + WireShapes.MAX_SLICES + " slices");
                    }
                    slices.add(WireShapes.slice(in));
                }
                default -> in.skip();
            }
        }
        for (TensorSlice slice : slices) {
            Optional<String> problem = WireShapes.problem(slice);
            if (problem.isPresent()) {
                throw new DataLossException(
                        ProblemKind.SLICES,
                        problem.get(),
                        ErrorContext.at(file, -1).ofTensor(name));
            }
        }
        return new SliceMeta(name, shape, dtype, slices);
    }

    static String name(ByteBuffer bytes) {
        byte[] name = new byte[bytes.remaining()];
        bytes.get(name);
        return TensorNames.decode(name);
    }
}
