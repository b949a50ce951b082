package org.tfckpt.graph;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** What the files of graphs are called. */
final class GraphFiles {
    static final String META = ".meta";
    static final String SAVED_MODEL = "saved_model.pb";
    static final String SAVED_MODEL_TEXT = "saved_model.pbtxt";

    /** A SavedModel beyond 2 GiB, in chunks. */
    static final String SAVED_MODEL_CHUNKS = "saved_model.cpb";

    /** What names the shards of a V1 checkpoint, behind its prefix. */
    private static final Pattern SHARDS = Pattern.compile("-[0-9?]+-of-[0-9]+$");

    private GraphFiles() {}

    /** The {@code .meta} file of a checkpoint, as TensorFlow makes it of the checkpoint's name. */
    static Path metaOf(Path prefix) {
        Path name = prefix.getFileName();
        String text = name == null ? "" : name.toString();
        return prefix.resolveSibling(SHARDS.matcher(text).replaceFirst("") + META);
    }

    static boolean isSavedModel(Path directory) {
        return Files.isRegularFile(directory.resolve(SAVED_MODEL))
                || Files.isRegularFile(directory.resolve(SAVED_MODEL_TEXT));
    }
}
