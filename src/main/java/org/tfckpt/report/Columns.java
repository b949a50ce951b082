package org.tfckpt.report;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.tfckpt.io.JsonOutput;

/** Writes JSON by columns: one array for each property of many items. */
final class Columns {
    private final JsonOutput out;

    Columns(JsonOutput out) {
        this.out = out;
    }

    /** Writes the fields of an object. */
    interface Content {
        void write() throws IOException;
    }

    /** Writes an element of an array. */
    interface Item<T> {
        void write(T item) throws IOException;
    }

    void object(String key, Content content) throws IOException {
        out.generator().writeObjectFieldStart(key);
        content.write();
        out.generator().writeEndObject();
    }

    <T> void array(String key, Iterable<T> items, Item<T> element) throws IOException {
        out.generator().writeArrayFieldStart(key);
        for (T item : items) {
            element.write(item);
        }
        out.generator().writeEndArray();
    }

    <T> void objects(String key, Iterable<T> items, Item<T> fields) throws IOException {
        array(key, items, item -> {
            out.generator().writeStartObject();
            fields.write(item);
            out.generator().writeEndObject();
        });
    }

    void texts(String key, Iterable<String> texts) throws IOException {
        array(key, texts, out::text);
    }

    <T> void numbers(String key, Iterable<T> items, Function<T, @Nullable Number> number) throws IOException {
        array(key, items, item -> number(number.apply(item)));
    }

    /** Writes a column of repeated texts: the number of each, and the list of different ones. */
    <T> void codes(String key, List<T> items, Function<T, String> text) throws IOException {
        Map<String, Integer> codes = new LinkedHashMap<>();
        numbers(key, items, item -> codes.computeIfAbsent(text.apply(item), value -> codes.size()));
        texts(key + "_names", codes.keySet());
    }

    void number(String key, @Nullable Number number) throws IOException {
        out.generator().writeFieldName(key);
        number(number);
    }

    void number(@Nullable Number number) throws IOException {
        out.generator().writeRawValue(Numeric.json(number));
    }

    void flag(String key, boolean flag) throws IOException {
        out.generator().writeBooleanField(key, flag);
    }

    void text(String key, @Nullable String text) throws IOException {
        out.text(key, text);
    }

    void text(@Nullable String text) throws IOException {
        out.text(text);
    }

    void startArray() throws IOException {
        out.generator().writeStartArray();
    }

    void endArray() throws IOException {
        out.generator().writeEndArray();
    }

    static @Nullable Number orNull(OptionalDouble number) {
        return number.isPresent() ? number.getAsDouble() : null;
    }

    static @Nullable Number orNull(OptionalLong number) {
        return number.isPresent() ? number.getAsLong() : null;
    }
}
