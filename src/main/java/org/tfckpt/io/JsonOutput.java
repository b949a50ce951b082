package org.tfckpt.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.io.CharacterEscapes;
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
            return null;
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

    /**
     * Writes a field that is true or false, or null.
     *
     * @param key the key
     * @param value the value
     * @throws IOException if it cannot be written
     */
    public void flag(String key, @Nullable Boolean value) throws IOException {
        json.writeFieldName(key);
        if (value == null) {
            json.writeNull();
        } else {
            json.writeBoolean(value);
        }
    }

    /** Writes the fields of an object. */
    @FunctionalInterface
    public interface Fields {
        /**
         * Writes the fields.
         *
         * @throws IOException if they cannot be written
         */
        void write() throws IOException;
    }

    /** Writes an element of an array, or its fields. */
    @FunctionalInterface
    public interface Element<T> {
        /**
         * Writes the element.
         *
         * @param element the element
         * @throws IOException if it cannot be written
         */
        void write(T element) throws IOException;
    }

    /**
     * Writes an object, as the document or as an element of an array.
     *
     * @param fields writes its fields
     * @throws IOException if it cannot be written
     */
    public void object(Fields fields) throws IOException {
        json.writeStartObject();
        fields.write();
        json.writeEndObject();
    }

    /**
     * Writes a field with an object.
     *
     * @param key the key
     * @param fields writes the fields of the object
     * @throws IOException if it cannot be written
     */
    public void object(String key, Fields fields) throws IOException {
        json.writeFieldName(key);
        object(fields);
    }

    /**
     * Writes a field with an array.
     *
     * @param key the key
     * @param elements the elements
     * @param element writes one of them
     * @param <T> the type of the elements
     * @throws IOException if it cannot be written
     */
    public <T> void array(String key, Iterable<? extends T> elements, Element<T> element) throws IOException {
        json.writeArrayFieldStart(key);
        for (T each : elements) {
            element.write(each);
        }
        json.writeEndArray();
    }

    /**
     * Writes a field with an array of objects.
     *
     * @param key the key
     * @param elements the elements
     * @param fields writes the fields of one of them
     * @param <T> the type of the elements
     * @throws IOException if it cannot be written
     */
    public <T> void objects(String key, Iterable<? extends T> elements, Element<T> fields) throws IOException {
        array(key, elements, element -> object(() -> fields.write(element)));
    }

    @Override
    public void close() throws IOException {
        json.close();
        out.write('\n');
    }
}
