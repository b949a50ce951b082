package org.tfckpt.io;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
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
public class JsonOutput implements Closeable {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
            .disable(StreamWriteFeature.AUTO_CLOSE_CONTENT)
            .build();

    private final OutputStream out;
    private final JsonGenerator json;

    /** Starts a document. The stream is not closed. */
    public JsonOutput(OutputStream out) throws IOException {
        this.out = out;
        this.json = FACTORY.createGenerator(out);
    }

    /** Returns Jackson's generator, for everything that needs no rule of its own. It is closed with this object. */
    public final JsonGenerator generator() {
        return json;
    }

    /** Writes a field with a string, or null. */
    public void text(String key, @Nullable String value) throws IOException {
        json.writeFieldName(key);
        text(value);
    }

    /** Writes a string, or null. */
    public void text(@Nullable String value) throws IOException {
        if (value == null || TensorNames.isUtf8(value)) {
            json.writeString(value);
        } else {
            json.writeStartObject();
            json.writeBinaryField("base64", TensorNames.encode(value));
            json.writeEndObject();
        }
    }

    /** Writes a field with a shape as an array, or null if it is unknown. */
    public void shape(String key, @Nullable Shape shape) throws IOException {
        json.writeFieldName(key);
        if (shape == null) {
            json.writeNull();
            return;
        }
        long[] dimensions = shape.toArray();
        json.writeArray(dimensions, 0, dimensions.length);
    }

    /** Writes a field with a number, or null; infinities and NaN as strings. */
    public void number(String key, @Nullable Number value) throws IOException {
        json.writeFieldName(key);
        number(value);
    }

    /** Writes a number, or null; infinities and NaN as strings. */
    public void number(@Nullable Number value) throws IOException {
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

    /** Writes a field that is true or false, or null. */
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
        /** Writes the fields. */
        void write() throws IOException;
    }

    /** Writes an element of an array, or its fields. */
    @FunctionalInterface
    public interface Element<T> {
        /** Writes the element. */
        void write(T element) throws IOException;
    }

    /** Writes an object, as the document or as an element of an array. */
    public void object(Fields fields) throws IOException {
        json.writeStartObject();
        fields.write();
        json.writeEndObject();
    }

    /** Writes a field with an object. */
    public void object(String key, Fields fields) throws IOException {
        json.writeFieldName(key);
        object(fields);
    }

    /** Writes a field with an array, each element by {@code element}. */
    public <T> void array(String key, Iterable<? extends T> elements, Element<T> element) throws IOException {
        json.writeArrayFieldStart(key);
        for (T each : elements) {
            element.write(each);
        }
        json.writeEndArray();
    }

    /** Writes a field with an array of objects, the fields of each by {@code fields}. */
    public <T> void objects(String key, Iterable<? extends T> elements, Element<T> fields) throws IOException {
        array(key, elements, element -> object(() -> fields.write(element)));
    }

    @Override
    public void close() throws IOException {
        json.close();
        out.write('\n');
    }
}
