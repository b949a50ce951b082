package org.tfckpt.graph;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.UnsupportedFormatException;

/** From whatever a person has at hand to the file of the graph meant. */
final class GraphLocation {
    private GraphLocation() {}

    static GraphParts read(Path path, @Nullable Set<String> tags) throws IOException {
        if (Files.isDirectory(path)) {
            return readFile(inDirectory(path), tags);
        }
        Path meta = GraphFiles.metaOf(path);
        if (Files.exists(path)) {
            GraphParts graph = GraphReader.read(path, tags);
            // A V1 checkpoint is a file of its prefix's very name.
            return graph == null ? readFile(Files.isRegularFile(meta) ? meta : path, tags) : graph;
        }
        if (Files.isRegularFile(meta)) {
            return readFile(meta, tags);
        }
        throw new CheckpointException(path + "; No such file or directory", GraphHints.instead(path));
    }

    private static GraphParts readFile(Path file, @Nullable Set<String> tags) throws IOException {
        GraphParts graph = GraphReader.read(file, tags);
        if (graph == null) {
            throw new UnsupportedFormatException("Not a TensorFlow graph: " + file, GraphHints.instead(file));
        }
        return graph;
    }

    private static Path inDirectory(Path directory) throws IOException {
        for (String name : new String[] {GraphFiles.SAVED_MODEL, GraphFiles.SAVED_MODEL_TEXT}) {
            if (Files.isRegularFile(directory.resolve(name))) {
                return directory.resolve(name);
            }
        }
        if (Files.exists(directory.resolve(GraphFiles.SAVED_MODEL_CHUNKS))) {
            throw new UnsupportedFormatException(
                    "SavedModels in chunks are not read",
                    ErrorContext.at(
                            directory.resolve(GraphFiles.SAVED_MODEL_CHUNKS).toString(), -1));
        }
        throw new CheckpointException(
                "No " + GraphFiles.SAVED_MODEL + " and no " + GraphFiles.SAVED_MODEL_TEXT + " in the directory "
                        + directory,
                GraphHints.instead(directory));
    }
}
