package org.tfckpt.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import java.io.Closeable;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorNames;

/** Writes one JSON document as a line of UTF-8. Strings that are not UTF-8 become {@code {"base64": …}}. */
final class JsonOutput implements Closeable {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
            .disable(StreamWriteFeature.AUTO_CLOSE_CONTENT)
            .build();

    private final Output out;
    private final JsonGenerator json;

    JsonOutput(Output out) throws IOException {
        this.out = out;
        this.json = FACTORY.createGenerator(out.stream());
    }

    JsonGenerator generator() {
        return json;
    }

    void text(String key, @Nullable String value) throws IOException {
        json.writeFieldName(key);
        text(value);
    }

    void text(@Nullable String value) throws IOException {
        if (value == null || TensorNames.isUtf8(value)) {
            json.writeString(value);
        } else {
            json.writeStartObject();
            json.writeBinaryField("base64", TensorNames.encode(value));
            json.writeEndObject();
        }
    }

    /** Writes a shape as an array, or null if it is unknown. */
    void shape(String key, @Nullable Shape shape) throws IOException {
        json.writeFieldName(key);
        if (shape == null) {
            json.writeNull();
            return;
        }
        long[] dimensions = shape.toArray();
        json.writeArray(dimensions, 0, dimensions.length);
    }

    /** Writes a number, or null; infinities and NaN as strings. */
    void number(String key, @Nullable Number value) throws IOException {
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
        out.text("\n");
    }
}
