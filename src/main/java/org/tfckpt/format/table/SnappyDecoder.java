package org.tfckpt.format.table;

import java.nio.ByteBuffer;
import org.tfckpt.io.MalformedBytesException;
import org.tfckpt.io.Varint;

/**
 * Decodes the raw Snappy format (without framing), described in
 * <a href="https://github.com/google/snappy/blob/main/format_description.txt">format_description.txt</a>.
 *
 * <pre>
 * varint32 length of the output, then elements; the low two bits of the first byte are the type:
 * 00 literal   length - 1 in the upper six bits; 60–63: in the next 1–4 bytes
 * 01 copy      length - 4 in bits 2–4, offset in bits 5–7 (high) and the next byte
 * 10 copy      length - 1 in the upper six bits, offset in the next 2 bytes
 * 11 copy      length - 1 in the upper six bits, offset in the next 4 bytes
 * </pre>
 */
public final class SnappyDecoder {
    /** The maximum ratio of output to input: a copy element of three bytes produces at most 64. */
    private static final int MAX_EXPANSION = 22;

    private final byte[] in;
    private final byte[] out;
    private int read;
    private int written;

    private SnappyDecoder(byte[] in, int start, byte[] out) {
        this.in = in;
        this.read = start;
        this.out = out;
    }

    /** Uncompresses a block. Throws if it is not valid Snappy, or states a length that it cannot produce. */
    public static byte[] decode(byte[] compressed) throws MalformedBytesException {
        ByteBuffer header = ByteBuffer.wrap(compressed);
        long length = Varint.read64(header);
        long possible = Math.min((long) header.remaining() * MAX_EXPANSION, Integer.MAX_VALUE - 8);
        if (length < 0 || length > possible) {
            throw new MalformedBytesException("Snappy block of " + compressed.length
                    + " bytes states an uncompressed length of " + Long.toUnsignedString(length));
        }
        SnappyDecoder decoder = new SnappyDecoder(compressed, header.position(), new byte[(int) length]);
        decoder.run();
        return decoder.out;
    }

    private void run() throws MalformedBytesException {
        while (read < in.length) {
            int tag = in[read++] & 0xff;
            switch (tag & 3) {
                case 0 -> literal(tag >>> 2);
                case 1 -> copy(4 + ((tag >>> 2) & 7), ((tag & 0xe0) << 3) | number(1));
                case 2 -> copy(1 + (tag >>> 2), number(2));
                default -> copy(1 + (tag >>> 2), number(4));
            }
        }
        if (written != out.length) {
            throw new MalformedBytesException("Snappy block ends after " + written + " of " + out.length + " bytes");
        }
    }

    private int number(int bytes) throws MalformedBytesException {
        if (bytes > in.length - read) {
            throw new MalformedBytesException("Snappy element exceeds the end of its block");
        }
        int number = 0;
        for (int i = 0; i < bytes; i++) {
            number |= (in[read++] & 0xff) << (8 * i);
        }
        return number;
    }

    private void literal(int code) throws MalformedBytesException {
        long length = 1 + (code < 60 ? code : Integer.toUnsignedLong(number(code - 59)));
        if (length > in.length - read || length > out.length - written) {
            throw new MalformedBytesException("Snappy literal of " + length + " bytes does not fit");
        }
        System.arraycopy(in, read, out, written, (int) length);
        read += (int) length;
        written += (int) length;
    }

    private void copy(int length, int offset) throws MalformedBytesException {
        // An offset of 2^31 or more is negative here, and as invalid as zero.
        if (offset <= 0 || offset > written || length > out.length - written) {
            throw new MalformedBytesException("Snappy copy of " + length + " bytes at offset -"
                    + Integer.toUnsignedString(offset) + " does not fit");
        }
        int from = written - offset;
        if (offset >= length) {
            System.arraycopy(out, from, out, written, length);
        } else {
            // Overlapping: the copy reads bytes that it has just written.
            for (int i = 0; i < length; i++) {
                out[written + i] = out[from + i];
            }
        }
        written += length;
    }
}
