package org.tfckpt.graph;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tfckpt.graph.WireReader.Range;
import org.tfckpt.io.ByteSource;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.TensorNames;

/**
 * Tells from the first bytes what a file is. The three messages have the same numbers for other fields; a node with its
 * op, a function, what stands in the information on a graph, cannot be mistaken for each other.
 *
 * <p>It only guesses: whoever reads the file on finds out whether it is true to its beginning.
 */
final class Sniffer {
    private static final int BEGINNING = 1 << 12;
    private static final Pattern OP = Pattern.compile("[A-Za-z0-9_.>-]+");

    private Sniffer() {}

    /** Whether a file is a text: no bytes that only a binary message has. */
    static boolean isText(ByteSource source) throws IOException {
        byte[] beginning = new byte[(int) Math.min(BEGINNING, source.size())];
        source.readInto(0, ByteBuffer.wrap(beginning));
        for (byte b : beginning) {
            boolean blank = b >= '\t' && b <= '\r';
            if ((b >= 0 && b < ' ' && !blank) || b == 0x7f) {
                return false;
            }
        }
        String text = TensorNames.decode(beginning);
        // A cut may go through the last character.
        return TensorNames.isUtf8(text.substring(0, Math.max(0, text.length() - 3)));
    }

    /** What a text is, by its first field; null if it is no graph. */
    static @Nullable GraphKind kindOfText(String field) {
        return switch (field) {
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

    /** What a binary file is; null if it is no graph. */
    static @Nullable GraphKind kindOf(WireReader in) throws IOException {
        return kindOf(in, in.all(), true);
    }

    private static @Nullable GraphKind kindOf(WireReader in, Range range, boolean outermost) throws IOException {
        Fields first = Fields.of(in, range);
        if (first.numbers(1)) {
            return outermost && first.range(2) != null ? GraphKind.SAVED_MODEL : null;
        }
        Range one = first.range(1);
        if (one != null && isNode(in, one)) {
            return GraphKind.GRAPH_DEF;
        }
        Range two = first.range(2);
        if (one != null) {
            return isInfo(in, one) ? GraphKind.META_GRAPH_DEF : null;
        }
        if (two == null) {
            return null;
        }
        GraphKind within = outermost ? kindOf(in, two, false) : null;
        if (within == GraphKind.META_GRAPH_DEF) {
            return GraphKind.SAVED_MODEL;
        }
        return within == GraphKind.GRAPH_DEF ? GraphKind.META_GRAPH_DEF : null;
    }

    private static boolean isNode(WireReader in, Range range) throws IOException {
        Fields fields = Fields.of(in, range);
        String name = fields.text(in, 1);
        String op = fields.text(in, 2);
        return name != null && !name.isEmpty() && op != null && OP.matcher(op).matches();
    }

    /** Whether this is a MetaInfoDef: texts, and messages that begin as theirs do. */
    private static boolean isInfo(WireReader in, Range range) throws IOException {
        Fields fields = Fields.of(in, range);
        for (int field = 1; field <= Fields.MOST; field++) {
            boolean known = field <= 8;
            boolean number = field == 7;
            if ((fields.numbers(field) && !(known && number)) || (fields.range(field) != null && (!known || number))) {
                return false;
            }
        }
        return true;
    }

    /** The first fields of a message. */
    private static final class Fields {
        private static final int MOST = 16;

        private final @Nullable Range[] ranges = new @Nullable Range[MOST + 1];
        private final boolean[] numbers = new boolean[MOST + 1];

        static Fields of(WireReader in, Range range) throws IOException {
            Fields fields = new Fields();
            in.seek(range);
            try {
                for (int i = 0; i < MOST && in.next(); i++) {
                    int field = Math.min(in.field(), MOST);
                    if (in.wireType() != WireReader.LENGTH) {
                        fields.numbers[field] = true;
                        in.skip();
                    } else if (fields.ranges[field] == null) {
                        fields.ranges[field] = in.clampedMessage();
                    } else {
                        in.skip();
                    }
                }
            } catch (DataLossException damaged) {
                // Enough was seen to know what the file wants to be, or not; reading it tells the damage.
                return fields;
            }
            return fields;
        }

        boolean numbers(int field) {
            return numbers[field];
        }

        @Nullable
        Range range(int field) {
            return ranges[field];
        }

        @Nullable
        String text(WireReader in, int field) throws IOException {
            Range range = ranges[field];
            if (range == null || range.length() > BEGINNING) {
                return null;
            }
            String text = in.textOf(range);
            return TensorNames.isUtf8(text) ? text : null;
        }
    }
}
