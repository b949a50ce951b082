package org.tfckpt.io;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/**
 * Encodes the numbers and strings in the keys of slices, so that the encodings sort in the same order. The format is
 * that of TensorFlow's {@code tensorflow/core/lib/strings/ordered_code.h}:
 *
 * <pre>
 * string    byte 00 → 00 ff, byte ff → ff 00, other bytes unchanged; then 00 01
 * unsigned  a byte n (0–8), then n bytes, big-endian, without leading zeros
 * signed    L bytes, big-endian two's complement, with the first L bits inverted; L is the smallest that fits
 * </pre>
 *
 * <p>If a read fails, the position of the buffer does not change.
 */
public final class OrderedCode {
    private static final int MAX_SIGNED_LENGTH = 10;

    private OrderedCode() {}

    /** Appends a byte string. */
    public static void writeString(ByteArrayOutputStream out, byte[] string) {
        for (byte b : string) {
            out.write(b);
            if (b == 0) {
                out.write(0xff);
            } else if (b == (byte) 0xff) {
                out.write(0);
            }
        }
        out.write(0);
        out.write(1);
    }

    /** Reads a byte string. Throws if the terminator is missing or an escape is invalid. */
    public static byte[] readString(ByteBuffer in) throws MalformedBytesException {
        int start = in.position();
        ByteArrayOutputStream string = new ByteArrayOutputStream();
        while (in.remaining() >= 2 || (in.hasRemaining() && isPlain(in.get(in.position())))) {
            byte b = in.get();
            if (isPlain(b)) {
                string.write(b);
                continue;
            }
            byte escape = in.get();
            if (b == 0 && escape == 1) {
                return string.toByteArray();
            }
            if (escape != (byte) ~b) {
                break;
            }
            string.write(b);
        }
        in.position(start);
        throw new MalformedBytesException("ordered string is not terminated");
    }

    private static boolean isPlain(byte b) {
        return b != 0 && b != (byte) 0xff;
    }

    /** Appends an unsigned number. */
    public static void writeUnsigned(ByteArrayOutputStream out, long number) {
        int length = (Long.SIZE - Long.numberOfLeadingZeros(number) + 7) / 8;
        out.write(length);
        for (int i = length - 1; i >= 0; i--) {
            out.write((int) (number >>> (8 * i)));
        }
    }

    /**
     * Reads an unsigned number. Accepts leading zeros, as TensorFlow does. Throws if the length exceeds 8 or bytes are
     * missing.
     */
    public static long readUnsigned(ByteBuffer in) throws MalformedBytesException {
        int start = in.position();
        int length = in.hasRemaining() ? in.get() & 0xff : Integer.MAX_VALUE;
        if (length > Long.BYTES || length > in.remaining()) {
            in.position(start);
            throw new MalformedBytesException("ordered number exceeds the end or 64 bits");
        }
        long number = 0;
        for (int i = 0; i < length; i++) {
            number = (number << 8) | (in.get() & 0xff);
        }
        return number;
    }

    /** Appends a signed number. */
    public static void writeSigned(ByteArrayOutputStream out, long number) {
        int length = signedLength(number);
        for (int i = length - 1; i >= 0; i--) {
            long bits = i >= Long.BYTES ? number >> 63 : number >> (8 * i);
            out.write((int) bits ^ header(length, length - 1 - i));
        }
    }

    private static int signedLength(long number) {
        // The bits of the number without its sign, plus one for the sign; each byte carries 7 bits.
        int bits = Long.SIZE - Long.numberOfLeadingZeros(number < 0 ? ~number : number);
        return bits / 7 + 1;
    }

    /** Returns byte {@code index} of the header for a length: {@code length} one bits followed by zeros. */
    private static int header(int length, int index) {
        int ones = Math.max(0, Math.min(8, length - 8 * index));
        return (0xff00 >> ones) & 0xff;
    }

    /**
     * Reads a signed number. Accepts encodings that are longer than necessary, as TensorFlow does. Throws if bytes are
     * missing or the number does not fit 64 bits.
     */
    public static long readSigned(ByteBuffer in) throws MalformedBytesException {
        int start = in.position();
        if (!in.hasRemaining()) {
            throw new MalformedBytesException("ordered number exceeds the end");
        }
        int flip = in.get(start) < 0 ? 0 : 0xff;
        int length = leadingOnes(in, start, flip);
        if (length > MAX_SIGNED_LENGTH || length > in.remaining()) {
            throw new MalformedBytesException("ordered number exceeds the end or 64 bits");
        }
        long number = 0;
        for (int i = 0; i < length; i++) {
            int bits = (in.get(start + i) ^ flip ^ header(length, i)) & 0xff;
            boolean tooWide = length == MAX_SIGNED_LENGTH && (i < 2 ? bits != 0 : (i == 2 && bits > 0x7f));
            if (tooWide) {
                throw new MalformedBytesException("ordered number exceeds 64 bits");
            }
            number = (number << 8) | bits;
        }
        in.position(start + length);
        return flip == 0 ? number : ~number;
    }

    private static int leadingOnes(ByteBuffer in, int start, int flip) {
        int ones = 0;
        for (int at = start; at < in.limit(); at++) {
            int run = Integer.numberOfLeadingZeros(~((in.get(at) ^ flip) << 24));
            ones += Math.min(run, 8);
            if (run < 8 || ones > MAX_SIGNED_LENGTH) {
                break;
            }
        }
        return ones;
    }
}
