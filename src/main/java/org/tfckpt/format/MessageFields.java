package org.tfckpt.format;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Walks the fields of a message that holds bulk data, or that may be too large to parse, with protobuf's
 * {@link CodedInputStream}. Small messages inside are parsed by their generated classes; bulk data is returned as
 * views.
 *
 * <p>All methods throw {@link InvalidProtocolBufferException} if the message is malformed. Not thread-safe.
 */
public final class MessageFields {
    /**
     * The largest message that is parsed as a whole. An empty message inside takes two bytes in a file and some 60 in
     * memory, so that a parsed message may take 30 times its size.
     */
    public static final int MAX_PARSED = 1 << 16;

    private static final int STREAM_BUFFER = 1 << 12;

    private final ByteBuffer message;
    private final CodedInputStream in;
    private int tag;

    /**
     * Creates a walker before the first field of a message, from the buffer's position, which does not change, to its
     * limit.
     */
    public MessageFields(ByteBuffer message) throws IOException {
        this.message = message.slice();
        this.in = input(this.message);
        // Without a limit, a length could reach beyond the message unnoticed.
        in.pushLimit(message.remaining());
    }

    private static CodedInputStream input(ByteBuffer message) {
        if (message.hasArray()) {
            return CodedInputStream.newInstance(message.array(), message.arrayOffset(), message.remaining());
        }
        if (message.remaining() <= STREAM_BUFFER) {
            return CodedInputStream.newInstance(copy(message));
        }
        // newInstance(ByteBuffer) would copy all of a direct buffer, in versions that do without sun.misc.Unsafe.
        return CodedInputStream.newInstance(new BufferStream(message.duplicate()), STREAM_BUFFER);
    }

    static byte[] copy(ByteBuffer message) {
        byte[] bytes = new byte[message.remaining()];
        message.get(message.position(), bytes);
        return bytes;
    }

    /**
     * Returns the tag of a field of bytes, of a string, of a message or of packed numbers, as {@link #next()} returns
     * it.
     */
    public static int lengthDelimited(int field) {
        return field << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED;
    }

    /** Parses a whole message of at most {@link #MAX_PARSED} bytes. */
    public static <T extends MessageLite> T parse(Parser<T> parser, ByteBuffer message)
            throws InvalidProtocolBufferException {
        requireParsable(message.remaining());
        return parser.parseFrom(copy(message));
    }

    static void requireParsable(int length) throws InvalidProtocolBufferException {
        if (length > MAX_PARSED) {
            throw new InvalidProtocolBufferException(
                    "a message of " + length + " bytes where " + MAX_PARSED + " are more than enough");
        }
    }

    /**
     * Moves to the next field, which must then be read or {@linkplain #skip() skipped}; returns its tag, 0 at the end
     * of the message.
     */
    public int next() throws IOException {
        tag = in.readTag();
        return tag;
    }

    /** Skips the field at which {@link #next()} stopped. */
    public void skip() throws IOException {
        if (!in.skipField(tag)) {
            throw new InvalidProtocolBufferException("the end of a group that did not begin");
        }
    }

    /** Returns the stream, to read a number at the current position. */
    public CodedInputStream numbers() {
        return in;
    }

    /** Returns the number of bytes read so far. */
    public int position() {
        return in.getTotalBytesRead();
    }

    /** Skips a length-delimited field; returns the length of its contents, which end at {@link #position()}. */
    public int skipBytes() throws IOException {
        int length = in.readRawVarint32();
        if (length < 0 || length > in.getBytesUntilLimit()) {
            throw new InvalidProtocolBufferException(
                    "a field of " + Integer.toUnsignedString(length) + " bytes passes the end of its message");
        }
        in.skipRawBytes(length);
        return length;
    }

    /** Reads a length-delimited field without copying it: as a little-endian view. */
    public ByteBuffer bytes() throws IOException {
        int length = skipBytes();
        return message.slice(position() - length, length).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Reads a copy of a length-delimited field. */
    public byte[] copyBytes() throws IOException {
        return copy(bytes());
    }

    /** Parses a message that is a field of this one, of at most {@link #MAX_PARSED} bytes. */
    public <T extends MessageLite> T parse(Parser<T> parser) throws IOException {
        int outer = enter();
        requireParsable(in.getBytesUntilLimit());
        T field = parser.parseFrom(in);
        in.checkLastTagWas(0);
        leave(outer);
        return field;
    }

    /**
     * Enters a length-delimited field: {@link #next()} returns the fields of that message until its end. Returns the
     * argument of {@link #leave}.
     */
    public int enter() throws IOException {
        return in.pushLimit(in.readRawVarint32());
    }

    /** Returns to the message around the one that was entered and read to its end. */
    public void leave(int outer) {
        in.popLimit(outer);
    }

    /** Reads a buffer; skipping is a change of its position. */
    private static final class BufferStream extends InputStream {
        private final ByteBuffer buffer;

        BufferStream(ByteBuffer buffer) {
            this.buffer = buffer;
        }

        @Override
        public int read() {
            return buffer.hasRemaining() ? buffer.get() & 0xff : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            int count = Math.min(length, buffer.remaining());
            buffer.get(target, offset, count);
            return count == 0 && length > 0 ? -1 : count;
        }

        @Override
        public long skip(long count) {
            int skipped = (int) Math.max(0, Math.min(count, buffer.remaining()));
            buffer.position(buffer.position() + skipped);
            return skipped;
        }
    }
}
