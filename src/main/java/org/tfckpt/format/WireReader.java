package org.tfckpt.format;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.tfckpt.io.MalformedBytesException;
import org.tfckpt.io.Varint;

/**
 * Walks the fields of one message on the wire, without copying: records are read by the million in a listing, and may be
 * 2 GiB in V1.
 *
 * <pre>
 * field: varint tag = number &lt;&lt; 3 | type, then by type
 * 0 varint | 1 eight bytes | 2 varint length, bytes | 3 … 4 group, passed over | 5 four bytes
 * </pre>
 */
public final class WireReader {
    /** The type of a number in base 128. */
    public static final int VARINT = 0;
    /** The type of eight bytes. */
    public static final int FIXED64 = 1;
    /** The type of bytes behind their length: strings, messages, packed numbers. */
    public static final int BYTES = 2;
    /** The type of four bytes. */
    public static final int FIXED32 = 5;

    private static final int TYPE_BITS = 3;
    private static final int GROUP_START = 3;
    private static final int GROUP_END = 4;
    /** As protobuf has it. */
    private static final int MAX_DEPTH = 100;

    private final ByteBuffer in;
    private int tag;

    /**
     * A reader of a message.
     *
     * @param message all that remains is the message; its position stays
     */
    public WireReader(ByteBuffer message) {
        this.in = message.slice().order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Goes into a message within this one: what follows is read from it, and it ends where it does.
     *
     * @return what {@link #leave} takes
     * @throws MalformedBytesException if this message ends before
     */
    public int enter() throws MalformedBytesException {
        long length = varint();
        requireWithin(length);
        int outer = in.limit();
        in.limit(in.position() + (int) length);
        return outer;
    }

    /**
     * Goes back to the message around, behind the one that was read.
     *
     * @param outer what {@link #enter} gave
     */
    public void leave(int outer) {
        in.position(in.limit()).limit(outer);
    }

    /**
     * Moves to the next field; what it holds must then be read or {@linkplain #skip() skipped}.
     *
     * @return its tag, {@code number << 3 | type}; 0 at the end of the message
     * @throws MalformedBytesException if there is no proper tag
     */
    public int next() throws MalformedBytesException {
        tag = 0;
        if (in.hasRemaining()) {
            // Of a tag and of a length, 32 bits count, as for protobuf.
            tag = (int) varint();
            if (tag >>> TYPE_BITS == 0) {
                throw new MalformedBytesException("no field has the tag " + tag);
            }
        }
        return tag;
    }

    /**
     * How far the message has been read.
     *
     * @return bytes from its beginning
     */
    public int position() {
        return in.position();
    }

    /**
     * Reads a number in base 128.
     *
     * @return its 64 bits
     * @throws MalformedBytesException if the message ends in it
     */
    public long varint() throws MalformedBytesException {
        return Varint.read64(in);
    }

    /**
     * Reads bytes behind their length.
     *
     * @return a view
     * @throws MalformedBytesException if the message ends before
     */
    public ByteBuffer bytes() throws MalformedBytesException {
        int length = (int) varint();
        return take(length);
    }

    /**
     * Reads a message within this one.
     *
     * @return a reader of it
     * @throws MalformedBytesException if this message ends before
     */
    public WireReader message() throws MalformedBytesException {
        return new WireReader(bytes());
    }

    /**
     * Reads four bytes.
     *
     * @return as a little-endian number
     * @throws MalformedBytesException if the message ends before
     */
    public int fixed32() throws MalformedBytesException {
        requireWithin(Integer.BYTES);
        return in.getInt();
    }

    /**
     * Reads the bytes of a field of fixed width.
     *
     * @param length how many
     * @return a view
     * @throws MalformedBytesException if the message ends before
     */
    public ByteBuffer take(long length) throws MalformedBytesException {
        requireWithin(length);
        ByteBuffer bytes = in.slice(in.position(), (int) length).order(ByteOrder.LITTLE_ENDIAN);
        in.position(in.position() + (int) length);
        return bytes;
    }

    private void requireWithin(long length) throws MalformedBytesException {
        if (length < 0 || length > in.remaining()) {
            throw new MalformedBytesException(
                    "a field of " + Long.toUnsignedString(length) + " bytes passes the end of its message");
        }
    }

    /**
     * Passes over what the field that {@link #next()} moved to holds.
     *
     * @throws MalformedBytesException if the message ends before, or the field's type does not exist
     */
    public void skip() throws MalformedBytesException {
        skip(0);
    }

    private void skip(int depth) throws MalformedBytesException {
        switch (tag & ((1 << TYPE_BITS) - 1)) {
            case VARINT -> varint();
            case FIXED64 -> take(Long.BYTES);
            case BYTES -> bytes();
            case FIXED32 -> take(Integer.BYTES);
            case GROUP_START -> skipGroup(depth);
            default -> throw new MalformedBytesException("no field has the type of tag " + tag);
        }
    }

    private void skipGroup(int depth) throws MalformedBytesException {
        if (depth == MAX_DEPTH) {
            throw new MalformedBytesException("more than " + MAX_DEPTH + " groups within each other");
        }
        int end = tag - GROUP_START + GROUP_END;
        while (next() != end) {
            if (tag == 0) {
                throw new MalformedBytesException("a group without end");
            }
            skip(depth + 1);
        }
    }
}
