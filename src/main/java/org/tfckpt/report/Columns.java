package org.tfckpt.report;

import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.tfckpt.io.JsonOutput;

/** Writes JSON as the content of an element of HTML, by columns: one array for each property of many items. */
final class Columns extends JsonOutput {
    Columns(OutputStream out) throws IOException {
        super(out);
        generator().setCharacterEscapes(new HtmlEscapes());
    }

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

    @Override
    public void number(@Nullable Number number) throws IOException {
        generator().writeRawValue(Numeric.json(number));
    }

    <T> void numbers(String key, Iterable<T> items, Function<T, @Nullable Number> number) throws IOException {
        array(key, items, item -> number(number.apply(item)));
    }

    /** Writes a column of repeated texts: the number of each, and the list of different ones. */
    <T> void codes(String key, List<T> items, Function<T, String> text) throws IOException {
        Map<String, Integer> codes = new LinkedHashMap<>();
        numbers(key, items, item -> codes.computeIfAbsent(text.apply(item), value -> codes.size()));
        array(key + "_names", codes.keySet(), this::text);
    }

    static @Nullable Number orNull(OptionalDouble number) {
        return number.isPresent() ? number.getAsDouble() : null;
    }

    static @Nullable Number orNull(OptionalLong number) {
        return number.isPresent() ? number.getAsLong() : null;
    }
}
