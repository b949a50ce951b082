package org.tfckpt.io;

import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.Arrays;

/** Writes protobuf's wire format into memory. */
final class WireWriter {
    /** Bytes kept free for the length of a message, which is known only at its end; a varint may be longer than needed. */
    private static final int LENGTH = 5;

    private static final int LARGEST = Integer.MAX_VALUE - 64;

    private byte[] bytes = new byte[1 << 12];
    private int size;

    byte[] toByteArray() {
        return Arrays.copyOf(bytes, size);
    }

    private void ensure(long more) throws IOException {
        if (size + more > LARGEST) {
            throw new MalformedBytesException("a message beyond 2 GiB");
        }
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(LARGEST, Math.max(size + more, 2L * bytes.length)));
        }
    }

    void tag(int field, int wireType) throws IOException {
        raw(((long) field << 3) | wireType);
    }

    private void raw(long value) throws IOException {
        ensure(Varint.MAX_LENGTH_64);
        long rest = value;
        for (; (rest & ~0x7fL) != 0; rest >>>= 7) {
            bytes[size++] = (byte) (rest | 0x80);
        }
        bytes[size++] = (byte) rest;
    }

    void varint(int field, long value) throws IOException {
        tag(field, WireFormat.WIRETYPE_VARINT);
        raw(value);
    }

    void fixed32(int field, int value) throws IOException {
        tag(field, WireFormat.WIRETYPE_FIXED32);
        fixed(value, Integer.BYTES);
    }

    void fixed64(int field, long value) throws IOException {
        tag(field, WireFormat.WIRETYPE_FIXED64);
        fixed(value, Long.BYTES);
    }

    private void fixed(long value, int width) throws IOException {
        ensure(width);
        for (int i = 0; i < width; i++) {
            bytes[size++] = (byte) (value >>> (8 * i));
        }
    }

    void bytes(int field, byte[] value) throws IOException {
        tag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        raw(value.length);
        ensure(value.length);
        System.arraycopy(value, 0, bytes, size, value.length);
        size += value.length;
    }

    /** Begins a message whose tag has been written; what this returns ends it. */
    int begin() throws IOException {
        ensure(LENGTH);
        size += LENGTH;
        return size;
    }

    void end(int start) {
        int length = size - start;
        for (int i = 0; i < LENGTH; i++) {
            int more = i < LENGTH - 1 ? 0x80 : 0;
            bytes[start - LENGTH + i] = (byte) (((length >>> (7 * i)) & 0x7f) | more);
        }
    }
}
