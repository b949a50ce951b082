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
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tfckpt.Checkpoint;
import org.tfckpt.format.bundle.BundlePrefix;
import org.tfckpt.io.Channels;

/** Finds checkpoints by their files, in a directory and all below it. */
public final class CheckpointSearch extends SimpleFileVisitor<Path> {
    private static final String INDEX = ".index";
    private static final Pattern SHARD_OF_V1 = Pattern.compile("(?s)(.*)-[0-9]{5}-of-([0-9]{5})");
    /** Tables of LevelDB, the database, end in the same way as checkpoints. */
    private static final Pattern DATABASE = Pattern.compile("(?s).*\\.(?:ldb|sst)");

    private static final long MAGIC = 0xdb4775248b80fb57L;

    private final Set<Path> found = new TreeSet<>();
    private final Consumer<IOException> unreadable;

    private CheckpointSearch(Consumer<IOException> unreadable) {
        this.unreadable = unreadable;
    }

    /**
     * Lists every checkpoint in a directory and all below it; links to directories are not followed.
     *
     * <p>A checkpoint of V2 is there if its index or one of its data files is; opening tells if the other is missing. One
     * of V1 is any other file that ends like a table; a sharded set of them counts once.
     *
     * @param directory where to look
     * @param unreadable told of each directory and file that cannot be read
     * @return what {@link Checkpoint#open} takes, in the order of their names
     * @throws IOException if the directory itself cannot be read
     */
    public static List<Path> below(Path directory, Consumer<IOException> unreadable) throws IOException {
        CheckpointSearch search = new CheckpointSearch(unreadable);
        Files.walkFileTree(directory, search);
        return List.copyOf(search.found);
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
        try {
            String name = file.getFileName().toString();
            String base = BundlePrefix.baseOf(name);
            if (!base.equals(name)) {
                // Of files that have no name before the dot the index itself stands for the prefix.
                found.add(file.resolveSibling(base.isEmpty() ? INDEX : base));
            } else if (!DATABASE.matcher(name).matches() && endsLikeTable(file)) {
                Matcher shard = SHARD_OF_V1.matcher(name);
                found.add(shard.matches() ? file.resolveSibling(shard.group(1) + "-?????-of-" + shard.group(2)) : file);
            }
        } catch (IOException e) {
            unreadable.accept(e);
        }
        return FileVisitResult.CONTINUE;
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

    @Override
    public FileVisitResult visitFileFailed(Path file, IOException e) {
        unreadable.accept(e);
        return FileVisitResult.CONTINUE;
    }
}
