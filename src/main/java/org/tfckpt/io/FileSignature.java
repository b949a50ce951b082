package org.tfckpt.io;

import java.util.List;
import java.util.regex.Pattern;

/**
 * What the first bytes of a file of a certain kind look like.
 *
 * <p>Data files of checkpoints begin with arbitrary bytes, so a signature should not match by chance: at least three
 * bytes are fixed.
 *
 * @param start matches the beginning of the file, one character per byte (ISO 8859-1)
 * @param name completes "the file is …"
 * @param advice what to do, as an imperative clause; empty if there is no general advice
 */
record FileSignature(Pattern start, String name, String advice) {
    static final String UNPACK = "unpack it and use the files in it";
    static final String TORCH_ADVICE = "convert it with two lines of Python, 'import torch, safetensors.torch' and"
            + " 'safetensors.torch.save_file({k: v.clone().contiguous() for k, v in torch.load(\"FILE\","
            + " map_location=\"cpu\", weights_only=True).items()},"
            + " \"FILE.safetensors\")'";

    /** What to do with a file that is read like a checkpoint. */
    static final String AS_CHECKPOINT = "use it as CHECKPOINT";

    static final FileSignature NPY = of("\\x93NUMPY", "a NumPy array (npy)", AS_CHECKPOINT);

    private static final String PICKLE = "a Python pickle";
    private static final String PICKLE_ADVICE = "load it in Python and save its arrays in another format";
    private static final String CONVERTED_FROM = "use the checkpoint that the model was converted from";
    private static final String LENGTH = "[\\x80-\\xff]{0,4}[\\x00-\\x7f]";
    private static final String SHORT_NAME = "\n[\\x01-\\xff]\\x01?[\\x20-\\x7e]{1,512}";
    private static final String OP = "[\\x01-\\x7f][A-Z_][A-Za-z0-9_.>-]{0,126}";

    /** Formats that have a signature, most frequent first. */
    static final List<FileSignature> FIXED = List.of(
            of("version https://git-lfs", "a Git LFS pointer", "run 'git lfs pull' in its repository to get the file"),
            of("\\x89HDF\r\n\\x1a\n", "an HDF5 file", "Keras reads it: model.load_weights(…) in Python"),
            of("\\x80\\x02\\x8a\nl\\xfc\\x9cF\\xf9 j\\xa8P\\x19", "a PyTorch file", TORCH_ADVICE),
            of(".{4}TFL3", "a TensorFlow Lite model", CONVERTED_FROM),
            NPY,
            of("\\x1f\\x8b\\x08", "a gzip archive", UNPACK),
            of("BZh[1-9](?:1AY|\\x17rE8)", "a bzip2 archive", UNPACK),
            of("\\xfd7zXZ\\x00", "an xz archive", UNPACK),
            of("\\(\\xb5/\\xfd", "a Zstandard archive", UNPACK),
            of("\\x04\"M\\x18", "an LZ4 archive", UNPACK),
            of("LZIP\\x01", "an lzip archive", UNPACK),
            of("7z\\xbc\\xaf'\\x1c", "a 7z archive", UNPACK),
            of("Rar!\\x1a", "a RAR archive", UNPACK),
            of(".{257}ustar", "a tar archive", UNPACK),
            of("0707(?:01|02|07)[0-9A-Fa-f]{6}", "a cpio archive", UNPACK),
            of("!<arch>\n", "an ar archive (a library or a Debian package)", UNPACK),
            of("\\xed\\xab\\xee\\xdb", "an RPM package", UNPACK),
            of(
                    "\\x00\\x05\\x16\\x07\\x00",
                    "an AppleDouble file of macOS",
                    "use the file whose name has no '._' in front"),
            of("GGUF", "a GGUF model"),
            of("PAR1", "a Parquet file"),
            of("ARROW1", "an Arrow file"),
            of("Obj\\x01", "an Avro file"),
            of("ORC[\\x00-\\x1f]", "an ORC file"),
            of("CDF[\\x01\\x02\\x05]", "a NetCDF file"),
            of("\\x0c\\xdb:\\*", "part of an Orbax checkpoint (JAX, Flax)", "read it with Orbax in Python"),
            of("MATLAB [57]\\.", "a MATLAB file"),
            of("SQLite format 3\\x00", "an SQLite database"),
            of(".{12}(?:b1\\x05\\x00|a\\x15\\x06\\x00|\\x00\\x051b|\\x00\\x06\\x15a)", "a Berkeley DB database"),
            of("[\\xcd-\\xcf]\\x9aW\\x13", "a GDBM database"),
            of("\\x89PNG\r\n\\x1a\n", "a PNG image"),
            of("\\xff\\xd8\\xff[\\xc0-\\xfe]", "a JPEG image"),
            of("GIF8[79]a", "a GIF image"),
            of("(?:II\\*\\x00|MM\\x00\\*)", "a TIFF image"),
            of(
                    "\\x00\\x00\\x01\\x00[\\x01-\\x1f]\\x00.{3}\\x00[\\x00\\x01]\\x00[\\x00\\x01\\x04\\x08\\x18\\x20]\\x00.{7}\\x00",
                    "an icon (ICO)"),
            of("RIFF.{4}[A-Z]", "a RIFF file (an image, audio or video)"),
            of(".{4}ftyp", "an MP4 media file"),
            of("\\x1aE\\xdf\\xa3", "a Matroska or WebM video"),
            of("OggS\\x00", "an Ogg media file"),
            of("fLaC\\x00", "a FLAC audio file"),
            of("ID3[\\x02-\\x04]", "an MP3 audio file"),
            of("%PDF-", "a PDF document"),
            of("\\xd0\\xcf\\x11\\xe0\\xa1\\xb1", "a Microsoft Office document"),
            of("(?:\\x00\\x01\\x00\\x00\\x00[\\x01-\\x40].{6}[A-Z][A-Za-z0-9/]{3}|OTTO\\x00|wOF[F2])", "a font"),
            of("\\x7fELF", "an ELF program or library"),
            of("MZ.{62,2000}PE\\x00\\x00", "a Windows program or library"),
            of("\\xca\\xfe\\xba\\xbe\\x00", "a Java class file"),
            of("\\xda\\xda\\xfe\\xca", "a Java runtime image (jimage)"),
            of("JM\\x01\\x00PK", "a Java module (jmod)", UNPACK),
            of("\\xa2[\\xab\\xba]\\x0b\\xf0", "an archive of Java classes (CDS)"),
            of("FLR\\x00", "a recording of Java Flight Recorder"),
            of("BC\\xc0\\xde", "LLVM bitcode"),
            of("\\xac\\xed\\x00\\x05", "serialized Java objects"),
            of("[\\xce\\xcf]\\xfa\\xed\\xfe", "a macOS program or library"),
            of("\\x00asm", "a WebAssembly module"),
            of("(?:.\r|\\x03\\xf3)\r\n", "compiled Python code (pyc)"),
            of("(?:\\xde\\x12\\x04\\x95|\\x95\\x04\\x12\\xde)[\\x00\\x01]", "a message catalogue (gettext)"),
            of("TZif[\\x000-9]", "time zone data"),
            of("PACK\\x00\\x00\\x00\\x02", "a Git pack file"),
            of("\\xfftOc\\x00\\x00\\x00\\x02", "the index of a Git pack file"),
            of("DIRC\\x00\\x00\\x00[\\x02-\\x04]", "the index of a Git working copy"),
            of("hsqs", "a SquashFS image"),
            of("LPKSHHRH", "a systemd journal"),
            of("(?:ld\\.so-1\\.7|glibc-ld\\.so\\.cache)", "the linker's cache of libraries"),
            of("(?:\\x1a\\x01|\\x1e\\x02).{10}[\\x20-\\x7e]{4}", "a terminal description (terminfo)"),
            of(
                    "(?:\\xff\\xfe[\\x09-\\x7e]\\x00|\\xfe\\xff\\x00[\\x09-\\x7e])",
                    "a text file in UTF-16",
                    "save it in UTF-8"),
            of("\\x80[\\x02\\x03](?:[}\\])]q|c[A-Za-z_]|[(XUKMJNG\\x8a])", PICKLE, PICKLE_ADVICE),
            of("\\x80[\\x04\\x05](?:\\x95.{6}\\x00\\x00|[KMJNG\\x8c])", PICKLE, PICKLE_ADVICE));

    /** Messages of protobuf and MessagePack have no signatures, but their first fields are typical. */
    static final FileSignature SAVED_MODEL = graph("\\x08\\x01\\x12" + LENGTH + "\n", "a TensorFlow SavedModel");

    /** {@code GraphDef.node}, which begins with its name and op. */
    static final FileSignature GRAPH = graph("\n" + LENGTH + SHORT_NAME + "\\x12" + OP, "a TensorFlow graph");

    /** {@code MetaGraphDef.meta_info_def}, which begins with the ops, each with its name. */
    private static final FileSignature META_GRAPH =
            graph("\n" + LENGTH + "(?:" + SHORT_NAME + ")?\\x12" + LENGTH + "\n" + LENGTH + "\n" + OP, GRAPH.name);

    static final FileSignature ONNX =
            of("\\x08[\\x02-\\x1f]\\x12[\\x01-\\x7f][A-Za-z]", "an ONNX model", CONVERTED_FROM);

    static final List<FileSignature> MESSAGES = List.of(
            SAVED_MODEL,
            GRAPH,
            META_GRAPH,
            ONNX,
            of(
                    "[\\x81-\\x8f][\\xa4-\\xbf][A-Za-z_][A-Za-z0-9_./-]{3}",
                    "a MessagePack file (Flax writes such files)", "read it with flax.serialization in Python"));

    private static FileSignature graph(String start, String name) {
        return of(start, name, "use it as GRAPH; the checkpoint is in other files");
    }

    private static FileSignature of(String start, String name) {
        return of(start, name, "");
    }

    private static FileSignature of(String start, String name, String advice) {
        return new FileSignature(Pattern.compile(start, Pattern.DOTALL), name, advice);
    }

    boolean matches(String head) {
        return start.matcher(head).lookingAt();
    }
}
