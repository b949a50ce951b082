package org.tfckpt;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.Arrays;
import java.util.List;
import org.tfckpt.format.ElementSource;
import org.tfckpt.format.StringData;
import org.tfckpt.format.bundle.BundleWriter;
import org.tfckpt.format.bundle.TensorPart;
import org.tfckpt.io.Channels;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.ShapeAndSlice;
import org.tfckpt.tensor.TensorNames;

/**
 * Where the values of a tensor that is written come from. Nothing is read or copied before
 * {@link CheckpointWriter#add} asks for it, and then part by part. Elements are in row-major order; a complex one is
 * real, imaginary.
 */
public final class ValueSource {
    /** A multiple of every element's width. */
    private static final int PART = 1 << 16;

    private final DataType dtype;
    private final Adding adding;

    private interface Adding {
        int add(BundleWriter writer, TensorPart target) throws IOException;
    }

    private ValueSource(DataType dtype, Adding adding) {
        this.dtype = dtype;
        this.adding = adding;
    }

    /** Adds the values, which must be as many as the target takes. */
    void addTo(BundleWriter writer, String name, Shape shape) throws IOException {
        adding.add(writer, new TensorPart(name, dtype, shape, null));
    }

    void addTo(BundleWriter writer, String name, ShapeAndSlice part) throws IOException {
        adding.add(writer, new TensorPart(name, dtype, part.shape(), part.slice()));
    }

    private static ValueSource elements(DataType dtype, ElementSource source) {
        return new ValueSource(dtype, (writer, target) -> writer.addElements(target, source));
    }

    /**
     * The dtype of the values.
     *
     * @return the dtype
     */
    public DataType dtype() {
        return dtype;
    }

    /**
     * The bytes of elements of any fixed width.
     *
     * @param dtype what they are
     * @param bytes what remains in the buffer is taken, in the buffer's byte order; its position stays
     * @return the source
     */
    public static ValueSource of(DataType dtype, ByteBuffer bytes) {
        ByteBuffer own = bytes.duplicate().order(bytes.order());
        return elements(dtype, consumer -> consumer.accept(own.duplicate().order(own.order())));
    }

    /**
     * The bytes of elements of any fixed width, from a channel: a tensor of any size in little memory.
     *
     * @param dtype what they are
     * @param bytes as many bytes are taken as the tensor's shape needs; the caller closes it
     * @param order their byte order
     * @return the source, which can be used once
     */
    public static ValueSource of(DataType dtype, ReadableByteChannel bytes, ByteOrder order) {
        return new ValueSource(
                dtype,
                (writer, target) -> writer.addElements(target, consumer -> {
                    long size = target.addedShape().elements() * dtype.width();
                    ByteBuffer part = ByteBuffer.allocateDirect((int) Math.min(PART, size));
                    for (long done = 0; done < size; done += part.limit()) {
                        part.clear().limit((int) Math.min(PART, size - done));
                        if (!Channels.fill(bytes, part)) {
                            throw new EOFException("the values of tensor " + target.name() + " end after "
                                    + (done + part.position()) + " of " + size + " bytes");
                        }
                        consumer.accept(part.flip().order(order));
                    }
                }));
    }

    /** Values of a typed buffer, which knows its byte order but does not show its bytes. */
    private static ValueSource parts(DataType dtype, int count, Part filling) {
        return elements(dtype, consumer -> {
            ByteBuffer part = ByteBuffer.allocate(PART).order(ByteOrder.LITTLE_ENDIAN);
            int most = PART / dtype.swapUnit();
            for (int at = 0; at < count; at += most) {
                int length = Math.min(most, count - at);
                filling.fill(part.clear(), at, length);
                consumer.accept(part.clear().limit(length * dtype.swapUnit()));
            }
        });
    }

    private interface Part {
        void fill(ByteBuffer part, int at, int length);
    }

    /**
     * Singles.
     *
     * @param values taken when they are written
     * @return the source, of {@link DataType#DT_FLOAT}
     */
    public static ValueSource of(float... values) {
        return of(FloatBuffer.wrap(values));
    }

    /**
     * Singles.
     *
     * @param values what remains is taken when it is written
     * @return the source, of {@link DataType#DT_FLOAT}
     */
    public static ValueSource of(FloatBuffer values) {
        return ofFloats(DataType.DT_FLOAT, values);
    }

    /**
     * Complex numbers of two singles each.
     *
     * @param values real, imaginary, and so on; taken when they are written
     * @return the source, of {@link DataType#DT_COMPLEX64}
     */
    public static ValueSource ofComplex(float... values) {
        return ofFloats(DataType.DT_COMPLEX64, FloatBuffer.wrap(values));
    }

    private static ValueSource ofFloats(DataType dtype, FloatBuffer values) {
        FloatBuffer own = values.slice();
        return parts(
                dtype, own.limit(), (part, at, length) -> part.asFloatBuffer().put(0, own, at, length));
    }

    /**
     * Doubles.
     *
     * @param values taken when they are written
     * @return the source, of {@link DataType#DT_DOUBLE}
     */
    public static ValueSource of(double... values) {
        return of(DoubleBuffer.wrap(values));
    }

    /**
     * Doubles.
     *
     * @param values what remains is taken when it is written
     * @return the source, of {@link DataType#DT_DOUBLE}
     */
    public static ValueSource of(DoubleBuffer values) {
        return ofDoubles(DataType.DT_DOUBLE, values);
    }

    /**
     * Complex numbers of two doubles each.
     *
     * @param values real, imaginary, and so on; taken when they are written
     * @return the source, of {@link DataType#DT_COMPLEX128}
     */
    public static ValueSource ofComplex(double... values) {
        return ofDoubles(DataType.DT_COMPLEX128, DoubleBuffer.wrap(values));
    }

    private static ValueSource ofDoubles(DataType dtype, DoubleBuffer values) {
        DoubleBuffer own = values.slice();
        return parts(
                dtype, own.limit(), (part, at, length) -> part.asDoubleBuffer().put(0, own, at, length));
    }

    /**
     * 32-bit integers.
     *
     * @param values taken when they are written
     * @return the source, of {@link DataType#DT_INT32}
     */
    public static ValueSource of(int... values) {
        return of(IntBuffer.wrap(values));
    }

    /**
     * 32-bit integers.
     *
     * @param values what remains is taken when it is written
     * @return the source, of {@link DataType#DT_INT32}
     */
    public static ValueSource of(IntBuffer values) {
        IntBuffer own = values.slice();
        return parts(
                DataType.DT_INT32,
                own.limit(),
                (part, at, length) -> part.asIntBuffer().put(0, own, at, length));
    }

    /**
     * 64-bit integers.
     *
     * @param values taken when they are written
     * @return the source, of {@link DataType#DT_INT64}
     */
    public static ValueSource of(long... values) {
        return of(LongBuffer.wrap(values));
    }

    /**
     * 64-bit integers.
     *
     * @param values what remains is taken when it is written
     * @return the source, of {@link DataType#DT_INT64}
     */
    public static ValueSource of(LongBuffer values) {
        LongBuffer own = values.slice();
        return parts(
                DataType.DT_INT64,
                own.limit(),
                (part, at, length) -> part.asLongBuffer().put(0, own, at, length));
    }

    /**
     * 16-bit integers.
     *
     * @param values taken when they are written
     * @return the source, of {@link DataType#DT_INT16}
     */
    public static ValueSource of(short... values) {
        return of(ShortBuffer.wrap(values));
    }

    /**
     * 16-bit integers.
     *
     * @param values what remains is taken when it is written
     * @return the source, of {@link DataType#DT_INT16}
     */
    public static ValueSource of(ShortBuffer values) {
        ShortBuffer own = values.slice();
        return parts(
                DataType.DT_INT16,
                own.limit(),
                (part, at, length) -> part.asShortBuffer().put(0, own, at, length));
    }

    /**
     * 8-bit integers.
     *
     * @param values taken when they are written
     * @return the source, of {@link DataType#DT_INT8}
     */
    public static ValueSource of(byte... values) {
        return of(DataType.DT_INT8, ByteBuffer.wrap(values));
    }

    /**
     * Booleans.
     *
     * @param values taken when they are written
     * @return the source, of {@link DataType#DT_BOOL}
     */
    public static ValueSource of(boolean... values) {
        return parts(DataType.DT_BOOL, values.length, (part, at, length) -> {
            for (int i = at; i < at + length; i++) {
                part.put((byte) (values[i] ? 1 : 0));
            }
        });
    }

    /**
     * Strings as text.
     *
     * @param values written as UTF-8; what {@link Tensor#toStringArray} made of other bytes becomes those bytes
     * @return the source, of {@link DataType#DT_STRING}
     */
    public static ValueSource of(String... values) {
        return ofStrings(Arrays.stream(values).map(TensorNames::encode).toList());
    }

    /**
     * Strings as bytes.
     *
     * @param values taken when they are written; each is asked for more than once
     * @return the source, of {@link DataType#DT_STRING}
     */
    public static ValueSource ofStrings(List<byte[]> values) {
        return strings(new StringData() {
            @Override
            public int count() {
                return values.size();
            }

            @Override
            public long length(int index) {
                return values.get(index).length;
            }

            @Override
            public byte[] get(int index) {
                return values.get(index);
            }

            @Override
            public void check() {}
        });
    }

    private static ValueSource strings(StringData values) {
        return new ValueSource(DataType.DT_STRING, (writer, target) -> writer.addStrings(target, values));
    }

    /**
     * Variants.
     *
     * @param messages each a serialized {@code VariantTensorDataProto}; written as they are
     * @return the source, of {@link DataType#DT_VARIANT}
     */
    public static ValueSource ofVariants(List<byte[]> messages) {
        List<ByteBuffer> values = messages.stream().map(ByteBuffer::wrap).toList();
        return new ValueSource(DataType.DT_VARIANT, (writer, target) -> writer.addVariants(target, values));
    }

    /**
     * The values of a tensor of another checkpoint, whole or a region. {@link CheckpointWriter#copy} is the faster way
     * for one that is to stay as it is.
     *
     * @param tensor its checkpoint stays open until they are written
     * @return the source, of the tensor's dtype
     */
    public static ValueSource of(Tensor tensor) {
        if (tensor.dtype() == DataType.DT_STRING) {
            return new ValueSource(DataType.DT_STRING, (writer, target) -> {
                requireShape(tensor, target);
                return writer.addStrings(target, tensor.strings());
            });
        }
        if (tensor.dtype() == DataType.DT_VARIANT) {
            return new ValueSource(DataType.DT_VARIANT, (writer, target) -> {
                requireShape(tensor, target);
                return writer.addVariants(target, TensorCopy.messages(tensor.variantData()));
            });
        }
        return new ValueSource(
                tensor.dtype(),
                (writer, target) -> writer.addElements(target, consumer -> {
                    requireShape(tensor, target);
                    tensor.forEachPart(consumer::accept);
                }));
    }

    /** With TensorFlow's text, blanks and all. */
    private static void requireShape(Tensor tensor, TensorPart target) {
        if (target.slice() != null && !target.addedShape().equals(tensor.shape())) {
            throw new IllegalArgumentException(
                    "Slice in shape_and_slice specification does not match the shape of the tensor to  save: "
                            + new ShapeAndSlice(target.shape(), target.slice()) + ", tensor: " + tensor.shape());
        }
    }
}
