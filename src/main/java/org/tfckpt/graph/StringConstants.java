package org.tfckpt.graph;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tfckpt.graph.WireReader.Range;

/**
 * The values of constants that are lists of strings, read when they are asked for.
 *
 * <pre>
 * AttrValue 8 tensor { 8 string_val (repeated) }
 * </pre>
 */
final class StringConstants {
    private final WireReader in;
    private final Map<String, Range> places;
    private final Map<String, List<String>> values = new HashMap<>();

    StringConstants(WireReader in, Map<String, Range> places) {
        this.in = in;
        this.places = places;
    }

    /** The strings of a constant node as they are stored, where the last one may stand for more; null if it is none. */
    @Nullable
    List<String> get(String node) throws IOException {
        List<String> known = values.get(node);
        Range place = places.get(node);
        if (known != null || place == null) {
            return known;
        }
        List<String> strings = new ArrayList<>();
        in.seek(place);
        while (in.next()) {
            if (in.field() == 8) {
                long outer = in.enter();
                tensor(strings);
                in.leave(outer);
            } else {
                in.skip();
            }
        }
        values.put(node, strings);
        return strings;
    }

    private void tensor(List<String> strings) throws IOException {
        while (in.next()) {
            if (in.field() == 8) {
                strings.add(in.textOf(in.message()));
            } else {
                in.skip();
            }
        }
    }
}
