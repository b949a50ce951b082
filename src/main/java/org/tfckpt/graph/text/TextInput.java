package org.tfckpt.graph.text;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.SequenceInputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.TensorNames;

/** Decodes text: UTF-8 with bytes that are not valid kept as {@link TensorNames} does, or UTF-16 of either order. */
final class TextInput {
    /** The number of bytes by which the encoding is recognised. */
    static final int HEAD = 1 << 16;

    private static final char BYTE_ORDER_MARK = '\ufeff';

    private TextInput() {}

    /** Returns the characters of a text; null if the bytes are not text. */
    static @Nullable Reader of(InputStream in) throws IOException {
        // Pipes cannot do more than read, as this method does.
        byte[] head = new byte[HEAD];
        head = Arrays.copyOf(head, in.readNBytes(head, 0, HEAD));
        Charset charset = charsetOf(head);
        if (charset == null) {
            return null;
        }
        InputStream all = new SequenceInputStream(new ByteArrayInputStream(head), in);
        return charset.equals(StandardCharsets.UTF_8) ? new Utf8Reader(all) : new InputStreamReader(all, charset);
    }

    /** Returns the encoding of a text by its first bytes; null if they are not text. */
    static @Nullable Charset charsetOf(byte[] head) {
        if (startsWith(head, 0xff, 0xfe)) {
            return StandardCharsets.UTF_16LE;
        }
        if (startsWith(head, 0xfe, 0xff)) {
            return StandardCharsets.UTF_16BE;
        }
        int[] zeros = new int[2];
        int control = 0;
        for (int i = 0; i < head.length; i++) {
            if (head[i] == 0) {
                zeros[i % 2]++;
            } else if (head[i] > 0 && head[i] < ' ' && !isUsual((char) head[i])) {
                control++;
            }
        }
        if (control > head.length / 100) {
            return null;
        }
        // A name may have a NUL.
        if (control + zeros[0] + zeros[1] <= head.length / 100) {
            return StandardCharsets.UTF_8;
        }
        // Nearly every character of a log is ASCII, so one of its two bytes is zero.
        int most = head.length * 2 / 5;
        int few = head.length / 50;
        return zeros[1] >= most && zeros[0] <= few
                ? StandardCharsets.UTF_16LE
                : zeros[0] >= most && zeros[1] <= few ? StandardCharsets.UTF_16BE : null;
    }

    private static boolean isUsual(char c) {
        return (c >= '\b' && c <= '\r') || c == 0x1b;
    }

    private static boolean startsWith(byte[] head, int first, int second) {
        return head.length >= 2 && (head[0] & 0xff) == first && (head[1] & 0xff) == second;
    }

    /** Decodes UTF-8 in pieces that end between characters. */
    private static final class Utf8Reader extends Reader {
        private final InputStream in;
        private final byte[] bytes = new byte[1 << 15];
        private int length;
        private String decoded = "";
        private int at;

        Utf8Reader(InputStream in) {
            this.in = in;
        }

        @Override
        public int read(char[] target, int offset, int count) throws IOException {
            if (at == decoded.length() && !fill()) {
                return -1;
            }
            int copied = Math.min(count, decoded.length() - at);
            decoded.getChars(at, at + copied, target, offset);
            at += copied;
            return copied;
        }

        private boolean fill() throws IOException {
            length += in.readNBytes(bytes, length, bytes.length - length);
            if (length == 0) {
                return false;
            }
            int cut = length < bytes.length ? length : lastBoundary();
            decoded = TensorNames.decode(bytes, 0, cut);
            at = 0;
            System.arraycopy(bytes, cut, bytes, 0, length - cut);
            length -= cut;
            return true;
        }

        /** Returns the last position that is not inside a character, which has up to four bytes. */
        private int lastBoundary() {
            for (int cut = length - 1; cut > length - 4; cut--) {
                if ((bytes[cut] & 0xc0) != 0x80) {
                    return cut;
                }
            }
            return length;
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }

    /** Removes what a terminal would interpret: escape sequences, and other control characters except NUL, which become blanks. */
    static final class Cleaner {
        private static final int MAX_SEQUENCE = 256;

        private enum State {
            TEXT,
            ESCAPE,
            CONTROL,
            COMMAND
        }

        private State state = State.TEXT;
        private int sequence;
        private boolean afterReturn;

        /** Cleans characters in place, and returns how many are left. A carriage return begins a new line. */
        int clean(char[] chars, int offset, int end) {
            int kept = offset;
            for (int i = offset; i < end; i++) {
                char c = chars[i];
                boolean second = c == '\n' && afterReturn;
                afterReturn = c == '\r';
                if (state != State.TEXT && c != '\n' && c != '\r' && ++sequence < MAX_SEQUENCE) {
                    state = next(c);
                } else {
                    state = State.TEXT;
                    sequence = 0;
                    if (c == '\r' || (c == '\n' && !second)) {
                        chars[kept++] = '\n';
                    } else if (c == 0x1b) {
                        state = State.ESCAPE;
                    } else if (c != BYTE_ORDER_MARK && !second) {
                        chars[kept++] = (c > 0 && c < ' ' && c != '\t') || (c >= 0x7f && c <= 0x9f) ? ' ' : c;
                    }
                }
            }
            return kept;
        }

        /** Returns the state after a character of an escape sequence. */
        private State next(char c) {
            return switch (state) {
                case ESCAPE -> c == '[' ? State.CONTROL : c == ']' ? State.COMMAND : State.TEXT;
                case CONTROL -> c >= '@' && c <= '~' ? State.TEXT : State.CONTROL;
                case COMMAND -> c == 0x07 ? State.TEXT : c == 0x1b ? State.ESCAPE : State.COMMAND;
                case TEXT -> State.TEXT;
            };
        }
    }
}
