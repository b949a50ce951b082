package org.tfckpt.graph;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tfckpt.graph.GraphInput.FieldHandler;
import org.tfckpt.graph.GraphInput.Range;
import org.tfckpt.io.ByteSource;
import org.tfckpt.proto.GraphDef;
import org.tfckpt.proto.MetaGraphDef;
import org.tfckpt.proto.MetaGraphDef.MetaInfoDef;
import org.tfckpt.proto.NodeDef;
import org.tfckpt.proto.SavedModel;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.TensorNames;

/**
 * Guesses from the first bytes of a file which kind of graph it is. The three kinds use the same field numbers, but a
 * node with its op, a function, and the information about a graph cannot be mistaken for each other.
 *
 * <p>Reading the file shows whether the guess is right.
 */
final class Sniffer {
    private static final int BEGINNING = 1 << 16;

    /** Names and ops are far shorter. */
    private static final int MAX_NODE_HEAD = 1 << 12;

    /** {@code MetaInfoDef.function_aliases}. */
    private static final int LAST_INFO_FIELD = 8;

    private static final Pattern OP = Pattern.compile("[A-Za-z0-9_.>-]+");
    private static final Pattern VALUE = Pattern.compile("\\s*(?:[:{<]|$)");
    private static final Pattern FIELD = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private Sniffer() {}

    /** Returns the beginning of a file that is text, or null if it has bytes that only a binary file has. */
    static @Nullable String text(ByteSource source) throws IOException {
        byte[] beginning = new byte[(int) Math.min(BEGINNING, source.size())];
        source.readInto(0, ByteBuffer.wrap(beginning));
        for (byte b : beginning) {
            boolean blank = b >= '\t' && b <= '\r';
            if ((b >= 0 && b < ' ' && !blank) || b == 0x7f) {
                return null;
            }
        }
        String text = TensorNames.decode(beginning);
        // The cut may be inside a character, which has up to four bytes.
        return TensorNames.isUtf8(text.substring(0, Math.max(0, text.length() - 3))) ? text : null;
    }

    /** Returns the kind of a text by its first field; null if it is not a graph. */
    static @Nullable GraphKind kindOfText(String text) {
        String line = text.lines()
                .map(String::strip)
                .filter(stripped -> !stripped.isEmpty() && !stripped.startsWith("#"))
                .findFirst()
                .orElse("");
        Matcher field = FIELD.matcher(line);
        boolean isField =
                field.lookingAt() && VALUE.matcher(line.substring(field.end())).lookingAt();
        return switch (isField ? field.group() : "") {
            case "node", "library", "version", "versions", "debug_info" -> GraphKind.GRAPH_DEF;
            case "meta_info_def",
                    "graph_def",
                    "saver_def",
                    "collection_def",
                    "signature_def",
                    "asset_file_def",
                    "object_graph_def" -> GraphKind.META_GRAPH_DEF;
            case "saved_model_schema_version", "meta_graphs" -> GraphKind.SAVED_MODEL;
            default -> null;
        };
    }

    /** Returns the kind of a binary file; null if it is not a graph. */
    static @Nullable GraphKind kindOf(GraphInput in) throws IOException {
        return kindOf(in, in.all(), true);
    }

    private static @Nullable GraphKind kindOf(GraphInput in, Range range, boolean outermost) throws IOException {
        Fields fields = Fields.of(in, range);
        Range first = fields.message(GraphDef.NODE_FIELD_NUMBER);
        Range second = fields.message(MetaGraphDef.GRAPH_DEF_FIELD_NUMBER);
        if (fields.isNumber(SavedModel.SAVED_MODEL_SCHEMA_VERSION_FIELD_NUMBER)) {
            return outermost && second != null ? GraphKind.SAVED_MODEL : null;
        }
        if (first != null) {
            return isNode(in, first) ? GraphKind.GRAPH_DEF : isInfo(in, first) ? GraphKind.META_GRAPH_DEF : null;
        }
        // The information that usually comes first is missing, so the inner message decides.
        GraphKind inner = outermost && second != null ? kindOf(in, second, false) : null;
        if (inner == GraphKind.META_GRAPH_DEF) {
            return GraphKind.SAVED_MODEL;
        }
        return inner == GraphKind.GRAPH_DEF ? GraphKind.META_GRAPH_DEF : null;
    }

    private static boolean isNode(GraphInput in, Range range) throws IOException {
        String[] name = {""};
        String[] op = {""};
        walk(in, new Range(range.start(), Math.min(range.end(), range.start() + MAX_NODE_HEAD)), field -> {
            switch (field) {
                case NodeDef.NAME_FIELD_NUMBER -> name[0] = in.string();
                case NodeDef.OP_FIELD_NUMBER -> op[0] = in.string();
                default -> in.skip();
            }
        });
        return !name[0].isEmpty() && OP.matcher(op[0]).matches();
    }

    /** Returns whether a message has no fields but those of a MetaInfoDef: strings and messages, and one number. */
    private static boolean isInfo(GraphInput in, Range range) throws IOException {
        Fields fields = Fields.of(in, range);
        return fields.numbers.stream().allMatch(number -> number == MetaInfoDef.STRIPPED_DEFAULT_ATTRS_FIELD_NUMBER)
                && fields.messages.keySet().stream()
                        .allMatch(number ->
                                number <= LAST_INFO_FIELD && number != MetaInfoDef.STRIPPED_DEFAULT_ATTRS_FIELD_NUMBER);
    }

    /** Walks a message until it turns out to be damaged or cut off: reading it later reports the damage. */
    private static void walk(GraphInput in, Range range, FieldHandler handler) throws IOException {
        try {
            in.walk(range, handler);
        } catch (DataLossException damaged) {
            // The fields found so far decide.
            return;
        }
    }

    /** The numbers of the first fields of a message. */
    private static final class Fields {
        private static final int MAX_FIELDS = 16;

        private int count;
        private final Map<Integer, Range> messages = new HashMap<>();
        private final Set<Integer> numbers = new HashSet<>();

        static Fields of(GraphInput in, Range range) throws IOException {
            Fields fields = new Fields();
            walk(in, range, field -> fields.add(in, field));
            return fields;
        }

        private void add(GraphInput in, int field) throws IOException {
            if (count++ == MAX_FIELDS) {
                in.skipRest();
            } else if (in.isMessage()) {
                messages.putIfAbsent(field, in.skipCutMessage());
            } else {
                numbers.add(field);
                in.skip();
            }
        }

        boolean isNumber(int field) {
            return numbers.contains(field);
        }

        @Nullable
        Range message(int field) {
            return messages.get(field);
        }
    }
}
