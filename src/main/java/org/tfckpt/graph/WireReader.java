package org.tfckpt.graph;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.tfckpt.io.ByteSource;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorNames;

/**
 * Goes through protobuf's wire format field by field, and back, without building messages: what is passed over is not
 * even read.
 *
 * <p>Every length is held against the message around it, the outermost against the file. Nothing nests on the stack. For
 * one thread.
 */
final class WireReader {
    static final int VARINT = 0;
    static final int FIXED64 = 1;
    static final int LENGTH = 2;
    static final int FIXED32 = 5;

    private static final int WINDOW = 1 << 16;
    private static final int LONGEST_TEXT = Integer.MAX_VALUE - 64;

    private final String file;
    private final boolean placed;
    private final Bytes bytes;
    private final long size;

    private final byte[] window = new byte[WINDOW];
    private long windowStart;
    private int windowLength;

    private long position;
    private long end;
    private long fieldStart;
    private int field;
    private int wireType;

    /** Gives bytes of an offset. */
    @FunctionalInterface
    private interface Bytes {
        void readInto(long offset, ByteBuffer target) throws IOException;
    }

    /** A part of the file: the contents of a message. */
    record Range(long start, long end) {
        long length() {
            return end - start;
        }
    }

    private WireReader(String file, boolean placed, Bytes bytes, long size) {
        this.file = file;
        this.placed = placed;
        this.bytes = bytes;
        this.size = size;
        this.end = size;
    }

    /** Reads a binary file; the caller closes it. */
    static WireReader of(ByteSource source) throws IOException {
        return new WireReader(source.name(), true, source::readInto, source.size());
    }

    /** Reads what was made of a text file; offsets in it mean nothing to anybody. */
    static WireReader of(String file, byte[] wire) {
        return new WireReader(file, false, (at, target) -> target.put(wire, (int) at, target.remaining()), wire.length);
    }

    String file() {
        return file;
    }

    long size() {
        return size;
    }

    /** The whole file. */
    Range all() {
        return new Range(0, size);
    }

    /** Goes to the beginning of a message. */
    void seek(Range range) {
        position = range.start;
        end = range.end;
    }

    /** Goes to the next field of the message; false at its end. What was not read of the last one must have been skipped. */
    boolean next() throws IOException {
        fieldStart = position;
        if (position == end) {
            return false;
        }
        long tag = rawVarint();
        field = (int) (tag >>> 3);
        wireType = (int) tag & 7;
        if (tag >>> 32 != 0 || field == 0 || wireType == 3 || wireType == 4 || wireType > FIXED32) {
            throw failure("There is no field of the tag " + tag);
        }
        return true;
    }

    /** The number of the field. */
    int field() {
        return field;
    }

    int wireType() {
        return wireType;
    }

    /** The value of a number. */
    long varint() throws IOException {
        require(VARINT);
        return rawVarint();
    }

    /** The contents of a message, which are skipped. */
    Range message() throws IOException {
        require(LENGTH);
        long length = rawVarint();
        if (length < 0 || length > end - position) {
            throw new DataLossException(
                    ProblemKind.TRUNCATED,
                    "A message passes the end of the one around it, or of the file",
                    place(fieldStart)
                            .mismatch(Long.toUnsignedString(length) + " bytes", (end - position) + " that are left"));
        }
        Range range = new Range(position, position + length);
        position = range.end;
        return range;
    }

    /** The contents of a message, as far as they are within the one around it: of a message cut off what is left of it. */
    Range clampedMessage() throws IOException {
        require(LENGTH);
        long length = rawVarint();
        long left = end - position;
        Range range = new Range(position, position + (length < 0 ? left : Math.min(length, left)));
        position = range.end;
        return range;
    }

    /** Enters a message; what this returns leaves it. */
    long enter() throws IOException {
        return enter(message());
    }

    /** Enters a message that was just passed. */
    long enter(Range range) {
        long outer = end;
        seek(range);
        return outer;
    }

    /** Leaves a message for the one around it, whether or not it was read to its end. */
    void leave(long outer) {
        position = end;
        end = outer;
    }

    /** Leaves a message for the one around it, wherever the reader went meanwhile. */
    void leave(Range message, long outer) {
        position = message.end;
        end = outer;
    }

    /** The value of a bytes field. */
    byte[] bytes() throws IOException {
        return bytes(message());
    }

    private byte[] bytes(Range range) throws IOException {
        if (range.length() > LONGEST_TEXT) {
            throw failure("A value of " + range.length() + " bytes");
        }
        byte[] value = new byte[(int) range.length()];
        read(range.start, value);
        return value;
    }

    /** Bytes as a name, whatever they are; nothing else moves. */
    String textOf(Range range) throws IOException {
        return TensorNames.decode(bytes(range));
    }

    /** The value of a string field. */
    String text() throws IOException {
        String text = textOf(message());
        if (!TensorNames.isUtf8(text)) {
            throw failure("A text is not UTF-8");
        }
        return text;
    }

    /** Takes numbers. */
    @FunctionalInterface
    interface Numbers {
        void accept(long number) throws IOException;
    }

    /** One value of a repeated number, or several packed ones. */
    void varints(Numbers numbers) throws IOException {
        if (wireType == VARINT) {
            numbers.accept(rawVarint());
            return;
        }
        long outer = enter();
        while (position < end) {
            numbers.accept(rawVarint());
        }
        leave(outer);
    }

    /** Passes the value of the field. */
    void skip() throws IOException {
        switch (wireType) {
            case VARINT -> rawVarint();
            case FIXED64 -> advance(Long.BYTES);
            case FIXED32 -> advance(Integer.BYTES);
            default -> message();
        }
    }

    private void advance(int count) throws IOException {
        if (count > end - position) {
            throw truncated();
        }
        position += count;
    }

    private void require(int type) throws DataLossException {
        if (wireType != type) {
            throw failure("The field " + field + " is of another wire type: " + wireType);
        }
    }

    private long rawVarint() throws IOException {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            if (position == end) {
                throw truncated();
            }
            byte b = at(position++);
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw failure("A number longer than 64 bits");
    }

    private byte at(long offset) throws IOException {
        long index = offset - windowStart;
        if (index < 0 || index >= windowLength) {
            fill(offset);
            index = 0;
        }
        return window[(int) index];
    }

    private void fill(long offset) throws IOException {
        int length = (int) Math.min(WINDOW, size - offset);
        windowLength = 0;
        bytes.readInto(offset, ByteBuffer.wrap(window, 0, length));
        windowStart = offset;
        windowLength = length;
    }

    private void read(long offset, byte[] target) throws IOException {
        if (target.length > WINDOW) {
            bytes.readInto(offset, ByteBuffer.wrap(target));
            return;
        }
        if (target.length > 0) {
            if (offset < windowStart || offset + target.length > windowStart + windowLength) {
                fill(offset);
            }
            System.arraycopy(window, (int) (offset - windowStart), target, 0, target.length);
        }
    }

    private DataLossException truncated() {
        return new DataLossException(
                ProblemKind.TRUNCATED,
                "A field is cut off by the end of its message or of the file",
                place(fieldStart));
    }

    /** What is wrong with the current field. */
    DataLossException failure(String problem) {
        return failure(problem, fieldStart);
    }

    /** What is wrong at a place. */
    DataLossException failure(String problem, long offset) {
        return new DataLossException(ProblemKind.ENTRY, problem, place(offset));
    }

    private ErrorContext place(long offset) {
        return ErrorContext.at(file, placed ? offset : -1);
    }
}
