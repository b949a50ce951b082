package org.tfckpt.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.tfckpt.format.bundle.BundlePrefix;
import org.tfckpt.io.Channels;

/** Finds the checkpoints in a directory tree by their files. */
public final class CheckpointSearch {
    private static final String INDEX = ".index";

    /** LevelDB's own tables, which have the same format as V1 checkpoints. */
    private static final Pattern DATABASE = Pattern.compile("(?s).*\\.(?:ldb|sst)");

    /** The last eight bytes of a table; see https://github.com/google/leveldb/blob/main/doc/table_format.md. */
    private static final long MAGIC = 0xdb4775248b80fb57L;

    private final Set<Path> found = new TreeSet<>();
    private final Consumer<IOException> unreadable;

    private CheckpointSearch(Consumer<IOException> unreadable) {
        this.unreadable = unreadable;
    }

    /**
     * Lists all checkpoints in a directory and its subdirectories. Links to directories are not followed.
     *
     * <p>A V2 checkpoint is listed if its index or one of its data files exists. Every other file that ends like a
     * table is listed as a V1 checkpoint; the files of a sharded V1 checkpoint are listed once, as their pattern.
     *
     * @param directory the directory
     * @param unreadable called with an exception for each directory or file that cannot be read
     * @return paths that {@code Checkpoint.open} accepts, sorted
     * @throws IOException if reading the entries of a directory fails after it was opened
     */
    public static List<Path> below(Path directory, Consumer<IOException> unreadable) throws IOException {
        CheckpointSearch search = new CheckpointSearch(unreadable);
        Files.walkFileTree(directory, search.new Visitor());
        return List.copyOf(search.found);
    }

    private final class Visitor extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            try {
                String name = file.getFileName().toString();
                String base = BundlePrefix.baseOf(name);
                if (!base.equals(name)) {
                    // A prefix with an empty name is listed as its index file.
                    found.add(file.resolveSibling(base.isEmpty() ? INDEX : base));
                } else if (!DATABASE.matcher(name).matches() && endsLikeTable(file)) {
                    found.add(CheckpointFiles.v1Pattern(name)
                            .map(file::resolveSibling)
                            .orElse(file));
                }
            } catch (IOException e) {
                unreadable.accept(e);
            }
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) {
            unreadable.accept(e);
            return FileVisitResult.CONTINUE;
        }
    }

    private static boolean endsLikeTable(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        try (SeekableByteChannel channel = Files.newByteChannel(file)) {
            ByteBuffer end = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            return channel.size() >= end.capacity()
                    && Channels.fill(channel.position(channel.size() - end.capacity()), end)
                    && end.getLong(0) == MAGIC;
        }
    }
}
