package org.tfckpt.io;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.function.Predicate;
import org.tfckpt.tensor.DataLossException;

/**
 * Turns protobuf's text format into its wire format, so that one reader serves for both.
 *
 * <p>Not protobuf's own parser: that one wants the whole text in memory and all that it does not know, too, and reports
 * the latter to a logger. Here the text is streamed, and of what is not wanted nothing is kept. Nested messages cost no
 * stack.
 */
public final class TextFormatReader {
    private final TextScanner in;
    private final Predicate<FieldDescriptor> wanted;
    private final WireWriter out = new WireWriter();
    private final Deque<Message> open = new ArrayDeque<>();

    /** A message that has begun: whose value it is, where its bytes begin, what ends it, and whether it is in a list. */
    private record Message(FieldDescriptor field, int start, char closing, boolean listed) {}

    private TextFormatReader(TextScanner in, Predicate<FieldDescriptor> wanted) {
        this.in = in;
        this.wanted = wanted;
    }

    /**
     * Reads a message.
     *
     * @param source the text
     * @param type the message's type; fields that it does not have are passed over
     * @param wanted which of its fields, and of the messages in it, to keep
     * @return the message in wire format
     * @throws DataLossException if this is not text format, or a value is not of its field's type
     * @throws IOException if the text cannot be read
     */
    public static byte[] toWire(ByteSource source, Descriptor type, Predicate<FieldDescriptor> wanted)
            throws IOException {
        TextFormatReader reader = new TextFormatReader(new TextScanner(source), wanted);
        reader.read(type);
        return reader.out.toByteArray();
    }

    /**
     * The name of the first field.
     *
     * @param source the text
     * @return the name, empty if the text is
     * @throws DataLossException if the text does not begin with a name
     * @throws IOException if the text cannot be read
     */
    public static String firstField(ByteSource source) throws IOException {
        TextScanner scanner = new TextScanner(source);
        return scanner.peek() < 0 ? "" : scanner.word();
    }

    private void read(Descriptor root) throws IOException {
        while (true) {
            Message message = open.peek();
            int c = in.peek();
            if (c < 0) {
                if (message != null) {
                    throw in.failure("the file ends within a message");
                }
                return;
            }
            if (message != null && c == message.closing) {
                close(message);
            } else {
                field(message == null ? root : message.field.getMessageType());
            }
        }
    }

    private void field(Descriptor type) throws IOException {
        FieldDescriptor field = null;
        if (in.accept('[')) {
            // An extension, or the type of the message in an Any.
            while (!in.accept(']')) {
                if (!in.accept('/')) {
                    in.word();
                }
            }
        } else {
            field = type.findFieldByName(in.word());
        }
        if (field == null || !wanted.test(field)) {
            in.skipValue();
            separator();
        } else if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE) {
            in.accept(':');
            boolean listed = in.accept('[');
            if (listed && in.accept(']')) {
                separator();
            } else {
                open(field, listed);
            }
        } else {
            in.expect(':');
            scalars(field);
            separator();
        }
    }

    private void separator() throws IOException {
        if (!in.accept(',')) {
            in.accept(';');
        }
    }

    private void open(FieldDescriptor field, boolean listed) throws IOException {
        char closing = in.accept('<') ? '>' : '}';
        if (closing == '}') {
            in.expect('{');
        }
        out.tag(field.getNumber(), WireFormat.WIRETYPE_LENGTH_DELIMITED);
        open.push(new Message(field, out.begin(), closing, listed));
    }

    private void close(Message message) throws IOException {
        in.expect(message.closing);
        out.end(message.start);
        open.pop();
        if (message.listed && in.accept(',')) {
            open(message.field, true);
            return;
        }
        if (message.listed) {
            in.expect(']');
        }
        separator();
    }

    private void scalars(FieldDescriptor field) throws IOException {
        if (!in.accept('[')) {
            scalar(field);
            return;
        }
        if (in.accept(']')) {
            return;
        }
        do {
            scalar(field);
        } while (in.accept(','));
        in.expect(']');
    }

    private void scalar(FieldDescriptor field) throws IOException {
        int number = field.getNumber();
        switch (field.getType()) {
            case STRING, BYTES -> {
                if (!in.atString()) {
                    throw in.failure("a string should be here");
                }
                out.bytes(number, in.string());
            }
            case FLOAT -> out.fixed32(number, Float.floatToRawIntBits((float) real()));
            case DOUBLE -> out.fixed64(number, Double.doubleToRawLongBits(real()));
            case BOOL -> out.varint(number, bool() ? 1 : 0);
            case ENUM -> out.varint(number, enumNumber(field));
            case INT32, INT64, UINT32, UINT64 -> out.varint(number, integer());
            default -> throw in.failure("a field of a type that no message here has");
        }
    }

    private boolean bool() throws IOException {
        String word = in.word();
        return switch (word) {
            case "true", "True", "t", "1" -> true;
            case "false", "False", "f", "0" -> false;
            default -> throw in.failure("true or false should be here, not " + word);
        };
    }

    private long enumNumber(FieldDescriptor field) throws IOException {
        String word = in.word();
        EnumValueDescriptor value = field.getEnumType().findValueByName(word);
        return value == null ? integer(word) : value.getNumber();
    }

    private long integer() throws IOException {
        return integer(in.word());
    }

    private long integer(String word) throws IOException {
        boolean negative = word.startsWith("-");
        // Between a minus and its number blanks are allowed.
        String digits = word.equals("-") ? in.word() : word.substring(negative ? 1 : 0);
        try {
            long value;
            if (digits.startsWith("0x") || digits.startsWith("0X")) {
                value = Long.parseUnsignedLong(digits.substring(2), 16);
            } else if (digits.length() > 1 && digits.startsWith("0")) {
                value = Long.parseUnsignedLong(digits, 8);
            } else {
                value = Long.parseUnsignedLong(digits);
            }
            return negative ? -value : value;
        } catch (NumberFormatException e) {
            throw in.failure("a number should be here, not " + word);
        }
    }

    private double real() throws IOException {
        String word = in.word();
        boolean negative = word.startsWith("-");
        String digits = word.equals("-") ? in.word() : word.substring(negative ? 1 : 0);
        double value;
        switch (digits.toLowerCase(Locale.ROOT)) {
            case "inf", "infinity", "inff", "infinityf" -> value = Double.POSITIVE_INFINITY;
            case "nan", "nanf" -> value = Double.NaN;
            default -> {
                try {
                    value = Double.parseDouble(digits);
                } catch (NumberFormatException e) {
                    throw in.failure("a number should be here, not " + word);
                }
            }
        }
        return negative ? -value : value;
    }
}
