package org.tfckpt.format.safetensors;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.tfckpt.io.ByteSource;
import org.tfckpt.io.RangeStream;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorNames;

/** Reads one JSON object strictly, as a stream. Everything unexpected is a {@link DataLossException}. */
final class JsonReader implements Closeable {
    /** The limit of texts that are decoded as a whole, which takes less time than part by part. */
    private static final int MAX_AT_ONCE = 1 << 22;

    private static final String NOT_UTF8 = "the text is not UTF-8";
    private static final String NOT_VALID = "the header is not valid: ";

    private final JsonParser json;
    private final String file;
    private @Nullable String tensor;

    private JsonReader(JsonParser json, String file) {
        this.json = json;
        this.file = file;
    }

    /**
     * Starts to read.
     *
     * @param source the file that contains the text, in UTF-8
     * @param offset the offset of the text
     * @param length its length in bytes
     * @param depth the deepest nesting that is accepted
     */
    static JsonReader open(ByteSource source, long offset, long length, int depth) throws IOException {
        StreamReadConstraints constraints = StreamReadConstraints.builder()
                .maxNestingDepth(depth)
                .maxNameLength(Integer.MAX_VALUE)
                .maxStringLength(Integer.MAX_VALUE)
                .build();
        // A table of names costs time, and names that collide in it cost more.
        JsonFactory factory = JsonFactory.builder()
                .streamReadConstraints(constraints)
                .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                .build();
        // Jackson's own decoder of UTF-8 accepts some malformed text, and recognises UTF-16.
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        if (length > MAX_AT_ONCE) {
            InputStream in = new RangeStream(source, offset, length);
            return new JsonReader(factory.createParser(new InputStreamReader(in, decoder)), source.name());
        }
        try {
            // Java decodes arrays several times as fast as direct buffers.
            byte[] bytes = new byte[(int) length];
            source.readInto(offset, ByteBuffer.wrap(bytes));
            CharBuffer text = decoder.decode(ByteBuffer.wrap(bytes));
            return new JsonReader(
                    factory.createParser(text.array(), text.arrayOffset(), text.remaining()), source.name());
        } catch (CharacterCodingException e) {
            throw new DataLossException(
                    ProblemKind.HEADER, NOT_VALID + NOT_UTF8, ErrorContext.at(source.name(), -1), e);
        }
    }

    /** Sets the tensor that messages name. */
    void tensor(@Nullable String name) {
        tensor = name;
    }

    private interface Step<T> {
        T run() throws IOException;
    }

    private <T> T parse(Step<T> step) throws IOException {
        try {
            return step.run();
        } catch (StreamConstraintsException e) {
            throw malformed("a value is nested too deeply, or a number has too many digits", e);
        } catch (JsonProcessingException e) {
            throw malformed(
                    String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("invalid JSON"), e);
        } catch (CharacterCodingException e) {
            throw malformed(NOT_UTF8, e);
        }
    }

    DataLossException malformed(String problem, @Nullable Throwable cause) {
        ErrorContext place = ErrorContext.at(file, -1).ofTensor(tensor);
        return new DataLossException(ProblemKind.HEADER, NOT_VALID + problem, place, cause);
    }

    private void expect(JsonToken wanted, String what) throws IOException {
        if (parse(json::nextToken) != wanted) {
            throw malformed("expected " + what, null);
        }
    }

    /** Enters an object. */
    void beginObject(String what) throws IOException {
        expect(JsonToken.START_OBJECT, what);
    }

    /** Enters an object; returns false if there is null instead. */
    boolean beginObjectOrNull(String what) throws IOException {
        JsonToken token = parse(json::nextToken);
        if (token != JsonToken.START_OBJECT && token != JsonToken.VALUE_NULL) {
            throw malformed("expected " + what, null);
        }
        return token == JsonToken.START_OBJECT;
    }

    /** Returns the next key of the object, or null at its end. */
    @Nullable
    String nextKey() throws IOException {
        String key = parse(json::nextFieldName);
        return key == null ? null : requireUnicode(key);
    }

    private String requireUnicode(String text) throws DataLossException {
        if (!TensorNames.isUtf8(text)) {
            throw malformed("a string has half of a surrogate pair", null);
        }
        return text;
    }

    /** Returns the value, a string. */
    String string(String what) throws IOException {
        expect(JsonToken.VALUE_STRING, what);
        return requireUnicode(parse(json::getText));
    }

    /** Reads an array of non-negative integers, and returns their count; those that do not fit are checked, too. */
    int numbers(long[] target, String what) throws IOException {
        expect(JsonToken.START_ARRAY, what);
        int count = 0;
        while (true) {
            JsonToken token = parse(json::nextToken);
            if (token == JsonToken.END_ARRAY) {
                return count;
            }
            // A minus is refused even before 0, as by the reference implementation.
            if (token != JsonToken.VALUE_NUMBER_INT || json.getTextCharacters()[json.getTextOffset()] == '-') {
                throw malformed("expected " + what, null);
            }
            long number = parse(json::getLongValue);
            if (count < target.length) {
                target[count] = number;
            }
            count++;
        }
    }

    /** Skips the value. */
    void skip() throws IOException {
        parse(json::nextToken);
        parse(json::skipChildren);
    }

    /** Requires that nothing but white space follows the object. */
    void end() throws IOException {
        if (parse(json::nextToken) != null) {
            throw malformed("more follows the object", null);
        }
    }

    @Override
    public void close() throws IOException {
        json.close();
    }
}
