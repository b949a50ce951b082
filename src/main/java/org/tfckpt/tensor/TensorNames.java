package org.tfckpt.tensor;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;

/**
 * Converts names between strings and the bytes in a file, without loss.
 *
 * <p>The names in a checkpoint are byte strings, UTF-8 by convention. A byte that is not valid UTF-8 becomes a lone
 * surrogate between U+DC80 and U+DCFF (U+DC00 plus the byte), like Python's {@code surrogateescape}. Different names
 * therefore have different strings.
 */
public final class TensorNames {
    /** The order of names in a checkpoint: by unsigned UTF-8 bytes. It differs from {@link String#compareTo}. */
    public static final Comparator<String> ORDER = new Order();

    private static final char ESCAPE = '\uDC00';
    private static final char REPLACEMENT = '\uFFFD';

    private TensorNames() {}

    /** Not a lambda: linking the first lambda in a JVM takes longer than listing a checkpoint. */
    private static final class Order implements Comparator<String> {
        @Override
        public int compare(String a, String b) {
            return TensorNames.compare(a, b);
        }
    }

    /**
     * Decodes a name.
     *
     * @param bytes an array that contains the name
     * @param offset the index of its first byte
     * @param length its length in bytes
     * @return the name
     */
    public static String decode(byte[] bytes, int offset, int length) {
        String text = new String(bytes, offset, length, StandardCharsets.UTF_8);
        return text.indexOf(REPLACEMENT) < 0 ? text : decodeEscaping(ByteBuffer.wrap(bytes, offset, length));
    }

    /**
     * Decodes a name.
     *
     * @param bytes the bytes of the name
     * @return the name
     */
    public static String decode(byte[] bytes) {
        return decode(bytes, 0, bytes.length);
    }

    private static String decodeEscaping(ByteBuffer bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        CharBuffer text = CharBuffer.allocate(bytes.remaining());
        CoderResult result = decoder.decode(bytes, text, true);
        while (result.isError()) {
            for (int i = 0; i < result.length(); i++) {
                text.put((char) (ESCAPE + (bytes.get() & 0xff)));
            }
            result = decoder.decode(bytes, text, true);
        }
        return text.flip().toString();
    }

    /**
     * Encodes a name; the inverse of {@link #decode(byte[])}.
     *
     * @param name a name
     * @return its bytes
     */
    public static byte[] encode(String name) {
        return hasLoneSurrogate(name) ? encodeEscaped(name) : name.getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Returns whether the bytes of a name are valid UTF-8.
     *
     * @param name a name
     * @return false if it contains a lone surrogate
     */
    public static boolean isUtf8(String name) {
        return !hasLoneSurrogate(name);
    }

    private static boolean hasLoneSurrogate(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (Character.isSurrogate(name.charAt(i))) {
                if (Character.charCount(name.codePointAt(i)) == 1) {
                    return true;
                }
                i++;
            }
        }
        return false;
    }

    private static byte[] encodeEscaped(String name) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(name.length() + 8);
        name.codePoints().forEach(codePoint -> {
            if (codePoint > ESCAPE + 0x7f && codePoint <= ESCAPE + 0xff) {
                bytes.write(codePoint - ESCAPE);
            } else if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
                // Not produced by decoding. Encoded as three bytes that are not valid UTF-8, so it matches no other
                // name.
                bytes.write(0xe0 | (codePoint >> 12));
                bytes.write(0x80 | ((codePoint >> 6) & 0x3f));
                bytes.write(0x80 | (codePoint & 0x3f));
            } else {
                bytes.writeBytes(Character.toString(codePoint).getBytes(StandardCharsets.UTF_8));
            }
        });
        return bytes.toByteArray();
    }

    private static int compare(String a, String b) {
        int common = Math.min(a.length(), b.length());
        int at = 0;
        while (at < common && a.charAt(at) == b.charAt(at)) {
            at++;
        }
        if (at == common) {
            return a.length() - b.length();
        }
        // The order is that of the characters, except for surrogates.
        if (a.charAt(at) < Character.MIN_SURROGATE && b.charAt(at) < Character.MIN_SURROGATE) {
            return a.charAt(at) - b.charAt(at);
        }
        return Arrays.compareUnsigned(encode(a), encode(b));
    }

    /**
     * Escapes a name for output to a terminal: control characters and bytes that are not valid UTF-8 become {@code
     * \xNN}.
     *
     * @param name a name, or other text from a file
     * @return the escaped text, on one line
     */
    public static String printable(String name) {
        if (isUtf8(name) && name.chars().noneMatch(Character::isISOControl)) {
            return name;
        }
        StringBuilder text = new StringBuilder(name.length() + 16);
        name.codePoints().forEach(codePoint -> {
            boolean escaped = codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
            if (escaped || Character.isISOControl(codePoint)) {
                text.append(String.format("\\x%02x", codePoint & 0xff));
            } else {
                text.appendCodePoint(codePoint);
            }
        });
        return text.toString();
    }
}
