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

    /** A state file, or the beginning of one. */
    public static final FileKind STATE = new FileKind("a checkpoint state file", "use it as CHECKPOINT");

    /** A model of ONNX. */
    public static final FileKind ONNX =
            new FileKind("an ONNX model", "use the checkpoint that the model was converted from");

    /** Enough for the names of the first members of an archive. */
    private static final int HEAD = 4096;

    private static final String UNPACK = "unpack it and use the files in it";
    private static final String SAVED_PAGE = "download the file itself, not the page about it";
    private static final FileKind TORCH =
            new FileKind("a PyTorch file", "load it with torch.load in Python and save its tensors in another format");
    private static final FileKind NPZ = new FileKind("a NumPy archive (npz)", "");

    private static final String AS_GRAPH = "use it as GRAPH; the checkpoint is in other files";
    private static final FileKind GRAPH = new FileKind("a TensorFlow graph", AS_GRAPH);
    private static final FileKind SAVED_MODEL = new FileKind("a TensorFlow SavedModel", AS_GRAPH);
    /** A file with the footer of a table. */
    public static final FileKind TABLE = new FileKind("the index or V1 file of a checkpoint", "use it as CHECKPOINT");

    /** The last eight bytes of a table; see https://github.com/google/leveldb/blob/main/doc/table_format.md. */
    public static final long TABLE_MAGIC = 0xdb4775248b80fb57L;

    private static final int TABLE_FOOTER = 48;

    /** The first field of a graph in text format. */
    private static final Pattern TEXT_GRAPH = Pattern.compile(
            "(?:node|library|versions|meta_info_def|graph_def|meta_graphs|saved_model_schema_version)\\s*[{:<]");

    private static final String LENGTH = "[\\x80-\\xff]{0,4}[\\x00-\\x7f]";
    private static final String SHORT_NAME = "\n[\\x01-\\xff]\\x01?[\\x20-\\x7e]{1,512}";
    private static final String OP = "[\\x01-\\x7f][A-Za-z0-9_.>-]{1,127}";

    /** {@code GraphDef.node}, which begins with its name and op. */
    private static final Pattern NODE = Pattern.compile("(?s)\n" + LENGTH + SHORT_NAME + "\\x12" + OP + ".*");

    /** {@code MetaGraphDef.meta_info_def}, which begins with the ops, each with its name. */
    private static final Pattern META = Pattern.compile(
            "(?s)\n" + LENGTH + "(?:" + SHORT_NAME + ")?\\x12" + LENGTH + "\n" + LENGTH + "\n" + OP + ".*");

    private static final Pattern SAVED = Pattern.compile("(?s)\\x08\\x01\\x12" + LENGTH + "\n.*");
    private static final Pattern MODEL = Pattern.compile("(?s)\\x08[\\x02-\\x1f]\\x12[\\x01-\\x7f][A-Za-z].*");
    private static final Pattern MESSAGE_PACK = Pattern.compile("(?s)[\\x81-\\x8f][\\xa1-\\xbf][A-Za-z_].*");

    /** Bytes at an offset, a char each (ISO 8859-1). */
    private record Signature(int offset, String bytes, FileKind kind) {}

    private static final List<Signature> SIGNATURES = List.of(
            at(
                    0,
                    "version https://git-lfs",
                    "a Git LFS pointer",
                    "run 'git lfs pull' in its repository to get the file"),
            at(0, "\u0089HDF\r\n\u001a\n", "an HDF5 file", "Keras reads it: model.load_weights(…) in Python"),
            new Signature(0, "\u0080\u0002\u008a\nl\u00fc\u009cF\u00f9 j\u00a8P\u0019", TORCH),
            at(4, "TFL3", "a TensorFlow Lite model", "use the checkpoint that the model was converted from"),
            at(0, "\u0093NUMPY", "a NumPy array (npy)", ""),
            at(0, "\u001f\u008b", "a gzip archive", UNPACK),
            at(0, "BZh", "a bzip2 archive", UNPACK),
            at(0, "\u00fd7zXZ\0", "an xz archive", UNPACK),
            at(0, "(\u00b5/\u00fd", "a Zstandard archive", UNPACK),
            at(0, "7z\u00bc\u00af'\u001c", "a 7z archive", UNPACK),
            at(0, "Rar!", "a RAR archive", UNPACK),
            at(257, "ustar", "a tar archive", UNPACK),
            at(0, "!<arch>\n", "an ar archive (a library or a Debian package)", UNPACK),
            at(
                    0,
                    "\0\u0005\u0016\u0007",
                    "an AppleDouble file of macOS",
                    "use the file whose name has no '._' in front"),
            at(0, "GGUF", "a GGUF model", ""),
            at(0, "PAR1", "a Parquet file", ""),
            at(0, "ARROW1", "an Arrow file", ""),
            at(0, "MATLAB 5.0", "a MATLAB file", ""),
            at(0, "SQLite format 3\0", "an SQLite database", ""),
            at(0, "\u0089PNG\r\n\u001a\n", "a PNG image", ""),
            at(0, "\u00ff\u00d8\u00ff", "a JPEG image", ""),
            at(0, "GIF8", "a GIF image", ""),
            at(0, "RIFF", "a RIFF file (an image, audio or video)", ""),
            at(4, "ftyp", "an MP4 media file", ""),
            at(0, "OggS", "an Ogg media file", ""),
            at(0, "%PDF-", "a PDF document", ""),
            at(0, "\u007fELF", "an ELF program or library", ""),
            at(0, "MZ", "a Windows program or library", ""),
            at(0, "\u00ca\u00fe\u00ba\u00be", "a Java class file", ""),
            at(0, "\u00cf\u00fa\u00ed\u00fe", "a macOS program or library", ""),
            at(0, "\0asm", "a WebAssembly module", ""));

    private static Signature at(int offset, String bytes, String name, String advice) {
        return new Signature(offset, bytes, new FileKind(name, advice));
    }

    /**
     * Reads the first bytes of a file and names what it is.
     *
     * @param file a regular file
     * @return its kind, {@link #UNKNOWN} if its first bytes are not known
     * @throws IOException if the file cannot be read
     */
    public static FileKind of(Path file) throws IOException {
        try (var in = Files.newInputStream(file)) {
            FileKind kind = of(in.readNBytes(HEAD), Files.size(file));
            if (!kind.equals(UNKNOWN)) {
                return kind;
            }
        }
        try (ByteSource source = ByteSources.channel(file)) {
            return endsLikeTable(source) ? TABLE : UNKNOWN;
        }
    }

    private static boolean endsLikeTable(ByteSource source) throws IOException {
        return source.size() >= TABLE_FOOTER
                && source.read(source.size() - Long.BYTES, Long.BYTES).getLong(0) == TABLE_MAGIC;
    }

    /**
     * Names what a directory is that contains no checkpoint of TensorFlow.
     *
     * @param directory a directory
     * @return its kind, {@link #UNKNOWN} if it has none of the known files
     */
    public static FileKind ofDirectory(Path directory) {
        for (String name : List.of("_CHECKPOINT_METADATA", "_METADATA", "manifest.ocdbt")) {
            if (Files.exists(directory.resolve(name))) {
                return new FileKind("an Orbax checkpoint (JAX, Flax)", "read it with Orbax in Python");
            }
        }
        for (String name : List.of("pytorch_model.bin", "model.safetensors", "model.safetensors.index.json")) {
            if (Files.exists(directory.resolve(name))) {
                return new FileKind("a model of Hugging Face Transformers", "its weights are in '" + name + "'");
            }
        }
        return UNKNOWN;
    }

    /**
     * Returns a message that names this kind.
     *
     * @param subject the quoted path of the file, or {@code the file}
     * @param wanted what the file should be, with article
     * @return for example {@code the file is not a TensorFlow graph but a zip archive}
     */
    public String insteadOf(String subject, String wanted) {
        return subject + " is not " + wanted + (equals(UNKNOWN) ? ", and its kind is not known" : " but " + name);
    }

    /**
     * Reads the first bytes of a source and names what it is.
     *
     * @param source an open source
     * @return its kind, {@link #UNKNOWN} if its first bytes are not known
     * @throws IOException if the source cannot be read
     */
    public static FileKind of(ByteSource source) throws IOException {
        byte[] head = new byte[(int) Math.min(HEAD, source.size())];
        source.readInto(0, ByteBuffer.wrap(head));
        return of(head, source.size());
    }

    static FileKind of(byte[] head, long size) {
        if (size == 0) {
            return new FileKind("empty", "copy or download it again");
        }
        String text = new String(head, StandardCharsets.ISO_8859_1);
        if (text.startsWith("PK\u0003\u0004") || text.startsWith("PK\u0005\u0006")) {
            return zip(text);
        }
        for (Signature signature : SIGNATURES) {
            if (text.startsWith(signature.bytes, signature.offset)) {
                return signature.kind;
            }
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

    /** By the names of its first members. */
    private static FileKind zip(String text) {
        if (text.contains("data.pkl")) {
            return new FileKind("a PyTorch file (a zip archive)", TORCH.advice);
        }
        if (text.contains(".npy")) {
            return NPZ;
        }
        if (text.contains("model.weights.h5")) {
            return new FileKind(
                    "a Keras model (.keras, a zip archive)", "Keras 3 reads it: keras.models.load_model(…)");
        }
        return new FileKind("a zip archive", UNPACK);
    }

    private static FileKind binary(byte[] head, String text, long size) {
        ByteBuffer bytes = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
        if (head.length >= 12) {
            long first = bytes.getLong(0);
            if (text.charAt(8) == '{' && first >= 2 && first <= size - Long.BYTES) {
                return new FileKind("a safetensors file", "");
            }
            if (MaskedCrc32c.of(bytes.duplicate().limit(8)) == bytes.getInt(8)) {
                return new FileKind("a TFRecord or event file", "it holds records or summaries, no variables");
            }
        }
        // Protocol 2 to 5, then a frame, a container or a global.
        if (head.length > 2 && head[0] == (byte) 0x80 && head[1] >= 2 && head[1] <= 5 && head[2] != 0) {
            return new FileKind("a Python pickle", "load it in Python and save its arrays in another format");
        }
        return isText(head) ? text(text) : message(text);
    }

    /** Messages of protobuf and MessagePack have no signatures; their first fields are typical. */
    private static FileKind message(String text) {
        if (SAVED.matcher(text).matches()) {
            return SAVED_MODEL;
        }
        if (NODE.matcher(text).matches() || META.matcher(text).matches()) {
            return GRAPH;
        }
        if (MODEL.matcher(text).matches()) {
            return ONNX;
        }
        return MESSAGE_PACK.matcher(text).matches()
                ? new FileKind(
                        "a MessagePack file (Flax writes such files)", "read it with flax.serialization in Python")
                : UNKNOWN;
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
        if (start.startsWith("<")) {
            return new FileKind("an XML document", SAVED_PAGE);
        }
        if (TEXT_GRAPH.matcher(start).lookingAt()) {
            return GRAPH;
        }
        if (start.startsWith("model_checkpoint_path")) {
            return STATE;
        }
        if (start.startsWith("{") || start.startsWith("[")) {
            return new FileKind("a JSON document", "");
        }
        return new FileKind(start.startsWith("#!") ? "a script" : "a text file", "");
    }
}
