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
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
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
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;
import org.tfckpt.tensor.TensorSlice;

/**
 * One tensor of an open checkpoint, or a {@linkplain #slice region} of one.
 *
 * <p>Three ways lead to the values: a view ({@code as…Buffer}: read-only, no copy where the file is mapped, valid also
 * after the checkpoint is closed), an array ({@code to…Array}: a copy, converted), and parts ({@link #read} and
 * {@link #forEachPart}: for tensors that pass the 2 GiB of a buffer). Elements are in row-major order; a complex one is
 * real, imaginary. The first access compares all bytes with their checksum, unless {@link ReadOptions} say otherwise;
 * later ones do not again.
 *
 * <p>Safe from many threads. Every method that reads throws {@link org.tfckpt.tensor.DataLossException} if the bytes are
 * damaged or cut off, another {@link IOException} if the file cannot be read, {@link IllegalStateException} after the
 * checkpoint was closed, and {@link IllegalArgumentException} if the dtype is not one that the method is for.
 */
public final class Tensor {
    private static final Set<DataType> SIXTEEN_BITS = EnumSet.of(
            DataType.DT_INT16,
            DataType.DT_UINT16,
            DataType.DT_QINT16,
            DataType.DT_QUINT16,
            DataType.DT_HALF,
            DataType.DT_BFLOAT16);

    private final TensorInfo info;
    private final TensorReader reader;
    private final boolean checksums;
    private final TensorSlice region;
    private final Shape shape;
    private @Nullable TensorData data;
    private @Nullable StringData strings;

    Tensor(TensorInfo info, TensorReader reader, boolean checksums) {
        this(info, reader, checksums, TensorSlice.full(info.shape().rank()), info.shape());
    }

    private Tensor(TensorInfo info, TensorReader reader, boolean checksums, TensorSlice region, Shape shape) {
        this.info = info;
        this.reader = reader;
        this.checksums = checksums;
        this.region = region;
        this.shape = shape;
    }

    /**
     * A region of this tensor, with every way to read that the whole has. Of a partitioned tensor only those slices are
     * read that have something in common with it. Rows, and whatever else is contiguous in the file, are a view without
     * copies where the file is mapped; other regions are put together as they are read.
     *
     * <p>Checksums: the first read compares what it touches with its checksum, which covers all of an unpartitioned
     * tensor, or each slice of a partitioned one. What one region of this tensor has compared, another does not compare
     * again.
     *
     * @param slice a box within {@link #shape()}
     * @return the region; it has this tensor's name, and a shape of its own
     * @throws IllegalArgumentException with TensorFlow's text, if the box does not lie within the shape
     */
    public Tensor slice(TensorSlice slice) {
        Shape part = slice.of(shape);
        TensorSlice box = region.isFull() ? slice : region.absolute(slice.spelledOut(shape));
        return new Tensor(info, reader, checksums, box, part);
    }

    /**
     * A region in TensorFlow's text form.
     *
     * @param text a slice ({@code 0,10:-}), or shape and slice as save and restore ops take them ({@code 5 10 0,10:-}):
     *     then the shape must be {@link #shape()}. The empty text is the whole
     * @return the region, as {@link #slice(TensorSlice)}
     * @throws IllegalArgumentException with TensorFlow's text, if it is of neither form or does not fit the shape
     */
    public Tensor slice(String text) {
        if (text.isEmpty()) {
            return this;
        }
        return text.indexOf(' ') >= 0 ? slice(ShapeAndSlice.parse(text)) : slice(TensorSlice.parse(text));
    }

    /**
     * A region of a tensor that is known to have a certain shape.
     *
     * @param shapeAndSlice the shape expected, and the box
     * @return the region, as {@link #slice(TensorSlice)}
     * @throws IllegalArgumentException with TensorFlow's text, if the shape is another one
     */
    public Tensor slice(ShapeAndSlice shapeAndSlice) {
        if (!shapeAndSlice.shape().equals(shape)) {
            throw new IllegalArgumentException(reader.shapeMismatch(shapeAndSlice.shape()));
        }
        return slice(shapeAndSlice.slice());
    }

    /**
     * What the index says of this tensor.
     *
     * @return name, dtype, shape and place of the whole
     */
    public TensorInfo info() {
        return info;
    }

    /**
     * The name.
     *
     * @return see {@link TensorNames}
     */
    public String name() {
        return info.name();
    }

    /**
     * The dtype.
     *
     * @return the dtype
     */
    public DataType dtype() {
        return info.dtype();
    }

    /**
     * The shape.
     *
     * @return the whole tensor's, or the region's
     */
    public Shape shape() {
        return shape;
    }

    /**
     * Which part of the whole tensor this is.
     *
     * @return all of it, unless this is a {@linkplain #slice region}
     */
    public TensorSlice region() {
        return region;
    }

    private synchronized TensorData data() throws IOException {
        TensorData opened = opened();
        if (checksums) {
            opened.check();
        }
        return opened;
    }

    private synchronized TensorData opened() throws IOException {
        TensorData opened = data;
        if (opened == null) {
            opened = reader.data(region);
            data = opened;
        }
        return opened;
    }

    synchronized StringData strings() throws IOException {
        require(dtype() == DataType.DT_STRING, "strings");
        StringData opened = strings;
        if (opened == null) {
            opened = reader.strings(region);
            strings = opened;
        }
        if (checksums) {
            opened.check();
        }
        return opened;
    }

    /**
     * Compares the bytes with their checksum, whatever the options say.
     *
     * @throws IOException if they do not match
     */
    public void check() throws IOException {
        if (dtype() == DataType.DT_STRING) {
            strings().check();
        } else if (dtype() == DataType.DT_VARIANT) {
            reader.variants(region);
        } else {
            data().check();
        }
    }

    /**
     * Bytes of all elements of a tensor of fixed width.
     *
     * @return elements × width
     * @throws IOException if the entry contradicts itself or the file
     */
    public long byteSize() throws IOException {
        return fixedWidth().size();
    }

    private TensorData fixedWidth() throws IOException {
        requireFixedWidth();
        return data();
    }

    private void requireFixedWidth() {
        require(dtype() != DataType.DT_STRING && dtype() != DataType.DT_VARIANT, "elements of fixed width");
    }

    /**
     * All bytes, as they stand in the file.
     *
     * @return a read-only view in the file's byte order
     * @throws IOException if they cannot be read
     * @throws IllegalStateException if they pass what a buffer can hold; {@link #read} and {@link #forEachPart} do not
     */
    public ByteBuffer asByteBuffer() throws IOException {
        requireFixedWidth();
        TensorData bytes = opened();
        if (bytes.size() > Integer.MAX_VALUE - 8) {
            throw new IllegalStateException("tensor " + name() + " has " + bytes.size()
                    + " bytes, more than a buffer or an array holds; read it in parts");
        }
        ByteBuffer all = checksums ? bytes.readChecked() : bytes.read(0, (int) bytes.size());
        return all.asReadOnlyBuffer().order(bytes.order());
    }

    /**
     * Singles; the two parts of each for complex64.
     *
     * @return a read-only view
     * @throws IOException if they cannot be read
     */
    public FloatBuffer asFloatBuffer() throws IOException {
        require(dtype() == DataType.DT_FLOAT || dtype() == DataType.DT_COMPLEX64, "a view of singles");
        return asByteBuffer().asFloatBuffer();
    }

    /**
     * Doubles; the two parts of each for complex128.
     *
     * @return a read-only view
     * @throws IOException if they cannot be read
     */
    public DoubleBuffer asDoubleBuffer() throws IOException {
        require(dtype() == DataType.DT_DOUBLE || dtype() == DataType.DT_COMPLEX128, "a view of doubles");
        return asByteBuffer().asDoubleBuffer();
    }

    /**
     * The 32 bits of int32, qint32 and uint32.
     *
     * @return a read-only view
     * @throws IOException if they cannot be read
     */
    public IntBuffer asIntBuffer() throws IOException {
        boolean fits = dtype() == DataType.DT_INT32 || dtype() == DataType.DT_QINT32 || dtype() == DataType.DT_UINT32;
        require(fits, "a view of 32-bit integers");
        return asByteBuffer().asIntBuffer();
    }

    /**
     * The 64 bits of int64 and uint64.
     *
     * @return a read-only view
     * @throws IOException if they cannot be read
     */
    public LongBuffer asLongBuffer() throws IOException {
        require(dtype() == DataType.DT_INT64 || dtype() == DataType.DT_UINT64, "a view of 64-bit integers");
        return asByteBuffer().asLongBuffer();
    }

    /**
     * The 16 bits of integers, half and bfloat16.
     *
     * @return a read-only view
     * @throws IOException if they cannot be read
     */
    public ShortBuffer asShortBuffer() throws IOException {
        require(SIXTEEN_BITS.contains(dtype()), "a view of 16 bits");
        return asByteBuffer().asShortBuffer();
    }

    /**
     * Singles, also from half, bfloat16, float8 and float4, none of which loses anything.
     *
     * @return a new array
     * @throws IOException if they cannot be read
     */
    public float[] toFloatArray() throws IOException {
        require(Elements.fitsFloat(dtype()), "a float array");
        return ElementArrays.floats(dtype(), asByteBuffer());
    }

    /**
     * Doubles, also from every shorter float and every integer of up to 32 bits, none of which loses anything.
     *
     * @return a new array
     * @throws IOException if they cannot be read
     */
    public double[] toDoubleArray() throws IOException {
        boolean isFloat = dtype() == DataType.DT_DOUBLE || Elements.fitsFloat(dtype());
        require(isFloat || (Elements.isInteger(dtype()) && dtype().width() <= Integer.BYTES), "a double array");
        return ElementArrays.doubles(dtype(), asByteBuffer());
    }

    /**
     * Integers of up to 32 bits but uint32.
     *
     * @return a new array
     * @throws IOException if they cannot be read
     */
    public int[] toIntArray() throws IOException {
        boolean fits = dtype() != DataType.DT_UINT32 && dtype().width() <= Integer.BYTES;
        require(fits && Elements.isInteger(dtype()), "an int array");
        return ElementArrays.ints(dtype(), asByteBuffer());
    }

    /**
     * Integers of any width. A uint64 is given as its 64 bits, see {@link Long#toUnsignedString(long)}.
     *
     * @return a new array
     * @throws IOException if they cannot be read
     */
    public long[] toLongArray() throws IOException {
        require(Elements.isInteger(dtype()), "a long array");
        return ElementArrays.longs(dtype(), asByteBuffer());
    }

    /**
     * Booleans: any byte but 0 is true.
     *
     * @return a new array
     * @throws IOException if they cannot be read
     */
    public boolean[] toBooleanArray() throws IOException {
        require(dtype() == DataType.DT_BOOL, "a boolean array");
        return ElementArrays.booleans(asByteBuffer());
    }

    /**
     * The elements of a string tensor.
     *
     * @return an array per element
     * @throws IOException if they cannot be read
     */
    public byte[][] toBytesArray() throws IOException {
        StringData elements = strings();
        byte[][] values = new byte[elements.count()][];
        for (int i = 0; i < values.length; i++) {
            values[i] = elements.get(i);
        }
        return values;
    }

    /**
     * The elements of a string tensor as text; bytes that are not UTF-8 come as in {@link TensorNames}.
     *
     * @return a string per element
     * @throws IOException if they cannot be read
     */
    public String[] toStringArray() throws IOException {
        StringData elements = strings();
        String[] values = new String[elements.count()];
        for (int i = 0; i < values.length; i++) {
            values[i] = TensorNames.decode(elements.get(i));
        }
        return values;
    }

    /**
     * The number of elements of a string tensor.
     *
     * @return the product of its dimensions
     * @throws IOException if its lengths cannot be read
     */
    public int stringCount() throws IOException {
        return strings().count();
    }

    /**
     * One element of a string tensor, without reading the others again.
     *
     * @param index in row-major order
     * @return its bytes, a new array
     * @throws IOException if they cannot be read
     */
    public byte[] stringAt(int index) throws IOException {
        return strings().get(index);
    }

    /**
     * The elements of a tensor of variants; their checksums are always compared.
     *
     * @return the variants, each decoded when it is taken from the list
     * @throws IOException if they cannot be read
     */
    public List<Variant> variants() throws IOException {
        require(dtype() == DataType.DT_VARIANT, "variants");
        VariantData elements = reader.variants(region);
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
     * One element of a tensor of variants: a C++ object as it was saved. What its bytes mean is known to its type alone;
     * the tensors in it are tensors like others. Immutable.
     */
    public static final class Variant {
        private final VariantMessage message;

        private Variant(VariantMessage message) {
            this.message = message;
        }

        /**
         * The name of the C++ type.
         *
         * @return for example {@code tensorflow::TensorList}
         */
        public String typeName() {
            return message.typeName();
        }

        /**
         * The object's own bytes.
         *
         * @return a new array
         */
        public byte[] metadata() {
            return message.metadata();
        }

        /**
         * The tensors in the object. They are read like those of a checkpoint, at any time, and may hold variants in
         * turn.
         *
         * @return the tensors, each decoded when it is taken from the list
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

        /**
         * The type and the number of tensors.
         *
         * @return for example {@code tensorflow::TensorList with 3 tensors}
         */
        @Override
        public String toString() {
            return typeName() + " with " + message.tensorCount() + " tensors";
        }
    }

    /** For those who write them again. */
    VariantData variantData() throws IOException {
        return reader.variants(region);
    }

    /** What the digest of variants covers. */
    ByteBuffer storedVariants() throws IOException {
        return reader.variants(region).stored();
    }

    /**
     * The order of the bytes that {@link #read} and {@link #forEachPart} give.
     *
     * @return the file's
     */
    public ByteOrder order() {
        return reader.order();
    }

    /**
     * Copies a part of the bytes, in the file's byte order.
     *
     * @param offset the first byte, counted from the tensor's own start
     * @param target takes as many bytes as it has left
     * @throws IOException if they cannot be read
     * @throws IndexOutOfBoundsException if the part passes the tensor
     */
    public void read(long offset, ByteBuffer target) throws IOException {
        fixedWidth().readInto(offset, target);
    }

    /** Takes the parts of a tensor. */
    @FunctionalInterface
    public interface PartConsumer {
        /**
         * Takes a part.
         *
         * @param part whole elements in the tensor's byte order; valid during the call only
         * @throws IOException if the consumer has a reason to stop
         */
        void accept(ByteBuffer part) throws IOException;
    }

    /**
     * Walks all bytes in order, in parts of whole elements, without holding them.
     *
     * @param consumer takes the parts
     * @throws IOException if they cannot be read, or the consumer threw it
     */
    public void forEachPart(PartConsumer consumer) throws IOException {
        TensorData bytes = fixedWidth();
        bytes.forEach(part -> consumer.accept(part.asReadOnlyBuffer().order(bytes.order())));
    }

    private void require(boolean fits, String what) {
        if (!fits) {
            throw new IllegalArgumentException("tensor " + name() + " is " + DataType.enumName(info.dtypeNumber())
                    + ", which does not give " + what);
        }
    }

    /**
     * TensorFlow's line for this tensor.
     *
     * @return as {@link TensorInfo#toString()}, with the region behind it if it is not the whole
     */
    @Override
    public String toString() {
        return region.isFull() ? info.toString() : info + " " + region;
    }
}
