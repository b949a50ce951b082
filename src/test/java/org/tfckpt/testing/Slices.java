package org.tfckpt.testing;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.tfckpt.format.SliceKey;
import org.tfckpt.proto.BundleEntryProto;
import org.tfckpt.proto.TensorSliceProto;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorNames;
import org.tfckpt.tensor.TensorSlice;

/** Builds partitioned tensors and computes the expected values of regions element by element. */
public final class Slices {
    private Slices() {}

    /** Returns the key of a slice in the index. */
    public static String key(String name, TensorSlice slice) {
        return TensorNames.decode(new SliceKey(name, slice).encode());
    }

    public static String key(String name, String slice) {
        return key(name, TensorSlice.parse(slice));
    }

    /** Returns the record of a slice. */
    public static TensorSliceProto proto(TensorSlice slice) {
        TensorSliceProto.Builder proto = TensorSliceProto.newBuilder();
        for (int axis = 0; axis < slice.rank(); axis++) {
            TensorSliceProto.Extent.Builder extent = proto.addExtentBuilder();
            if (!slice.isFullAt(axis)) {
                extent.setStart(slice.start(axis)).setLength(slice.length(axis));
            }
        }
        return proto.build();
    }

    /** Returns the entry of a partitioned tensor. */
    public static BundleBuilder whole(
            BundleBuilder bundle, String name, DataType dtype, long[] shape, TensorSlice... slices) {
        BundleEntryProto.Builder entry =
                BundleEntryProto.newBuilder().setDtypeValue(dtype.number()).setShape(BundleBuilder.shape(shape));
        Stream.of(slices).map(Slices::proto).forEach(entry::addSlices);
        return bundle.record(name, entry.build().toByteArray());
    }

    /** Adds a partitioned tensor of fixed width. */
    public static BundleBuilder tensor(
            BundleBuilder bundle, String name, DataType dtype, long[] shape, byte[] value, String... slices) {
        TensorSlice[] parsed = Stream.of(slices).map(TensorSlice::parse).toArray(TensorSlice[]::new);
        whole(bundle, name, dtype, shape, parsed);
        for (TensorSlice slice : parsed) {
            Shape part = slice.of(Shape.of(shape));
            bundle.tensor(key(name, slice), dtype, part.toArray(), cut(shape, dtype.width(), value, slice));
        }
        return bundle;
    }

    /** Returns the bytes of a region. */
    public static byte[] cut(long[] shape, int width, byte[] value, TensorSlice region) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (long element : elements(shape, region)) {
            out.write(value, (int) element * width, width);
        }
        return out.toByteArray();
    }

    /** Returns the row-major indices of the elements of a region within the tensor. */
    public static long[] elements(long[] shape, TensorSlice region) {
        TensorSlice box = region.spelledOut(Shape.of(shape));
        long[] places = {0};
        for (int axis = 0; axis < shape.length; axis++) {
            long size = shape[axis];
            long start = box.start(axis);
            long length = box.length(axis);
            places = Arrays.stream(places)
                    .flatMap(place -> LongStream.range(start, start + length).map(i -> place * size + i))
                    .toArray();
        }
        return places;
    }

    /** Returns floats as little-endian bytes. */
    public static byte[] floats(float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return bytes.array();
    }

    /** Returns 0, 1, 2 … as little-endian floats. */
    public static byte[] countingFloats(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = i;
        }
        return floats(values);
    }
}
