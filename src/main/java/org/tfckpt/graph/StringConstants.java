package org.tfckpt.graph;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tfckpt.graph.WireReader.Range;
import org.tfckpt.tensor.Shape;

/**
 * The values of constants that are lists of strings, read when they are asked for.
 *
 * <pre>
 * AttrValue 8 tensor { 2 tensor_shape | 8 string_val (repeated) }
 * </pre>
 */
final class StringConstants {
    private final WireReader in;
    private final Map<String, Range> places;
    private final Map<String, Strings> values = new HashMap<>();

    StringConstants(WireReader in, Map<String, Range> places) {
        this.in = in;
        this.places = places;
    }

    /**
     * Strings as they are stored: the last one may stand for more, up to what the shape says.
     *
     * @param stored one after the other
     * @param size how many they stand for; −1 for a shape that no tensor has
     */
    record Strings(List<String> stored, long size) {
        static final Strings ONE_EMPTY = new Strings(List.of(""), 1);

        boolean isOfSize(int count) {
            boolean repeats = stored.size() < count && !stored.isEmpty() && size == count;
            return stored.size() == count || repeats;
        }

        String get(int index) {
            return stored.get(Math.min(index, stored.size() - 1));
        }
    }

    /** The strings of a constant node; null if it is none. */
    @Nullable
    Strings get(String node) throws IOException {
        Strings known = values.get(node);
        Range place = places.get(node);
        if (known != null || place == null) {
            return known;
        }
        List<String> stored = new ArrayList<>();
        Shape shape = Shape.of();
        in.seek(place);
        while (in.next()) {
            if (in.field() == 8) {
                long outer = in.enter();
                shape = tensor(stored, shape);
                in.leave(outer);
            } else {
                in.skip();
            }
        }
        Strings strings =
                new Strings(stored, shape == null ? -1 : shape.elementCount().orElse(-1));
        values.put(node, strings);
        return strings;
    }

    private @Nullable Shape tensor(List<String> stored, @Nullable Shape before) throws IOException {
        Shape shape = before;
        while (in.next()) {
            switch (in.field()) {
                case 2 -> {
                    long outer = in.enter();
                    shape = ShapeReader.read(in);
                    in.leave(outer);
                }
                case 8 -> stored.add(in.textOf(in.message()));
                default -> in.skip();
            }
        }
        return shape;
    }
}
