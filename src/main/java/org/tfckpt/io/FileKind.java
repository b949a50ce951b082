package org.tfckpt.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.tfckpt.tensor.TensorNames;

/**
 * What a file is that was expected to be another, judged by its first bytes, for error messages.
 *
 * @param name completes "the file is …", for example {@code a zip archive}
 * @param advice what to do, as an imperative clause; empty if there is no general advice
 */
public record FileKind(String name, String advice) {
    /** A file whose first bytes are none of the known ones. */
    public static final FileKind UNKNOWN = new FileKind("of an unknown kind", "");

    /** A file of no bytes. */
    public static final FileKind EMPTY = new FileKind("empty", "copy or download it again");

    /** Text of no special kind. */
    public static final FileKind TEXT = new FileKind("a text file", "");

    /** A text that begins with {@code #!}. */
    public static final FileKind SCRIPT = new FileKind("a script", "");

    /** A state file, or the beginning of one. */
    public static final FileKind STATE = new FileKind("a checkpoint state file", "use it as CHECKPOINT");

    /** A model of ONNX. */
    public static final FileKind ONNX = of(FileSignature.ONNX);

    /** An array of NumPy. */
    public static final FileKind NPY = of(FileSignature.NPY);

    /** An archive of arrays of NumPy. */
    public static final FileKind NPZ = new FileKind("a NumPy archive (npz)", FileSignature.AS_CHECKPOINT);

    /** A file of tensors in the safetensors format. */
    public static final FileKind SAFETENSORS = new FileKind("a safetensors file", FileSignature.AS_CHECKPOINT);

    /** Enough for the names of the first members of an archive. */
    private static final int HEAD = 4096;

    private static final String SAVED_PAGE = "download the file itself, not the page about it";
    /** A file with the footer of a table. */
    public static final FileKind TABLE = new FileKind("the index or V1 file of a checkpoint", "use it as CHECKPOINT");

    /** The last eight bytes of a table; see https://github.com/google/leveldb/blob/main/doc/table_format.md. */
    public static final long TABLE_MAGIC = 0xdb4775248b80fb57L;

    private static final int TABLE_FOOTER = 48;

    /** The first field of a graph in text format. */
    private static final Pattern TEXT_GRAPH = Pattern.compile(
            "(?:node|library|versions|meta_info_def|graph_def|meta_graphs|saved_model_schema_version)\\s*[{:<]");

    private static FileKind of(FileSignature signature) {
        return new FileKind(signature.name(), signature.advice());
    }

    private static final Pattern XML = Pattern.compile("<(?:[?!]|[a-z][a-z0-9:_-]*\\s*(?:/?>|\\s[a-z0-9:_-]+=))");
    private static final Pattern JSON = Pattern.compile("\\{\\s*[\"'}]|\\[\\s*(?:[\"'{\\[\\]0-9-]|true|false|null)");

    /** Names what a regular file is by its first bytes; {@link #UNKNOWN} if they are not known. */
    public static FileKind of(Path file) throws IOException {
        try (ByteSource source = ByteSources.channel(file)) {
            return of(source);
        }
    }

    private static boolean endsLikeTable(ByteSource source) throws IOException {
        return source.size() >= TABLE_FOOTER
                && source.read(source.size() - Long.BYTES, Long.BYTES).getLong(0) == TABLE_MAGIC;
    }

    /**
     * Names what a directory is that contains no checkpoint of TensorFlow; {@link #UNKNOWN} if it has none of the known
     * files.
     */
    public static FileKind ofDirectory(Path directory) {
        for (String name : List.of("_CHECKPOINT_METADATA", "_METADATA", "manifest.ocdbt")) {
            if (Files.exists(directory.resolve(name))) {
                return new FileKind("an Orbax checkpoint (JAX, Flax)", "read it with Orbax in Python");
            }
        }
        if (Files.exists(directory.resolve("pytorch_model.bin"))) {
            return new FileKind(
                    "a PyTorch model of Hugging Face Transformers",
                    "its weights are in 'pytorch_model.bin': " + FileSignature.TORCH_ADVICE);
        }
        return UNKNOWN;
    }

    /**
     * Returns a message that names this kind, for example {@code the file is not a TensorFlow graph but a zip archive}.
     * The subject is the quoted path or {@code the file}; {@code wanted} begins with an article.
     */
    public String insteadOf(String subject, String wanted) {
        return subject + " is not " + wanted + (equals(UNKNOWN) ? ", and its kind is not known" : " but " + name);
    }

    /** Names what an open source is by its first bytes; {@link #UNKNOWN} if they are not known. */
    public static FileKind of(ByteSource source) throws IOException {
        byte[] head = new byte[(int) Math.min(HEAD, source.size())];
        source.readInto(0, ByteBuffer.wrap(head));
        FileKind kind = of(head, source.size());
        return kind.equals(UNKNOWN) && endsLikeTable(source) ? TABLE : kind;
    }

    static FileKind of(byte[] head, long size) {
        if (size == 0) {
            return EMPTY;
        }
        String text = new String(head, StandardCharsets.ISO_8859_1);
        if (text.startsWith("PK\u0003\u0004") || text.startsWith("PK\u0005\u0006")) {
            return zip(text);
        }
        FileKind fixed = first(FileSignature.FIXED, text);
        if (!fixed.equals(UNKNOWN)) {
            return fixed;
        }
        if (text.chars().allMatch(c -> c == 0)) {
            return new FileKind(
                    size <= head.length
                            ? "full of zeros"
                            : "full of zeros, at least in its first " + head.length + " bytes",
                    "copy or download it again: its content was not written");
        }
        return binary(head, text, size);
    }

    private static FileKind first(List<FileSignature> signatures, String text) {
        return signatures.stream()
                .filter(signature -> signature.matches(text))
                .findFirst()
                .map(FileKind::of)
                .orElse(UNKNOWN);
    }

    /** By the names of its first members. */
    private static FileKind zip(String text) {
        if (text.contains("data.pkl")) {
            return new FileKind("a PyTorch file (a zip archive)", FileSignature.TORCH_ADVICE);
        }
        if (text.contains(".npy")) {
            return NPZ;
        }
        if (text.contains("model.weights.h5")) {
            return new FileKind(
                    "a Keras model (.keras, a zip archive)", "Keras 3 reads it: keras.models.load_model(…)");
        }
        return text.startsWith("META-INF/", 30)
                ? new FileKind("a Java archive (jar, a zip archive)", "")
                : new FileKind("a zip archive", FileSignature.UNPACK);
    }

    private static FileKind binary(byte[] head, String text, long size) {
        ByteBuffer bytes = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
        if (head.length >= 12) {
            long first = bytes.getLong(0);
            if (text.charAt(8) == '{'
                    && "\"} ".indexOf(text.charAt(9)) >= 0
                    && first >= 2
                    && first <= size - Long.BYTES) {
                return SAFETENSORS;
            }
            if (MaskedCrc32c.of(bytes.duplicate().limit(8)) == bytes.getInt(8)) {
                return new FileKind("a TFRecord or event file", "it holds records or summaries, no variables");
            }
        }
        return isText(head) ? text(text) : first(FileSignature.MESSAGES, text);
    }

    private static boolean isText(byte[] head) {
        for (byte b : head) {
            boolean blank = b >= '\t' && b <= '\r';
            boolean escape = b == 0x1b;
            if ((b >= 0 && b < ' ' && !blank && !escape) || b == 0x7f) {
                return false;
            }
        }
        String text = TensorNames.decode(head);
        // The last character may be cut off.
        return TensorNames.isUtf8(text.substring(0, Math.max(0, text.length() - 3)));
    }

    private static FileKind text(String text) {
        String start = text.stripLeading().toLowerCase(Locale.ROOT);
        start = start.startsWith("\u00ef\u00bb\u00bf") ? start.substring(3).stripLeading() : start;
        if (start.startsWith("<!doctype html") || start.startsWith("<html") || start.startsWith("<head")) {
            return new FileKind("a web page (HTML)", SAVED_PAGE);
        }
        if (XML.matcher(start).lookingAt()) {
            return new FileKind("an XML document", SAVED_PAGE);
        }
        if (TEXT_GRAPH.matcher(start).lookingAt()) {
            return of(FileSignature.GRAPH);
        }
        if (start.startsWith("model_checkpoint_path") || start.startsWith("all_model_checkpoint_paths")) {
            return STATE;
        }
        if (JSON.matcher(start).lookingAt()) {
            return new FileKind("a JSON document", "");
        }
        return start.startsWith("#!") ? SCRIPT : TEXT;
    }
}
