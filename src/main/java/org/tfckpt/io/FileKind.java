package org.tfckpt.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
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

    /** Enough for the names of the first members of an archive. */
    private static final int HEAD = 4096;

    private static final String UNPACK = "unpack it and use the files in it";
    private static final String SAVED_PAGE = "download the file itself, not the page about it";
    private static final FileKind TORCH =
            new FileKind("a PyTorch file", "load it with torch.load in Python and save its tensors in another format");
    private static final FileKind NPZ = new FileKind("a NumPy archive (npz)", "");

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
            return of(in.readNBytes(HEAD), Files.size(file));
        }
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
        return isText(head) ? text(text) : UNKNOWN;
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
        if (start.startsWith("{") || start.startsWith("[")) {
            return new FileKind("a JSON document", "");
        }
        return new FileKind(start.startsWith("#!") ? "a script" : "a text file", "");
    }
}
