package org.tfckpt.graph;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tfckpt.graph.GraphInput.FieldHandler;
import org.tfckpt.graph.GraphInput.Range;
import org.tfckpt.proto.AttrValue;
import org.tfckpt.proto.NodeDef;
import org.tfckpt.proto.TensorProto;
import org.tfckpt.proto.TensorShapeProto;
import org.tfckpt.tensor.Shape;

/** Reads the values of string constants on demand. */
final class StringConstants {
    private final GraphInput in;
    private final Map<String, Range> nodes;
    private final Map<String, Strings> values = new HashMap<>();

    StringConstants(GraphInput in, Map<String, Range> nodes) {
        this.in = in;
        this.nodes = nodes;
    }

    /**
     * The strings of a constant. The last stored one is repeated up to the size given by the shape; −1 if it does not
     * state that.
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

    /** Returns the value of a constant, or null if there is no constant of this name. */
    @Nullable
    Strings get(String name) throws IOException {
        Strings known = values.get(name);
        Range value = known == null && nodes.containsKey(name) ? value(nodes.get(name)) : null;
        if (value == null) {
            return known;
        }
        List<String> stored = new ArrayList<>();
        Shape[] shape = {Shape.of()};
        FieldHandler tensor = field -> {
            switch (field) {
                case TensorProto.TENSOR_SHAPE_FIELD_NUMBER ->
                    shape[0] = Protos.shape(in.message(TensorShapeProto.parser()));
                case TensorProto.STRING_VAL_FIELD_NUMBER -> stored.add(Protos.name(in.bytes()));
                default -> in.skip();
            }
        };
        in.walk(value, field -> {
            if (field == AttrValue.TENSOR_FIELD_NUMBER) {
                in.walk(tensor);
            } else {
                in.skip();
            }
        });
        Strings strings = new Strings(
                stored, shape[0] == null ? -1 : shape[0].elementCount().orElse(-1));
        values.put(name, strings);
        return strings;
    }

    /** Returns the range of the attribute {@code value} of a node, or null if it has none. */
    private @Nullable Range value(Range node) throws IOException {
        @Nullable Range[] found = {null};
        in.walk(node, field -> {
            if (field == NodeDef.ATTR_FIELD_NUMBER) {
                GraphInput.Entry entry = in.entry();
                found[0] = entry.key().equals("value") ? entry.value() : found[0];
            } else {
                in.skip();
            }
        });
        return found[0];
    }
}
