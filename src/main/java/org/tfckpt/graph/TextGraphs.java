package org.tfckpt.graph;

import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.logging.Filter;
import java.util.logging.Logger;
import org.tfckpt.io.ByteSource;
import org.tfckpt.proto.GraphDef;
import org.tfckpt.proto.MetaGraphDef;
import org.tfckpt.proto.SavedModel;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorNames;
import org.tfckpt.tensor.UnsupportedFormatException;

/**
 * Parses graphs in protobuf's text format. Unlike a binary graph, a text is held in memory as a whole: parsing takes up
 * to {@value #COPIES} times its size plus {@value #BYTES_PER_FIELD} bytes per field, about 20 times its size for a
 * graph without large constants. A text that is too large for the heap is rejected before it is parsed.
 */
final class TextGraphs {
    private static final int MAX_SIZE = 1 << 30;

    /** The number of copies of a text that is one long string: escaped and unescaped, as bytes and as characters. */
    private static final int COPIES = 6;

    /** The memory that the parser needs for an unknown field; others take less. */
    private static final int BYTES_PER_FIELD = 256;

    /** Held here because a logger that is not referenced loses its filter. */
    private static final Logger PROTOBUF = Logger.getLogger(TextFormat.class.getName());

    static {
        // The parser warns of each field that our trimmed messages lack, which is of no use to a user.
        Filter filter = PROTOBUF.getFilter();
        PROTOBUF.setFilter(record -> !String.valueOf(record.getMessage()).contains("\ttfckpt.")
                && (filter == null || filter.isLoggable(record)));
    }

    private static final TextFormat.Parser PARSER = TextFormat.Parser.newBuilder()
            .setAllowUnknownFields(true)
            .setAllowUnknownExtensions(true)
            .build();

    private TextGraphs() {}

    /** Parses a text and returns it in the binary format. */
    static byte[] parse(ByteSource source, GraphKind kind) throws IOException {
        Message.Builder message = switch (kind) {
            case GRAPH_DEF -> GraphDef.newBuilder();
            case META_GRAPH_DEF -> MetaGraphDef.newBuilder();
            case SAVED_MODEL -> SavedModel.newBuilder();
            case TEXT, CHECKPOINT -> throw new IllegalStateException(kind + " is not a message");
        };
        try {
            PARSER.merge(text(source, kind), message);
        } catch (TextFormat.ParseException e) {
            throw damaged(source, "The text cannot be parsed as a " + kind + " (protobuf: \"" + e.getMessage() + "\")");
        }
        return message.build().toByteArray();
    }

    private static String text(ByteSource source, GraphKind kind) throws IOException {
        requireMemory(source, kind, COPIES * source.size());
        byte[] bytes = new byte[(int) source.size()];
        source.readInto(0, ByteBuffer.wrap(bytes));
        long fields = 0;
        for (byte b : bytes) {
            // Every field, and every element of a list, has one of these characters.
            if (b == ':' || b == '{' || b == '<' || b == ',') {
                fields++;
            }
        }
        requireMemory(source, kind, (long) COPIES * bytes.length + BYTES_PER_FIELD * fields);
        String text = TensorNames.decode(bytes);
        if (!TensorNames.isUtf8(text)) {
            throw damaged(source, "The text is not UTF-8");
        }
        return text;
    }

    private static void requireMemory(ByteSource source, GraphKind kind, long needed) throws IOException {
        long heap = Runtime.getRuntime().maxMemory();
        if (source.size() > MAX_SIZE || needed > heap) {
            throw new UnsupportedFormatException(
                    "a " + kind + " in text format of " + source.size() + " bytes, which may take " + needed
                            + " bytes of memory to parse, is too large for a heap of " + heap + " bytes",
                    ErrorContext.at(source.name(), -1)
                            .withHint("convert it to the binary format"
                                    + (source.size() > MAX_SIZE ? "" : ", or increase the heap with -Xmx")));
        }
    }

    private static DataLossException damaged(ByteSource source, String problem) {
        return new DataLossException(ProblemKind.ENTRY, problem, ErrorContext.at(source.name(), -1));
    }
}
