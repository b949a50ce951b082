package org.tfckpt.graph;

import java.nio.file.Files;
import java.nio.file.Path;
import org.tfckpt.files.CheckpointState;

/** Names of graph files. */
final class GraphFiles {
    static final String META = ".meta";
    static final String SAVED_MODEL = "saved_model.pb";
    static final String SAVED_MODEL_TEXT = "saved_model.pbtxt";

    /** A SavedModel of more than 2 GiB, split into chunks. */
    static final String SAVED_MODEL_CHUNKS = "saved_model.cpb";

    private GraphFiles() {}

    /** Returns the {@code .meta} file that TensorFlow writes for a checkpoint. */
    static Path metaOf(Path prefix) {
        Path name = prefix.getFileName();
        String text = name == null ? "" : name.toString();
        return prefix.resolveSibling(CheckpointState.graphFile(text));
    }

    static boolean isSavedModel(Path directory) {
        return Files.isRegularFile(directory.resolve(SAVED_MODEL))
                || Files.isRegularFile(directory.resolve(SAVED_MODEL_TEXT));
    }
}
