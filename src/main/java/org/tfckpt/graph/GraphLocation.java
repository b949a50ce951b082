package org.tfckpt.graph;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.files.CheckpointState;
import org.tfckpt.format.bundle.BundlePrefix;
import org.tfckpt.format.v1.V1Checkpoint;
import org.tfckpt.io.FileKind;
import org.tfckpt.io.StorageFileSystem;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.UnsupportedFormatException;

/** Finds and reads the graph that a path refers to: a file, that of a checkpoint, or else the checkpoint itself. */
final class GraphLocation {
    private GraphLocation() {}

    static GraphParts read(Path path, @Nullable Set<String> tags) throws IOException {
        boolean isDirectory = Files.isDirectory(path);
        if (isDirectory || (!Files.exists(path) && StorageFileSystem.isUnlisted(path))) {
            Path file = savedModel(path);
            GraphParts graph = file == null ? ofCheckpoint(path, tags) : readFile(file, tags);
            if (graph != null) {
                return graph;
            }
            StorageFileSystem.throwFailure(path);
            throw isDirectory ? notInDirectory(path) : notFound(path);
        }
        if (isStream(path)) {
            try (InputStream in = Files.newInputStream(path)) {
                return TextVariables.read(in, path, false);
            }
        }
        GraphParts graph = Files.exists(path) ? ofMessage(path, tags) : null;
        graph = graph == null ? ofCheckpoint(path, tags) : graph;

        if (graph != null) {
            return graph;
        }
        if (Files.exists(path)) {
            return TextVariables.of(path);
        }
        StorageFileSystem.throwFailure(path);
        throw notFound(path);
    }

    private static CheckpointException notFound(Path path) throws IOException {
        return new CheckpointException(
                "no graph found at '" + path + "'",
                GraphHints.instead(path, FileKind.UNKNOWN).withTensorFlow(path + "; No such file or directory"));
    }

    /** Returns whether a path is a pipe, as of the shell's {@code <(command)}: it can be read only once. */
    private static boolean isStream(Path path) throws IOException {
        return Files.exists(path)
                && Files.readAttributes(path, BasicFileAttributes.class).isOther();
    }

    /** Reads a file as a message; returns null if it is none. A text may only begin like one. */
    private static @Nullable GraphParts ofMessage(Path path, @Nullable Set<String> tags) throws IOException {
        try {
            return GraphReader.read(path, tags);
        } catch (CheckpointException e) {
            GraphParts text = TextVariables.find(path);
            if (text == null) {
                throw e;
            }
            return text;
        }
    }

    private static GraphParts readFile(Path file, @Nullable Set<String> tags) throws IOException {
        GraphParts graph = GraphReader.read(file, tags);
        if (graph == null) {
            throw GraphHints.notAGraph(file, FileKind.of(file));
        }
        return graph;
    }

    /** Reads the graph beside a checkpoint, or else the checkpoint; returns null if the path is not a checkpoint. */
    private static @Nullable GraphParts ofCheckpoint(Path path, @Nullable Set<String> tags) throws IOException {
        Path meta = metaBeside(path);
        if (meta != null) {
            return readMeta(meta, tags);
        }
        if (path.toString().endsWith(GraphFiles.META)) {
            return null;
        }
        GraphParts graph;
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            Path prefix = path.getFileSystem().getPath(checkpoint.prefix());
            meta = metaBeside(prefix);
            graph = meta == null ? CheckpointGraph.read(checkpoint, prefix) : null;
        } catch (CheckpointException e) {
            // The reason counts only if a checkpoint was meant.
            if (looksLikeCheckpoint(path)) {
                throw e;
            }
            return null;
        }
        if (meta != null) {
            return readMeta(meta, tags);
        }
        if (tags != null) {
            throw new CheckpointException(
                    "'" + path + "' is a checkpoint without a graph, so it has no tags", ErrorContext.NONE);
        }
        return graph;
    }

    private static @Nullable Path metaBeside(Path path) {
        String name = path.getFileName() == null ? "" : path.getFileName().toString();
        for (Path meta :
                new Path[] {GraphFiles.metaOf(path), GraphFiles.metaOf(path.resolveSibling(BundlePrefix.baseOf(name)))
                }) {
            if (Files.isRegularFile(meta)) {
                return meta;
            }
        }
        return null;
    }

    private static GraphParts readMeta(Path meta, @Nullable Set<String> tags) throws IOException {
        return readFile(meta, tags).withNote("the graph of the checkpoint is '" + meta + "'");
    }

    private static boolean looksLikeCheckpoint(Path path) throws IOException {
        if (!Files.isRegularFile(path)) {
            return Files.isRegularFile(path.resolve(CheckpointState.FILE_NAME))
                    || Files.exists(BundlePrefix.of(path).index());
        }
        String name = path.getFileName() == null ? "" : path.getFileName().toString();
        return !BundlePrefix.baseOf(name).equals(name)
                || V1Checkpoint.isV1(path)
                || Set.of(FileKind.TABLE, FileKind.STATE).contains(FileKind.of(path));
    }

    private static @Nullable Path savedModel(Path directory) throws IOException {
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
        return null;
    }

    private static CheckpointException notInDirectory(Path directory) throws IOException {
        FileKind kind = FileKind.ofDirectory(directory);
        return new CheckpointException(
                "the directory '" + directory + "' contains no " + GraphFiles.SAVED_MODEL + " or "
                        + GraphFiles.SAVED_MODEL_TEXT
                        + (kind.equals(FileKind.UNKNOWN) ? "" : "; it is " + kind.name()),
                GraphHints.instead(directory, kind));
    }
}
