package org.tfckpt.graph;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Parser;
import com.google.protobuf.WireFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.tfckpt.io.ByteSource;
import org.tfckpt.io.RangeStream;
import org.tfckpt.proto.NodeDef;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;

/**
 * Walks the messages of a graph with protobuf's {@link CodedInputStream}, since a graph may be too large for the
 * memory. Skipped fields are not read from the file; small messages are parsed by their generated classes.
 *
 * <p>A {@link FieldHandler} must read or skip the field for which it is called by calling exactly one method. Methods
 * throw {@link DataLossException} if the file is damaged. Not thread-safe.
 */
final class GraphInput {
    /** The largest message that protobuf reads or writes. */
    static final int MAX_SIZE = Integer.MAX_VALUE;

    private static final int BUFFER = 1 << 16;

    /** The size up to which reading all of a file is faster than reading parts of it through buffers. */
    private static final int READ_AT_ONCE = 1 << 22;

    private final String file;
    private final long size;
    private final @Nullable ByteSource source;
    private final byte[] bytes;
    private final boolean isText;

    private CodedInputStream in;
    /** The offset in the file at which {@link #in} begins. */
    private long base;

    private int tag;
    private long fieldStart;

    /** The offsets at which a message begins and ends. */
    record Range(long start, long end) {
        long length() {
            return end - start;
        }
    }

    /** The entry of a map: its key, and where its value is. */
    record Entry(String key, @Nullable Range value) {}

    /** Reads or skips a field. */
    @FunctionalInterface
    interface FieldHandler {
        void field(int number) throws IOException;
    }

    private GraphInput(String file, long size, @Nullable ByteSource source, byte[] bytes, boolean isText) {
        this.file = file;
        this.size = size;
        this.source = source;
        this.bytes = bytes;
        this.isText = isText;
        this.in = CodedInputStream.newInstance(bytes);
    }

    /** Reads a binary file, which the caller closes: a small one at once, a larger one without the skipped fields. */
    static GraphInput of(ByteSource source) throws IOException {
        long size = source.size();
        if (size > READ_AT_ONCE) {
            return new GraphInput(source.name(), size, source, new byte[0], false);
        }
        byte[] bytes = new byte[(int) size];
        source.readInto(0, ByteBuffer.wrap(bytes));
        return new GraphInput(source.name(), size, null, bytes, false);
    }

    /** Reads a message that was parsed from a text file; errors have no offsets. */
    static GraphInput ofText(String file, byte[] message) {
        return new GraphInput(file, message.length, null, message, true);
    }

    /** Returns the range of the whole file. */
    Range all() {
        return new Range(0, size);
    }

    /** Walks the fields of a message anywhere in the file; bytes after {@link #MAX_SIZE} are ignored. */
    void walk(Range range, FieldHandler handler) throws IOException {
        CodedInputStream outer = in;
        long outerBase = base;
        int length = (int) Math.min(range.length(), MAX_SIZE);
        in = source == null
                ? CodedInputStream.newInstance(bytes, (int) range.start, length)
                : CodedInputStream.newInstance(
                        new RangeStream(source, range.start, range.length()), Math.max(1, Math.min(BUFFER, length)));
        base = range.start;
        try {
            in.pushLimit(length);
            fields(handler);
        } catch (InvalidProtocolBufferException e) {
            IOException unwrapped = e.unwrapIOException();
            throw unwrapped == e ? invalid(e) : unwrapped;
        } finally {
            in = outer;
            base = outerBase;
        }
    }

    /** Walks the message that is the current field, and returns its range. */
    Range walk(FieldHandler handler) throws IOException {
        int length = length();
        long start = position();
        int outer = in.pushLimit(length);
        fields(handler);
        in.popLimit(outer);
        return new Range(start, start + length);
    }

    private void fields(FieldHandler handler) throws IOException {
        fieldStart = position();
        for (tag = in.readTag(); tag != 0; tag = in.readTag()) {
            handler.field(WireFormat.getTagFieldNumber(tag));
            fieldStart = position();
        }
        if (in.getBytesUntilLimit() != 0) {
            throw truncated();
        }
    }

    /** Returns whether the current field is a message, a string or bytes. */
    boolean isMessage() {
        return WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_LENGTH_DELIMITED;
    }

    void skip() throws IOException {
        if (isMessage()) {
            skipMessage();
        } else if (!in.skipField(tag)) {
            throw failure("The group that ends here has no beginning");
        }
    }

    /** Skips the message that is the current field, and returns its range. */
    Range skipMessage() throws IOException {
        int length = length();
        long start = position();
        in.skipRawBytes(length);
        return new Range(start, start + length);
    }

    /** Like {@link #skipMessage}, but a message that is cut off ends where the message around it ends. */
    Range skipCutMessage() throws IOException {
        int length = in.readRawVarint32();
        int left = in.getBytesUntilLimit();
        Range range = new Range(position(), position() + (length < 0 ? left : Math.min(length, left)));
        in.skipRawBytes((int) range.length());
        return range;
    }

    /** Skips the current field after its tag, and all others of the message being walked. */
    void skipRest() throws IOException {
        in.skipRawBytes(in.getBytesUntilLimit());
    }

    /** Parses the message that is the current field; unknown fields are skipped. */
    <T extends Message> T message(Parser<T> parser) throws IOException {
        return parse(parser, length());
    }

    /** Parses the message that is the current field, or skips it and returns null if it is larger than a limit. */
    <T extends Message> @Nullable T message(Parser<T> parser, int limit) throws IOException {
        int length = length();
        if (length > limit) {
            in.skipRawBytes(length);
            return null;
        }
        return parse(parser, length);
    }

    private <T extends Message> T parse(Parser<T> parser, int length) throws IOException {
        int outer = in.pushLimit(length);
        T message = DiscardUnknownFieldsParser.wrap(parser).parseFrom(in);
        in.checkLastTagWas(0);
        if (in.getBytesUntilLimit() != 0) {
            throw truncated();
        }
        in.popLimit(outer);
        return message;
    }

    /** Walks the entry of a map that is the current field. */
    Entry entry() throws IOException {
        String[] key = {""};
        @Nullable Range[] value = {null};
        walk(field -> {
            switch (field) {
                // The same in the entries of all maps.
                case NodeDef.AttrEntry.KEY_FIELD_NUMBER -> key[0] = string();
                case NodeDef.AttrEntry.VALUE_FIELD_NUMBER -> value[0] = skipMessage();
                default -> skip();
            }
        });
        return new Entry(key[0], value[0]);
    }

    String string() throws IOException {
        require(isMessage());
        return in.readStringRequireUtf8();
    }

    ByteString bytes() throws IOException {
        require(isMessage());
        return in.readBytes();
    }

    int int32() throws IOException {
        require(WireFormat.getTagWireType(tag) == WireFormat.WIRETYPE_VARINT);
        return in.readInt32();
    }

    private int length() throws IOException {
        require(isMessage());
        int length = in.readRawVarint32();
        if (length < 0 || length > in.getBytesUntilLimit()) {
            throw truncated();
        }
        return length;
    }

    private void require(boolean rightType) throws DataLossException {
        if (!rightType) {
            throw failure("Field " + WireFormat.getTagFieldNumber(tag) + " has the wrong wire type "
                    + WireFormat.getTagWireType(tag));
        }
    }

    private long position() {
        return base + in.getTotalBytesRead();
    }

    /** Creates the exception for a problem of the current field. */
    DataLossException failure(String problem) {
        return failure(problem, fieldStart);
    }

    /** Creates the exception for a problem at an offset; -1 if unknown. */
    DataLossException failure(String problem, long offset) {
        return new DataLossException(ProblemKind.ENTRY, problem, place(offset));
    }

    private DataLossException invalid(InvalidProtocolBufferException e) {
        return new DataLossException(
                ProblemKind.ENTRY,
                "a message cannot be parsed (protobuf: \"" + e.getMessage() + "\")",
                place(position()),
                e);
    }

    private DataLossException truncated() {
        return new DataLossException(
                ProblemKind.TRUNCATED,
                "a field passes the end of the message around it, or of the file",
                place(fieldStart));
    }

    private ErrorContext place(long offset) {
        return ErrorContext.at(file, isText ? -1 : offset);
    }
}
