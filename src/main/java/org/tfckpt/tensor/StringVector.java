package org.tfckpt.tensor;

import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The elements of a string tensor, or consecutive ones, in Apache Arrow's layout of variable-length binary data: one
 * buffer with the bytes of all elements, and the offset of each element in it.
 *
 * <p>Nothing is created per element until it is accessed. An element is a sequence of bytes; most are UTF-8 text.
 *
 * <p>Immutable and thread-safe. If the bytes are a view of a mapped file, they stay valid after the checkpoint is
 * closed, unless it was opened with {@code ReadOptions.withUnmapOnClose}: accessing them then throws
 * {@link IllegalStateException}.
 */
public final class StringVector {
    private final ByteBuffer data;
    private final IntBuffer offsets;

    private StringVector(ByteBuffer data, IntBuffer offsets) {
        this.data = data.asReadOnlyBuffer();
        this.offsets = offsets;
    }

    /**
     * Creates a vector from buffers in Arrow's layout, which are not copied and must not be modified.
     *
     * @param data the bytes of the elements, from its position to its limit
     * @param offsets the offset of each element relative to the position of {@code data}, then the end of the last one:
     *     one more number than there are elements
     * @return the elements
     * @throws IllegalArgumentException if there is no offset, they are not in ascending order, or are outside of
     *     {@code data}
     */
    public static StringVector of(ByteBuffer data, IntBuffer offsets) {
        IntBuffer own = offsets.slice();
        int size = own.limit() - 1;
        boolean valid = size >= 0 && own.get(0) >= 0 && own.get(size) <= data.remaining();
        for (int i = 0; valid && i < size; i++) {
            valid = own.get(i) <= own.get(i + 1);
        }
        if (!valid) {
            throw new IllegalArgumentException("the offsets must be in ascending order, from 0 to " + data.remaining());
        }
        int start = own.get(0);
        ByteBuffer bytes = data.slice(data.position() + start, own.get(size) - start);
        return new StringVector(bytes, start == 0 ? own : relative(own, start));
    }

    private static IntBuffer relative(IntBuffer offsets, int start) {
        IntBuffer relative = IntBuffer.allocate(offsets.limit());
        for (int i = 0; i < offsets.limit(); i++) {
            relative.put(i, offsets.get(i) - start);
        }
        return relative;
    }

    /** {@return the number of elements} */
    public int size() {
        return offsets.limit() - 1;
    }

    /** {@return the number of bytes of all elements} */
    public int byteSize() {
        return data.limit();
    }

    /**
     * Returns the bytes of all elements, without gaps. To pass this vector to Arrow, copy {@code data()} and
     * {@link #offsets()}.
     *
     * @return a read-only view
     */
    public ByteBuffer data() {
        return data.duplicate();
    }

    /**
     * Returns the offset of each element in {@link #data}, then the size of {@link #data}.
     *
     * @return a read-only view of {@code size() + 1} numbers in ascending order; the first is 0
     */
    public IntBuffer offsets() {
        return offsets.asReadOnlyBuffer();
    }

    /**
     * Returns the length of an element.
     *
     * @param index from 0
     * @return the length in bytes
     * @throws IndexOutOfBoundsException if there is no such element
     */
    public int length(int index) {
        return offsets.get(index + 1) - offsets.get(index);
    }

    /**
     * Returns an element without copying it.
     *
     * @param index from 0
     * @return a read-only view of its bytes
     * @throws IndexOutOfBoundsException if there is no such element
     */
    public ByteBuffer get(int index) {
        return data.slice(offsets.get(index), length(index));
    }

    /**
     * Returns a copy of an element.
     *
     * @param index from 0
     * @return its bytes, in a new array
     * @throws IndexOutOfBoundsException if there is no such element
     */
    public byte[] bytes(int index) {
        byte[] bytes = new byte[length(index)];
        data.get(offsets.get(index), bytes);
        return bytes;
    }

    /**
     * Returns an element as text, where {@link TensorNames} represents bytes that are not UTF-8.
     *
     * @param index from 0
     * @return its text
     * @throws IndexOutOfBoundsException if there is no such element
     */
    public String string(int index) {
        return TensorNames.decode(bytes(index));
    }

    /**
     * Returns whether another vector has the same elements.
     *
     * @param other any object
     * @return true for a vector of equal elements in the same order
     */
    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof StringVector vector && offsets.equals(vector.offsets) && data.equals(vector.data);
    }

    @Override
    public int hashCode() {
        return 31 * offsets.hashCode() + data.hashCode();
    }

    /** {@return the numbers of elements and bytes, for example {@code 3 strings, 17 bytes}} */
    @Override
    public String toString() {
        return size()
                + (size() == 1 ? " string, " : " strings, ")
                + byteSize()
                + (byteSize() == 1 ? " byte" : " bytes");
    }
}
