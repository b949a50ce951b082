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
import org.tfckpt.format.StringSource;
import org.tfckpt.format.bundle.BundleWriter;
import org.tfckpt.format.bundle.TensorPart;
import org.tfckpt.io.Channels;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.ShapeAndSlice;
import org.tfckpt.tensor.StringVector;
import org.tfckpt.tensor.TensorNames;

/**
 * The values of a tensor to be written. They are read by {@link CheckpointWriter#add}, in parts; until then the arrays
 * and buffers passed to these methods must not be changed. Elements are in row-major order; a complex element is its
 * real part, then its imaginary part. A source can be used more than once, except one that reads a channel.
 */
public final class ValueSource {
    /** Bytes per part: a multiple of the width of every dtype. */
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

    void addTo(BundleWriter writer, String name, Shape shape) throws IOException {
        adding.add(writer, new TensorPart(name, dtype, shape, null));
    }

    void addTo(BundleWriter writer, String name, ShapeAndSlice part) throws IOException {
        adding.add(writer, new TensorPart(name, dtype, part.shape(), part.slice()));
    }

    private static ValueSource elements(DataType dtype, ElementSource source) {
        return new ValueSource(dtype, (writer, target) -> writer.addElements(target, source));
    }

    /** {@return the dtype of the values} */
    public DataType dtype() {
        return dtype;
    }

    /**
     * Creates a source of elements of any fixed width from their bytes.
     *
     * @param dtype the dtype of the elements
     * @param bytes the remaining bytes are used, in the byte order of the buffer; its position does not change
     * @return the source
     */
    public static ValueSource of(DataType dtype, ByteBuffer bytes) {
        ByteBuffer own = bytes.duplicate().order(bytes.order());
        return elements(dtype, consumer -> consumer.accept(own.duplicate().order(own.order())));
    }

    /**
     * Creates a source of elements of any fixed width that reads their bytes from a channel, so that a tensor of any
     * size needs little memory.
     *
     * @param dtype the dtype of the elements
     * @param bytes as many bytes are read as the shape of the tensor requires; the caller closes the channel
     * @param order the byte order of the elements
     * @return the source, which can be used only once
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
                            throw new EOFException("the values of tensor '" + target.name() + "' end after "
                                    + (done + part.position()) + " of " + size + " bytes");
                        }
                        consumer.accept(part.flip().order(order));
                    }
                }));
    }

    /**
     * Creates a source of elements of any fixed width that are passed on part by part, so that they can be computed while
     * they are written.
     *
     * @param dtype the dtype of the elements
     * @param parts passes on the elements whenever they are written
     * @return the source
     */
    public static ValueSource ofParts(DataType dtype, Parts parts) {
        return elements(dtype, consumer -> parts.forEachPart(consumer::accept));
    }

    /** Elements of fixed width that are passed on part by part, as by {@link Tensor#forEachPart}. */
    @FunctionalInterface
    public interface Parts {
        /**
         * Passes all elements to a consumer.
         *
         * @param consumer receives the parts: whole elements, in the byte order of the buffer
         * @throws IOException if they cannot be read, or the consumer throws it
         */
        void forEachPart(Tensor.PartConsumer consumer) throws IOException;
    }

    /** Copies the values part by part, because the bytes of a typed buffer are not accessible. */
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
     * Creates a source of {@code float}s.
     *
     * @param values the values
     * @return the source, of dtype {@link DataType#DT_FLOAT}
     */
    public static ValueSource of(float... values) {
        return of(FloatBuffer.wrap(values));
    }

    /**
     * Creates a source of {@code float}s.
     *
     * @param values the remaining values are used; the position of the buffer does not change
     * @return the source, of dtype {@link DataType#DT_FLOAT}
     */
    public static ValueSource of(FloatBuffer values) {
        return ofFloats(DataType.DT_FLOAT, values);
    }

    /**
     * Creates a source of complex numbers of two {@code float}s each.
     *
     * @param values real and imaginary parts, alternating
     * @return the source, of dtype {@link DataType#DT_COMPLEX64}
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
     * Creates a source of {@code double}s.
     *
     * @param values the values
     * @return the source, of dtype {@link DataType#DT_DOUBLE}
     */
    public static ValueSource of(double... values) {
        return of(DoubleBuffer.wrap(values));
    }

    /**
     * Creates a source of {@code double}s.
     *
     * @param values the remaining values are used; the position of the buffer does not change
     * @return the source, of dtype {@link DataType#DT_DOUBLE}
     */
    public static ValueSource of(DoubleBuffer values) {
        return ofDoubles(DataType.DT_DOUBLE, values);
    }

    /**
     * Creates a source of complex numbers of two {@code double}s each.
     *
     * @param values real and imaginary parts, alternating
     * @return the source, of dtype {@link DataType#DT_COMPLEX128}
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
     * Creates a source of 32-bit integers.
     *
     * @param values the values
     * @return the source, of dtype {@link DataType#DT_INT32}
     */
    public static ValueSource of(int... values) {
        return of(IntBuffer.wrap(values));
    }

    /**
     * Creates a source of 32-bit integers.
     *
     * @param values the remaining values are used; the position of the buffer does not change
     * @return the source, of dtype {@link DataType#DT_INT32}
     */
    public static ValueSource of(IntBuffer values) {
        IntBuffer own = values.slice();
        return parts(
                DataType.DT_INT32,
                own.limit(),
                (part, at, length) -> part.asIntBuffer().put(0, own, at, length));
    }

    /**
     * Creates a source of 64-bit integers.
     *
     * @param values the values
     * @return the source, of dtype {@link DataType#DT_INT64}
     */
    public static ValueSource of(long... values) {
        return of(LongBuffer.wrap(values));
    }

    /**
     * Creates a source of 64-bit integers.
     *
     * @param values the remaining values are used; the position of the buffer does not change
     * @return the source, of dtype {@link DataType#DT_INT64}
     */
    public static ValueSource of(LongBuffer values) {
        LongBuffer own = values.slice();
        return parts(
                DataType.DT_INT64,
                own.limit(),
                (part, at, length) -> part.asLongBuffer().put(0, own, at, length));
    }

    /**
     * Creates a source of 16-bit integers.
     *
     * @param values the values
     * @return the source, of dtype {@link DataType#DT_INT16}
     */
    public static ValueSource of(short... values) {
        return of(ShortBuffer.wrap(values));
    }

    /**
     * Creates a source of 16-bit integers.
     *
     * @param values the remaining values are used; the position of the buffer does not change
     * @return the source, of dtype {@link DataType#DT_INT16}
     */
    public static ValueSource of(ShortBuffer values) {
        ShortBuffer own = values.slice();
        return parts(
                DataType.DT_INT16,
                own.limit(),
                (part, at, length) -> part.asShortBuffer().put(0, own, at, length));
    }

    /**
     * Creates a source of 8-bit integers.
     *
     * @param values the values
     * @return the source, of dtype {@link DataType#DT_INT8}
     */
    public static ValueSource of(byte... values) {
        return of(DataType.DT_INT8, ByteBuffer.wrap(values));
    }

    /**
     * Creates a source of booleans.
     *
     * @param values the values
     * @return the source, of dtype {@link DataType#DT_BOOL}
     */
    public static ValueSource of(boolean... values) {
        return parts(DataType.DT_BOOL, values.length, (part, at, length) -> {
            for (int i = at; i < at + length; i++) {
                part.put((byte) (values[i] ? 1 : 0));
            }
        });
    }

    /**
     * Creates a source of strings from text.
     *
     * @param values written as UTF-8; a string that {@link Tensor#toStringArray} made of other bytes is written as
     *     those bytes
     * @return the source, of dtype {@link DataType#DT_STRING}
     */
    public static ValueSource of(String... values) {
        return ofStrings(Arrays.stream(values).map(TensorNames::encode).toList());
    }

    /**
     * Creates a source of strings from bytes.
     *
     * @param values the strings; each is accessed more than once
     * @return the source, of dtype {@link DataType#DT_STRING}
     */
    public static ValueSource ofStrings(List<byte[]> values) {
        return strings(StringSource.of(values));
    }

    /**
     * Creates a source of strings from a vector.
     *
     * @param values the strings
     * @return the source, of dtype {@link DataType#DT_STRING}
     */
    public static ValueSource of(StringVector values) {
        return strings(consumer -> consumer.accept(values));
    }

    private static ValueSource strings(StringSource values) {
        return new ValueSource(DataType.DT_STRING, (writer, target) -> writer.addStrings(target, values));
    }

    /**
     * Creates a source of variants.
     *
     * @param messages serialized {@code VariantTensorDataProto}s, written unchanged
     * @return the source, of dtype {@link DataType#DT_VARIANT}
     */
    public static ValueSource ofVariants(List<byte[]> messages) {
        List<ByteBuffer> values = messages.stream().map(ByteBuffer::wrap).toList();
        return new ValueSource(DataType.DT_VARIANT, (writer, target) -> writer.addVariants(target, values));
    }

    /**
     * Creates a source from a tensor or region of another checkpoint. {@link CheckpointWriter#copy} is faster if the
     * whole tensor is to be copied unchanged.
     *
     * @param tensor the tensor; its checkpoint must stay open until the values are written
     * @return the source, of the dtype of the tensor
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

    /** Throws TensorFlow's message, including its two spaces. */
    private static void requireShape(Tensor tensor, TensorPart target) {
        if (target.slice() != null && !target.addedShape().equals(tensor.shape())) {
            throw new IllegalArgumentException(
                    "Slice in shape_and_slice specification does not match the shape of the tensor to  save: "
                            + new ShapeAndSlice(target.shape(), target.slice()) + ", tensor: " + tensor.shape());
        }
    }
}
