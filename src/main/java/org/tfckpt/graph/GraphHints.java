package org.tfckpt.graph;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.tfckpt.format.bundle.BundlePrefix;
import org.tfckpt.io.FileKind;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.UnsupportedFormatException;

/** Suggests a graph to open instead of a path that is not one. */
final class GraphHints {
    /** A SavedModel's checkpoint is {@code variables/variables}, two levels below its directory. */
    private static final int LEVELS = 2;

    private static final int MAX_SHOWN = 5;
    private static final int MAX_ENTRIES = 10_000;

    private GraphHints() {}

    /** Returns a hint for a path that is not a graph: a graph nearby, what to do with its kind, or what a graph is. */
    static ErrorContext instead(Path path, FileKind kind) throws IOException {
        String nearby = hint(path);
        String advice =
                kind.advice().isEmpty() ? "give a '.meta' file, a SavedModel directory or a GraphDef" : kind.advice();
        boolean ofCheckpoint = kind.equals(FileKind.TABLE) || kind.equals(FileKind.STATE);
        if (nearby.isEmpty() || kind.advice().isEmpty() || ofCheckpoint) {
            return ErrorContext.hint(nearby.isEmpty() ? advice : nearby);
        }
        return ErrorContext.hint(advice + "; " + nearby);
    }

    /** Returns the exception for a file that is not a graph. */
    static CheckpointException notAGraph(Path file, FileKind kind) throws IOException {
        return new UnsupportedFormatException(
                kind.insteadOf("'" + file + "'", "a TensorFlow graph"), instead(file, kind));
    }

    private static String hint(Path path) throws IOException {
        String name = path.getFileName() == null ? "" : path.getFileName().toString();
        boolean isMeta = name.endsWith(GraphFiles.META);
        Path above = path;
        for (int i = 0; i <= LEVELS; i++) {
            if (GraphFiles.isSavedModel(above)) {
                return "the SavedModel is '" + (above.toString().isEmpty() ? "." : above) + "'";
            }
            above = parentOf(above);
        }
        List<Path> others = others(Files.isDirectory(path) ? path : parentOf(path));
        others.remove(path);
        String found = others.isEmpty() ? "" : "there is " + quoted(others);
        Path checkpoint =
                path.resolveSibling(name.substring(0, name.length() - (isMeta ? GraphFiles.META.length() : 0)));
        if (isMeta
                && !Files.exists(path)
                && Files.exists(BundlePrefix.of(checkpoint).index())) {
            return "the checkpoint '" + checkpoint + "' has no graph beside it, but can be used as GRAPH itself"
                    + (found.isEmpty() ? "" : "; " + found);
        }
        return found;
    }

    private static Path parentOf(Path path) {
        Path parent = path.getParent();
        return parent == null ? path.resolveSibling("") : parent;
    }

    /** Returns the graphs in a directory: {@code .meta} files, and directories that are SavedModels. */
    private static List<Path> others(Path directory) {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            int count = 0;
            for (Path entry : entries) {
                if (entry.toString().endsWith(GraphFiles.META) || GraphFiles.isSavedModel(entry)) {
                    found.add(entry);
                }
                if (++count == MAX_ENTRIES) {
                    break;
                }
            }
        } catch (IOException | DirectoryIteratorException unreadable) {
            // A hint is optional.
            return new ArrayList<>();
        }
        found.sort(Comparator.naturalOrder());
        return found;
    }

    private static String quoted(List<Path> paths) {
        List<String> shown =
                paths.stream().limit(MAX_SHOWN).map(path -> "'" + path + "'").toList();
        return String.join(", ", shown) + (paths.size() > MAX_SHOWN ? ", …" : "");
    }
}
