package org.tfckpt.format;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.tfckpt.proto.TensorProto;
import org.tfckpt.tensor.StringVector;

/** The strings of a TensorProto, read in place. */
public final class StringValues implements StringData {
    private static final int STRING = MessageFields.lengthDelimited(TensorProto.STRING_VAL_FIELD_NUMBER);
    /** The largest tensor whose last string may be repeated; a few bytes could claim any number of elements. */
    private static final int MAX_REPEATED = 1 << 20;

    private final ByteBuffer message;
    private final int[] starts;
    private final int[] lengths;

    private StringValues(ByteBuffer message, int[] starts, int[] lengths) {
        this.message = message;
        this.starts = starts;
        this.lengths = lengths;
    }

    /**
     * Finds the strings, which stay in the message, of a TensorProto that contains every element. Throws if there are
     * more or fewer.
     */
    public static StringData all(long elements, ByteBuffer message) throws IOException {
        long found = count(message);
        if (found != elements) {
            throw new InvalidProtocolBufferException(found + " strings where " + elements + " are needed");
        }
        return read((int) elements, message);
    }

    /**
     * Finds the strings, which stay in the message, of a TensorProto whose last string is repeated for the missing
     * elements. Throws if there are more.
     */
    public static StringData repeating(long elements, ByteBuffer message) throws IOException {
        long found = count(message);
        if (found > elements || elements > Math.max(found, MAX_REPEATED)) {
            throw new InvalidProtocolBufferException(found + " strings where " + elements + " are needed");
        }
        return read((int) elements, message);
    }

    private static long count(ByteBuffer message) throws IOException {
        long count = 0;
        MessageFields in = new MessageFields(message);
        for (int tag = in.next(); tag != 0; tag = in.next()) {
            count += tag == STRING ? 1 : 0;
            in.skip();
        }
        return count;
    }

    private static StringData read(int elements, ByteBuffer message) throws IOException {
        int[] starts = new int[elements];
        int[] lengths = new int[elements];
        int next = 0;
        MessageFields in = new MessageFields(message);
        for (int tag = in.next(); tag != 0; tag = in.next()) {
            if (tag == STRING) {
                lengths[next] = in.skipBytes();
                starts[next] = in.position() - lengths[next];
                next++;
            } else {
                in.skip();
            }
        }
        for (int i = Math.max(next, 1); i < elements; i++) {
            starts[i] = starts[i - 1];
            lengths[i] = lengths[i - 1];
        }
        return new StringValues(message.slice(), starts, lengths);
    }

    @Override
    public int count() {
        return starts.length;
    }

    @Override
    public long maxLength(int index) {
        return lengths[index];
    }

    @Override
    public StringVector read(int first, int count) {
        long bytes = 0;
        for (int i = first; i < first + count; i++) {
            bytes += lengths[i];
        }
        StringVectorBuilder copy = new StringVectorBuilder(Math.toIntExact(bytes));
        for (int i = first; i < first + count; i++) {
            copy.add(message, starts[i], lengths[i]);
        }
        return copy.build();
    }

    @Override
    public void check() {
        // The caller has checked the message.
    }
}
