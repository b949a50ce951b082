package org.tfckpt.graph;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.UnsupportedFormatException;

/** From whatever a person has at hand to the file of the graph meant. */
final class GraphLocation {
    static final String META = ".meta";
    static final String SAVED_MODEL = "saved_model.pb";
    static final String SAVED_MODEL_TEXT = "saved_model.pbtxt";

    /** A SavedModel beyond 2 GiB, in pieces. */
    private static final String SAVED_MODEL_CHUNKS = "saved_model.cpb";

    /** What names the shards of a V1 checkpoint, behind its prefix. */
    private static final Pattern SHARDS = Pattern.compile("-[0-9?]+-of-[0-9]+$");

    private GraphLocation() {}

    static Graph open(Path path, @Nullable Set<String> tags) throws IOException {
        if (Files.isDirectory(path)) {
            return read(inDirectory(path), tags);
        }
        Path meta = metaOf(path);
        if (Files.exists(path)) {
            Graph graph = GraphReader.read(path, tags);
            // A V1 checkpoint is a file of its prefix's very name.
            return graph == null ? read(Files.isRegularFile(meta) ? meta : path, tags) : graph;
        }
        if (Files.isRegularFile(meta)) {
            return read(meta, tags);
        }
        throw new CheckpointException(path + "; No such file or directory", GraphHints.instead(path));
    }

    private static Graph read(Path file, @Nullable Set<String> tags) throws IOException {
        Graph graph = GraphReader.read(file, tags);
        if (graph == null) {
            throw new UnsupportedFormatException("Not a TensorFlow graph: " + file, GraphHints.instead(file));
        }
        return graph;
    }

    private static Path inDirectory(Path directory) throws IOException {
        for (String name : new String[] {SAVED_MODEL, SAVED_MODEL_TEXT}) {
            if (Files.isRegularFile(directory.resolve(name))) {
                return directory.resolve(name);
            }
        }
        if (Files.exists(directory.resolve(SAVED_MODEL_CHUNKS))) {
            throw new UnsupportedFormatException(
                    "SavedModels in chunks are not read",
                    ErrorContext.at(directory.resolve(SAVED_MODEL_CHUNKS).toString(), -1));
        }
        throw new CheckpointException(
                "No " + SAVED_MODEL + " and no " + SAVED_MODEL_TEXT + " in the directory " + directory,
                GraphHints.instead(directory));
    }

    /** The {@code .meta} file of a checkpoint, as TensorFlow makes it of the checkpoint's name. */
    static Path metaOf(Path prefix) {
        Path name = prefix.getFileName();
        String text = name == null ? "" : name.toString();
        return prefix.resolveSibling(SHARDS.matcher(text).replaceFirst("") + META);
    }
}
