package org.tfckpt;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;
import java.util.AbstractList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.StringData;
import org.tfckpt.format.TensorData;
import org.tfckpt.format.TensorMessage;
import org.tfckpt.format.TensorReader;
import org.tfckpt.format.VariantData;
import org.tfckpt.format.VariantMessage;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Elements;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.ShapeAndSlice;
import org.tfckpt.tensor.StringVector;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;
import org.tfckpt.tensor.TensorSlice;

/**
 * A tensor of an open checkpoint, or a {@linkplain #slice region} of one.
 *
 * <p>There are three ways to read the values:
 *
 * <ul>
 *   <li>a view ({@code as…Buffer}, {@code asStringVector}): read-only, in the byte order of the file, not copied if the file is mapped, valid
 *       even after the checkpoint is closed, unless {@link ReadOptions#withUnmapOnClose} was used;
 *   <li>an array ({@code to…Array}): a copy, converted to a Java type;
 *   <li>parts ({@link #read}, {@link #forEachPart}, {@link #stringPart}): for tensors larger than the 2 GiB that a buffer can hold.
 * </ul>
 *
 * <p>Elements are in row-major order. A complex element is its real part, then its imaginary part. The first access
 * compares all bytes with their checksum, unless {@link ReadOptions} disable this; later accesses do not repeat it.
 *
 * <p>Thread-safe. There is nothing to close. Every method that reads throws
 *
 * <ul>
 *   <li>{@link org.tfckpt.tensor.DataLossException} if the bytes are damaged or truncated,
 *   <li>another {@link IOException} if the file cannot be read,
 *   <li>{@link IllegalStateException} if the checkpoint is closed,
 *   <li>{@link IllegalArgumentException} if the method does not support the dtype.
 * </ul>
 */
public final class Tensor {
    private final TensorInfo info;
    private final Shape shape;
    private final RegionReader values;

    Tensor(TensorInfo info, TensorReader reader, boolean checksums) {
        this(
                info,
                info.shape(),
                new RegionReader(reader, TensorSlice.full(info.shape().rank()), checksums));
    }

    private Tensor(TensorInfo info, Shape shape, RegionReader values) {
        this.info = info;
        this.shape = shape;
        this.values = values;
    }

    /**
     * Returns a view of a region of this tensor. For a partitioned tensor, only the slices that overlap the region are
     * read. If the file is mapped, a region that is contiguous in the file (such as rows) is not copied; other regions
     * are assembled while they are read.
     *
     * <p>The first read compares the checksum of the whole tensor or, for a partitioned tensor, of each slice that
     * overlaps the region. A checksum that was compared for one region is not compared again for another one.
     *
     * @param slice a region within {@link #shape()}
     * @return the region, as a tensor with the same name and its own shape
     * @throws IllegalArgumentException if the region is not within the shape, with TensorFlow's message
     */
    public Tensor slice(TensorSlice slice) {
        Shape part = slice.of(shape);
        TensorSlice box = region().isFull() ? slice : region().absolute(slice.spelledOut(shape));
        return new Tensor(info, part, values.with(box));
    }

    /**
     * Returns a view of a region in TensorFlow's notation.
     *
     * @param text a slice ({@code 0,10:-} is the first ten rows), or shape and slice as save and restore ops take them
     *     ({@code 5 10 0,10:-}), where the shape must be {@link #shape()}. Empty text is the whole tensor
     * @return the region, as {@link #slice(TensorSlice)}
     * @throws IllegalArgumentException if the text has neither form or does not fit the shape, with TensorFlow's
     *     message
     */
    public Tensor slice(String text) {
        if (text.isEmpty()) {
            return this;
        }
        return text.indexOf(' ') >= 0 ? slice(ShapeAndSlice.parse(text)) : slice(TensorSlice.parse(text));
    }

    /**
     * Returns a view of a region, and checks the shape of this tensor.
     *
     * @param shapeAndSlice the expected shape, and the region
     * @return the region, as {@link #slice(TensorSlice)}
     * @throws IllegalArgumentException if this tensor has another shape, with TensorFlow's message
     */
    public Tensor slice(ShapeAndSlice shapeAndSlice) {
        if (!shapeAndSlice.shape().equals(shape)) {
            throw new IllegalArgumentException(values.reader().shapeMismatch(shapeAndSlice.shape()));
        }
        return slice(shapeAndSlice.slice());
    }

    /**
     * {@return the same tensor or region, as with {@link ReadOptions#withoutChecksums}, for a caller that compares
     * checksums itself: reading does not compare them, and {@link #check} still does}
     */
    public Tensor withoutChecksums() {
        return new Tensor(info, shape, values.withoutChecksums());
    }

    /**
     * {@return name, dtype, shape and location, from this tensor's entry in the index} For a region, they are those of
     * the whole tensor.
     */
    public TensorInfo info() {
        return info;
    }

    /** {@return the name, see {@link TensorNames}} */
    public String name() {
        return info.name();
    }

    /** {@return the dtype} */
    public DataType dtype() {
        return info.dtype();
    }

    /** {@return the shape of this tensor, or of the region} */
    public Shape shape() {
        return shape;
    }

    /**
     * {@return the region of the whole tensor that this object reads: the full slice, unless this is a {@linkplain
     * #slice region}}
     */
    public TensorSlice region() {
        return values.region();
    }

    /**
     * Compares the bytes with their checksum, even if {@link ReadOptions} disable this.
     *
     * @throws IOException if they do not match
     */
    public void check() throws IOException {
        values.check(dtype());
    }

    /**
     * Returns the number of bytes of all elements.
     *
     * @return elements × width of the dtype, which must be fixed
     * @throws IOException if the index contradicts itself or the file
     */
    public long byteSize() throws IOException {
        return fixedWidth().size();
    }

    private TensorData fixedWidth() throws IOException {
        requireFixedWidth();
        return values.checkedData();
    }

    private void requireFixedWidth() {
        require(dtype() != DataType.DT_STRING && dtype() != DataType.DT_VARIANT, "elements of fixed width");
    }

    private void require(boolean supported, String what) {
        if (!supported) {
            throw new IllegalArgumentException("tensor '" + name() + "' has dtype "
                    + DataType.enumName(info.dtypeNumber()) + " and cannot be read as " + what);
        }
    }

    /**
     * Returns all bytes as they are stored, for a dtype of fixed width.
     *
     * @return a read-only view in the byte order of the file
     * @throws IOException if they cannot be read
     * @throws IllegalStateException if there are more bytes than a buffer can hold; use {@link #read} or
     *     {@link #forEachPart} then
     */
    public ByteBuffer asByteBuffer() throws IOException {
        requireFixedWidth();
        return values.allBytes(name());
    }

    private <T> T array(Function<ByteBuffer, T> copy) throws IOException {
        ByteBuffer bytes = asByteBuffer();
        return copying(() -> copy.apply(bytes));
    }

    /** Copies bytes, which may be unmapped meanwhile. */
    private <T> T copying(Supplier<T> copy) {
        try {
            return copy.get();
        } catch (IllegalStateException e) {
            throw new IllegalStateException(
                    "the checkpoint was closed while tensor '" + name() + "' was being read", e);
        }
    }

    /**
     * Returns some of the bytes as they are stored, for a dtype of fixed width.
     *
     * @param offset the index of the first byte, relative to the start of this tensor or region
     * @param length the number of bytes
     * @return a read-only view in the byte order of the file, or a copy if the bytes are not contiguous in a mapped file
     * @throws IOException if they cannot be read
     * @throws IndexOutOfBoundsException if the tensor or region does not have these bytes
     */
    public ByteBuffer asByteBuffer(long offset, int length) throws IOException {
        TensorData bytes = fixedWidth();
        return bytes.read(offset, length).asReadOnlyBuffer().order(bytes.order());
    }

    private ByteBuffer view(String what, DataType... dtypes) throws IOException {
        require(Arrays.asList(dtypes).contains(dtype()), what);
        return asByteBuffer();
    }

    /**
     * Returns a view of float32 elements; a complex64 element is two floats.
     *
     * @return a read-only view
     * @throws IOException if they cannot be read
     */
    public FloatBuffer asFloatBuffer() throws IOException {
        return view("a FloatBuffer", DataType.DT_FLOAT, DataType.DT_COMPLEX64).asFloatBuffer();
    }

    /**
     * Returns a view of float64 elements; a complex128 element is two doubles.
     *
     * @return a read-only view
     * @throws IOException if they cannot be read
     */
    public DoubleBuffer asDoubleBuffer() throws IOException {
        return view("a DoubleBuffer", DataType.DT_DOUBLE, DataType.DT_COMPLEX128)
                .asDoubleBuffer();
    }

    /**
     * Returns a view of the bits of int32, qint32 and uint32 elements.
     *
     * @return a read-only view
     * @throws IOException if they cannot be read
     */
    public IntBuffer asIntBuffer() throws IOException {
        return view("an IntBuffer", DataType.DT_INT32, DataType.DT_QINT32, DataType.DT_UINT32)
                .asIntBuffer();
    }

    /**
     * Returns a view of the bits of int64 and uint64 elements.
     *
     * @return a read-only view
     * @throws IOException if they cannot be read
     */
    public LongBuffer asLongBuffer() throws IOException {
        return view("a LongBuffer", DataType.DT_INT64, DataType.DT_UINT64).asLongBuffer();
    }

    /**
     * Returns a view of the bits of 16-bit integers, half and bfloat16 elements.
     *
     * @return a read-only view
     * @throws IOException if they cannot be read
     */
    public ShortBuffer asShortBuffer() throws IOException {
        return view(
                        "a ShortBuffer",
                        DataType.DT_INT16,
                        DataType.DT_UINT16,
                        DataType.DT_QINT16,
                        DataType.DT_QUINT16,
                        DataType.DT_HALF,
                        DataType.DT_BFLOAT16)
                .asShortBuffer();
    }

    /**
     * Returns the elements as {@code float}s. Half, bfloat16, float8 and float4 values are widened exactly.
     *
     * @return a new array
     * @throws IOException if they cannot be read
     */
    public float[] toFloatArray() throws IOException {
        require(Elements.fitsFloat(dtype()), "a float array");
        return array(bytes -> ElementArrays.floats(dtype(), bytes));
    }

    /**
     * Returns the elements as {@code double}s. Shorter floats, and integers of up to 32 bits, are widened exactly.
     *
     * @return a new array
     * @throws IOException if they cannot be read
     */
    public double[] toDoubleArray() throws IOException {
        boolean isFloat = dtype() == DataType.DT_DOUBLE || Elements.fitsFloat(dtype());
        require(isFloat || (Elements.isInteger(dtype()) && dtype().width() <= Integer.BYTES), "a double array");
        return array(bytes -> ElementArrays.doubles(dtype(), bytes));
    }

    /**
     * Returns the elements as {@code int}s, for integers of up to 32 bits except uint32.
     *
     * @return a new array
     * @throws IOException if they cannot be read
     */
    public int[] toIntArray() throws IOException {
        boolean fits = dtype() != DataType.DT_UINT32 && dtype().width() <= Integer.BYTES;
        require(fits && Elements.isInteger(dtype()), "an int array");
        return array(bytes -> ElementArrays.ints(dtype(), bytes));
    }

    /**
     * Returns the elements as {@code long}s, for integers of any width. A uint64 is returned as its 64 bits, see
     * {@link Long#toUnsignedString(long)}.
     *
     * @return a new array
     * @throws IOException if they cannot be read
     */
    public long[] toLongArray() throws IOException {
        require(Elements.isInteger(dtype()), "a long array");
        return array(bytes -> ElementArrays.longs(dtype(), bytes));
    }

    /**
     * Returns the elements as {@code boolean}s. Every byte except 0 is true.
     *
     * @return a new array
     * @throws IOException if they cannot be read
     */
    public boolean[] toBooleanArray() throws IOException {
        require(dtype() == DataType.DT_BOOL, "a boolean array");
        return array(ElementArrays::booleans);
    }

    /**
     * Returns the elements of a string tensor in one buffer.
     *
     * @return a view if they are contiguous in a mapped file, otherwise a copy
     * @throws IOException if they cannot be read
     * @throws IllegalStateException if there are more bytes than a buffer can hold; use {@link #stringPart} then
     */
    public StringVector asStringVector() throws IOException {
        return asStringVector(0, strings().count());
    }

    /**
     * Returns some of the elements of a string tensor in one buffer, without reading the others again.
     *
     * @param first the index of the first element in row-major order
     * @param count the number of elements
     * @return a view if they are contiguous in a mapped file, otherwise a copy
     * @throws IOException if they cannot be read
     * @throws IllegalStateException if there are more bytes than a buffer can hold
     * @throws IndexOutOfBoundsException if the tensor or region does not have these elements
     */
    public StringVector asStringVector(int first, int count) throws IOException {
        StringData elements = strings();
        Objects.checkFromIndexSize(first, count, elements.count());
        try {
            return elements.read(first, count);
        } catch (ArithmeticException e) {
            throw new IllegalStateException(
                    "tensor '" + name() + "' has more bytes than a buffer can hold; use stringPart", e);
        }
    }

    /**
     * Returns the next elements of a string tensor of any size: as many as fit into 1 MiB, but at least one.
     *
     * <pre>{@code
     * Tensor tensor = checkpoint.tensor("vocabulary");
     * StringVector part;
     * for (int i = 0; i < tensor.shape().elements(); i += part.size()) {
     *     part = tensor.stringPart(i);
     *     System.out.println(part.string(0));
     * }
     * }</pre>
     *
     * @param first the index of the first element in row-major order
     * @return a view if the elements are contiguous in a mapped file, otherwise a copy
     * @throws IOException if they cannot be read
     * @throws IndexOutOfBoundsException if there is no such element
     */
    public StringVector stringPart(int first) throws IOException {
        StringData elements = strings();
        return elements.part(Objects.checkIndex(first, elements.count()));
    }

    /**
     * Returns the elements of a string tensor as bytes, one array for each. {@link #asStringVector()} is faster.
     *
     * @return new arrays
     * @throws IOException if they cannot be read
     */
    public byte[][] toBytesArray() throws IOException {
        return strings(new byte[strings().count()][], StringVector::bytes);
    }

    /**
     * Returns the elements of a string tensor as text, where {@link TensorNames} represents bytes that are not UTF-8.
     *
     * @return one string per element
     * @throws IOException if they cannot be read
     */
    public String[] toStringArray() throws IOException {
        return strings(new String[strings().count()], StringVector::string);
    }

    private interface StringConversion<T> {
        T of(StringVector strings, int index);
    }

    private <T> T[] strings(T[] array, StringConversion<T> conversion) throws IOException {
        int[] next = {0};
        strings()
                .forEach(part -> copying(() -> {
                    for (int i = 0; i < part.size(); i++) {
                        array[next[0]++] = conversion.of(part, i);
                    }
                    return array;
                }));
        return array;
    }

    StringData strings() throws IOException {
        require(dtype() == DataType.DT_STRING, "strings");
        return values.strings();
    }

    /**
     * Returns the elements of a variant tensor. Their checksums are compared even if {@link ReadOptions} disable this.
     *
     * @return a list that decodes an element whenever it is accessed
     * @throws IOException if they cannot be read
     */
    public List<Variant> variants() throws IOException {
        require(dtype() == DataType.DT_VARIANT, "variants");
        VariantData elements = variantData();
        return new AbstractList<>() {
            @Override
            public Variant get(int index) {
                return new Variant(elements.get(index));
            }

            @Override
            public int size() {
                return elements.count();
            }
        };
    }

    /**
     * An element of a variant tensor: a serialized C++ object. The meaning of its bytes depends on its type; the
     * tensors in it can be read like any others. Immutable.
     */
    public static final class Variant {
        private final VariantMessage message;

        private Variant(VariantMessage message) {
            this.message = message;
        }

        /**
         * Returns whether another variant has the same bytes.
         *
         * @param other any object
         * @return true for a variant whose serialized form is the same
         */
        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Variant variant && message.message().equals(variant.message.message());
        }

        @Override
        public int hashCode() {
            return message.message().hashCode();
        }

        /** {@return the name of the C++ type, for example {@code tensorflow::TensorList}} */
        public String typeName() {
            return message.typeName();
        }

        /** {@return a new array with the serialized object without its tensors} */
        public byte[] metadata() {
            return message.metadata();
        }

        /** {@return a new array with the whole element as it is stored: a serialized {@code VariantTensorDataProto}} */
        public byte[] toByteArray() {
            ByteBuffer stored = message.message();
            byte[] bytes = new byte[stored.remaining()];
            stored.duplicate().get(bytes);
            return bytes;
        }

        /**
         * {@return the tensors of the object, as a list that decodes a tensor whenever it is accessed} They can be read
         * like those of a checkpoint, even after it is closed, and may in turn have variants as elements.
         */
        public List<Tensor> tensors() {
            return new AbstractList<>() {
                @Override
                public Tensor get(int index) {
                    TensorMessage tensor = TensorMessage.in(message, index);
                    return new Tensor(tensor.info(), tensor.reader(), false);
                }

                @Override
                public int size() {
                    return message.tensorCount();
                }
            };
        }

        /** {@return the type and the number of tensors, for example {@code tensorflow::TensorList with 3 tensors}} */
        @Override
        public String toString() {
            int count = message.tensorCount();
            return typeName() + " with " + count + (count == 1 ? " tensor" : " tensors");
        }
    }

    VariantData variantData() throws IOException {
        return values.variants();
    }

    /**
     * {@return the byte order of the file, in which {@link #read} and {@link #forEachPart} pass bytes to the caller}
     */
    public ByteOrder order() {
        return values.reader().order();
    }

    /**
     * Copies some of the bytes, in the byte order of the file.
     *
     * @param offset the index of the first byte, relative to the start of this tensor or region
     * @param target is filled from its position to its limit
     * @throws IOException if they cannot be read
     * @throws IndexOutOfBoundsException if the tensor or region ends before {@code target} is full
     */
    public void read(long offset, ByteBuffer target) throws IOException {
        fixedWidth().readInto(offset, target);
    }

    /** Receives a tensor in parts. */
    @FunctionalInterface
    public interface PartConsumer {
        /**
         * Receives the next part.
         *
         * @param part whole elements in the tensor's byte order, read-only; valid only during the call
         * @throws IOException to stop reading
         */
        void accept(ByteBuffer part) throws IOException;
    }

    /**
     * Passes all bytes to a consumer, in order and in parts of whole elements, without holding them in memory.
     *
     * <p>If this is the first access, the bytes are compared with their checksum as they are passed, so that they are read
     * once. The exception for damaged bytes may then follow the last part: do not use the parts before this method has
     * returned, or call {@link #check} first.
     *
     * @param consumer receives the parts
     * @throws IOException if they are damaged or cannot be read, or the consumer throws it
     */
    public void forEachPart(PartConsumer consumer) throws IOException {
        requireFixedWidth();
        values.forEach(part -> consumer.accept(part.asReadOnlyBuffer().order(order())));
    }

    /**
     * {@return TensorFlow's line for this tensor, as in {@link TensorInfo#toString()}, followed by the region if it is
     * not the whole tensor}
     */
    @Override
    public String toString() {
        return region().isFull() ? info.toString() : info + " " + region();
    }
}
