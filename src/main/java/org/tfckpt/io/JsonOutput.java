package org.tfckpt.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorNames;

/**
 * Writes one JSON document as a line of UTF-8. Strings that are not UTF-8 become {@code {"base64": …}}. Requires
 * jackson-core. Not thread-safe.
 */
public final class JsonOutput implements Closeable {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
            .disable(StreamWriteFeature.AUTO_CLOSE_CONTENT)
            .build();

    private final OutputStream out;
    private final JsonGenerator json;

    /** Escapes {@code <}, so that no string ends an element of HTML. */
    private static final class HtmlEscapes extends CharacterEscapes {
        private static final long serialVersionUID = 1;

        @Override
        public int[] getEscapeCodesForAscii() {
            int[] codes = standardAsciiEscapesForJSON();
            codes['<'] = ESCAPE_STANDARD;
            return codes;
        }

        @Override
        public @Nullable SerializableString getEscapeSequence(int c) {
            return c == '<' ? new SerializedString("\\u003c") : null;
        }
    }

    /**
     * Starts a document.
     *
     * @param out receives the document; it is not closed
     * @throws IOException if it cannot be written
     */
    public JsonOutput(OutputStream out) throws IOException {
        this.out = out;
        this.json = FACTORY.createGenerator(out);
    }

    /**
     * Starts a document that can be the content of an element of HTML.
     *
     * @param out receives the document; it is not closed
     * @return the document
     * @throws IOException if it cannot be written
     */
    public static JsonOutput inHtml(OutputStream out) throws IOException {
        JsonOutput output = new JsonOutput(out);
        output.json.setCharacterEscapes(new HtmlEscapes());
        return output;
    }

    /**
     * Returns Jackson's generator, for everything that needs no rule of its own.
     *
     * @return the generator; it is closed with this object
     */
    public JsonGenerator generator() {
        return json;
    }

    /**
     * Writes a field with a string, or null.
     *
     * @param key the key
     * @param value the string
     * @throws IOException if it cannot be written
     */
    public void text(String key, @Nullable String value) throws IOException {
        json.writeFieldName(key);
        text(value);
    }

    /**
     * Writes a string, or null.
     *
     * @param value the string
     * @throws IOException if it cannot be written
     */
    public void text(@Nullable String value) throws IOException {
        if (value == null || TensorNames.isUtf8(value)) {
            json.writeString(value);
        } else {
            json.writeStartObject();
            json.writeBinaryField("base64", TensorNames.encode(value));
            json.writeEndObject();
        }
    }

    /**
     * Writes a field with a shape as an array, or null if it is unknown.
     *
     * @param key the key
     * @param shape the shape
     * @throws IOException if it cannot be written
     */
    public void shape(String key, @Nullable Shape shape) throws IOException {
        json.writeFieldName(key);
        if (shape == null) {
            json.writeNull();
            return;
        }
        long[] dimensions = shape.toArray();
        json.writeArray(dimensions, 0, dimensions.length);
    }

    /**
     * Writes a field with a number, or null; infinities and NaN as strings.
     *
     * @param key the key
     * @param value the number
     * @throws IOException if it cannot be written
     */
    public void number(String key, @Nullable Number value) throws IOException {
        json.writeFieldName(key);
        if (value == null) {
            json.writeNull();
        } else if (value instanceof Double number) {
            if (Double.isFinite(number)) {
                json.writeNumber(number);
            } else {
                json.writeString(number.toString());
            }
        } else {
            json.writeNumber(value.toString());
        }
    }

    @Override
    public void close() throws IOException {
        json.close();
        out.write('\n');
    }
}
