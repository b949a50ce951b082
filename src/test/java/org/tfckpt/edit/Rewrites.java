package org.tfckpt.edit;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import org.tfckpt.Checkpoint;
import org.tfckpt.TensorDigest;
import org.tfckpt.tensor.NamePattern;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.testing.Corpus;

/** Helpers for tests of this package. */
final class Rewrites {
    static final Path STORY = Corpus.root().resolve("story");

    private Rewrites() {}

    /** Returns the digests of all tensors by name. */
    static Map<String, String> digests(Path path) throws IOException {
        Map<String, String> digests = new TreeMap<>();
        try (Checkpoint checkpoint = Checkpoint.open(path)) {
            for (TensorInfo info : checkpoint.tensors().toList()) {
                digests.put(info.name(), TensorDigest.sha256(checkpoint.tensor(info)));
            }
        }
        return digests;
    }

    /** Copies a checkpoint of the corpus, whose own files must not be linked. */
    static Path story(Path directory) throws IOException {
        return copy(STORY.resolve("log/model.ckpt-122543"), directory);
    }

    static Path copy(Path prefix, Path directory) throws IOException {
        Files.createDirectories(directory);
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(prefix.getParent(), prefix.getFileName() + "{,.*,-*}")) {
            for (Path file : files) {
                Files.copy(file, directory.resolve(file.getFileName()));
            }
        }
        return directory.resolve(prefix.getFileName());
    }

    static Object inode(Path prefix, String end) throws IOException {
        return Files.getAttribute(prefix.resolveSibling(prefix.getFileName() + end), "unix:ino");
    }

    static java.util.List<NamePattern> patterns(String... globs) {
        return java.util.Arrays.stream(globs).map(NamePattern::of).toList();
    }
}
