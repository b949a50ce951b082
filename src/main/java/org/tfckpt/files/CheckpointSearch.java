package org.tfckpt.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tfckpt.format.bundle.BundlePrefix;
import org.tfckpt.io.Channels;
import org.tfckpt.io.FileKind;
import org.tfckpt.io.StorageFileSystem;

/** Finds the checkpoints in a directory tree by their files. */
public final class CheckpointSearch {
    private static final String INDEX = ".index";

    /** LevelDB's own tables, which have the same format as V1 checkpoints. */
    private static final Pattern DATABASE = Pattern.compile("(?s).*\\.(?:ldb|sst)");

    private static final Pattern STEP =
            Pattern.compile("-([0-9]{1,18})(?:-[?]{5}-of-[0-9]{5}|[.]safetensors|[.]np[yz])?$");

    private final Path root;
    private final Set<Path> found = new TreeSet<>();
    private final SortedMap<Path, List<Path>> interrupted = new TreeMap<>();
    private final Consumer<IOException> unreadable;

    private CheckpointSearch(Path root, Consumer<IOException> unreadable) {
        this.root = root;
        this.unreadable = unreadable;
    }

    /**
     * What a directory tree contains.
     *
     * @param checkpoints paths that {@code Checkpoint.open} accepts, sorted
     * @param interrupted the saves that did not finish, sorted
     */
    public record Found(List<Path> checkpoints, List<InterruptedSave> interrupted) {
        /**
         * Makes immutable copies of the lists.
         *
         * @param checkpoints the checkpoints
         * @param interrupted the interrupted saves
         */
        public Found {
            checkpoints = List.copyOf(checkpoints);
            interrupted = List.copyOf(interrupted);
        }
    }

    /**
     * Lists all checkpoints in a directory and its subdirectories. Links to directories are not followed.
     *
     * <p>A V2 checkpoint is listed if its index or one of its data files exists. Every other file that ends like a
     * table is listed as a V1 checkpoint; the files of a sharded V1 checkpoint are listed once, as their pattern. Parts of an
     * interrupted save, and what macOS adds to archives ({@code __MACOSX}, files whose names begin with {@code ._}), do not
     * count as checkpoints. Files of safetensors and NumPy are listed by their names, a sharded set by its index.
     *
     * @param directory the directory
     * @param unreadable called with an exception for each directory or file that cannot be read
     * @return paths that {@code Checkpoint.open} accepts, sorted
     * @throws IOException if reading the entries of a directory fails after it was opened
     */
    public static List<Path> below(Path directory, Consumer<IOException> unreadable) throws IOException {
        return search(directory, unreadable).checkpoints();
    }

    /**
     * Lists all checkpoints as {@link #below} does, and the saves that were interrupted.
     *
     * @param directory the directory
     * @param unreadable called with an exception for each directory or file that cannot be read
     * @return what was found
     * @throws IOException if the directory itself cannot be read
     */
    public static Found search(Path directory, Consumer<IOException> unreadable) throws IOException {
        CheckpointSearch search = new CheckpointSearch(directory, unreadable);
        if (StorageFileSystem.isRemote(directory)) {
            search.walk(directory);
        } else {
            Files.walkFileTree(directory, search.new Visitor());
        }
        return search.found();
    }

    /**
     * Lists the checkpoints that some files belong to, without searching directories.
     *
     * @param files the files, which exist
     * @param unreadable called with an exception for each file that cannot be read
     * @return what was found
     */
    public static Found among(Collection<Path> files, Consumer<IOException> unreadable) {
        CheckpointSearch search = new CheckpointSearch(Path.of(""), unreadable);
        files.forEach(search::add);
        return search.found();
    }

    private Found found() {
        List<InterruptedSave> saves = new ArrayList<>();
        interrupted.forEach((prefix, files) -> saves.add(new InterruptedSave(prefix, files)));
        return new Found(List.copyOf(found), saves);
    }

    /** Lists directories of a storage, where asking for the attributes of each file would read from it. */
    private void walk(Path top) throws IOException {
        Deque<Path> directories = new ArrayDeque<>(List.of(top));
        while (!directories.isEmpty()) {
            Path directory = directories.remove();
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
                for (Path entry : entries) {
                    if (!StorageFileSystem.isKnownDirectory(entry)) {
                        add(entry);
                    } else if (!isOfMacOs(entry.getFileName().toString())) {
                        directories.add(entry);
                    }
                }
            } catch (IOException e) {
                if (directory.equals(top)) {
                    throw e;
                }
                unreadable.accept(e);
            }
        }
    }

    /**
     * Lists the checkpoints in a directory, without its subdirectories, that exist by TensorFlow's rule, and the files of
     * safetensors and NumPy.
     *
     * @param directory the directory
     * @return paths that {@code Checkpoint.open} accepts: those without a step in their names, then the others by step
     * @throws IOException if the directory cannot be read
     * @see CheckpointFiles#isCheckpoint
     */
    public static List<Path> in(Path directory) throws IOException {
        CheckpointSearch search = new CheckpointSearch(directory, unreadable -> {});
        Files.walkFileTree(directory, Set.of(), 1, search.new Visitor());
        List<Path> checkpoints = new ArrayList<>();
        for (Path path : search.found) {
            if (Files.exists(path) || CheckpointFiles.of(path).isCheckpoint()) {
                checkpoints.add(path);
            }
        }
        checkpoints.sort(Comparator.comparingLong(CheckpointSearch::step));
        return checkpoints;
    }

    private static long step(Path checkpoint) {
        Matcher step = STEP.matcher(String.valueOf(checkpoint.getFileName()));
        return step.find() ? Long.parseLong(step.group(1)) : -1;
    }

    /** Returns whether a file or directory was added to an archive by macOS. */
    static boolean isOfMacOs(String name) {
        return name.startsWith("._") || name.equals("__MACOSX");
    }

    private final class Visitor extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            return isOfMacOs(String.valueOf(directory.getFileName())) && !directory.equals(root)
                    ? FileVisitResult.SKIP_SUBTREE
                    : FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            add(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) {
            unreadable.accept(e);
            return FileVisitResult.CONTINUE;
        }
    }

    /** Adds the checkpoint that a file belongs to, if it belongs to one. */
    private void add(Path file) {
        try {
            String name = file.getFileName().toString();
            String base = BundlePrefix.baseOf(name);
            Optional<Path> save = InterruptedSave.prefixOf(file);
            if (isOfMacOs(name)) {
                return;
            }
            if (save.isPresent()) {
                interrupted
                        .computeIfAbsent(save.get(), prefix -> new ArrayList<>())
                        .add(file);
            } else if (!base.equals(name)) {
                // A prefix with an empty name is listed as its index file.
                found.add(file.resolveSibling(base.isEmpty() ? INDEX : base));
            } else if (ArrayFiles.isWhole(file)) {
                found.add(file);
            } else if (!DATABASE.matcher(name).matches() && endsLikeTable(file)) {
                found.add(CheckpointFiles.v1Pattern(name)
                        .map(file::resolveSibling)
                        .orElse(file));
            }
        } catch (IOException e) {
            unreadable.accept(e);
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
                    && end.getLong(0) == FileKind.TABLE_MAGIC;
        }
    }
}
