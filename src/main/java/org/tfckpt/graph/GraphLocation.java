package org.tfckpt.graph;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tfckpt.io.FileKind;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.UnsupportedFormatException;

/** Finds and reads the file of the graph that a path refers to. */
final class GraphLocation {
    private GraphLocation() {}

    static GraphParts read(Path path, @Nullable Set<String> tags) throws IOException {
        if (Files.isDirectory(path)) {
            return readFile(inDirectory(path), tags);
        }
        Path meta = GraphFiles.metaOf(path);
        if (Files.exists(path)) {
            GraphParts graph = GraphReader.read(path, tags);
            // The file of a V1 checkpoint has the name of the prefix.
            return graph == null ? readFile(Files.isRegularFile(meta) ? meta : path, tags) : graph;
        }
        if (Files.isRegularFile(meta)) {
            return readFile(meta, tags);
        }
        throw new CheckpointException(
                "no graph found at '" + path + "'",
                GraphHints.instead(path, FileKind.UNKNOWN).withTensorFlow(path + "; No such file or directory"));
    }

    private static GraphParts readFile(Path file, @Nullable Set<String> tags) throws IOException {
        GraphParts graph = GraphReader.read(file, tags);
        if (graph == null) {
            FileKind kind = FileKind.of(file);
            throw new UnsupportedFormatException(
                    kind.insteadOf("'" + file + "'", "a TensorFlow graph"), GraphHints.instead(file, kind));
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
                    "a SavedModel split into chunks cannot be read",
                    ErrorContext.at(
                            directory.resolve(GraphFiles.SAVED_MODEL_CHUNKS).toString(), -1));
        }
        FileKind kind = FileKind.ofDirectory(directory);
        throw new CheckpointException(
                "the directory '" + directory + "' contains no " + GraphFiles.SAVED_MODEL + " or "
                        + GraphFiles.SAVED_MODEL_TEXT
                        + (kind.equals(FileKind.UNKNOWN) ? "" : "; it is " + kind.name()),
                GraphHints.instead(directory, kind));
    }
}
