package org.tfckpt.graph;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/** Names of graph files. */
final class GraphFiles {
    static final String META = ".meta";
    static final String SAVED_MODEL = "saved_model.pb";
    static final String SAVED_MODEL_TEXT = "saved_model.pbtxt";

    /** A SavedModel of more than 2 GiB, split into chunks. */
    static final String SAVED_MODEL_CHUNKS = "saved_model.cpb";

    /** The end of a V1 checkpoint's path that names its shards. */
    private static final Pattern SHARDS = Pattern.compile("-[0-9?]+-of-[0-9]+$");

    private GraphFiles() {}

    /** Returns the {@code .meta} file that TensorFlow writes for a checkpoint. */
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
