package org.tfckpt.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.tfckpt.format.bundle.BundlePrefix;
import org.tfckpt.io.Directories;
import org.tfckpt.io.StorageFileSystem;

/**
 * The files of a checkpoint, found by their names.
 *
 * @param graph the {@code .meta} file that TensorFlow writes next to the checkpoint, if it exists
 * @param index the index file of a V2 checkpoint, if it exists
 * @param data the data files of a V2 checkpoint, including those that the index does not refer to; or the files of a V1
 *     checkpoint; sorted by name
 */
public record CheckpointFiles(Optional<Path> graph, Optional<Path> index, List<Path> data) {
    private static final Pattern V1_SET = Pattern.compile("(?s)(.*)(-[0-9?]+-of-[0-9?]+)");
    private static final Pattern V1_PATTERN = Pattern.compile("(?s)(.*)-[?]{5}-of-([0-9]{5})");
    private static final Pattern V1_SHARD = Pattern.compile("(?s)(.*)-[0-9]{5}-of-([0-9]{5})");

    /**
     * Makes an immutable copy of {@code data}.
     *
     * @param graph the {@code .meta} file
     * @param index the index file
     * @param data the data files
     */
    public CheckpointFiles {
        data = List.copyOf(data);
    }

    /**
     * Returns the prefix of the checkpoint of a step, as TensorFlow's {@code Saver} names it.
     *
     * @param path the common part of all checkpoints' names, for example {@code log/model.ckpt}
     * @param step the training step
     * @return for example {@code log/model.ckpt-5}
     */
    public static Path prefix(Path path, long step) {
        return named(path, "-" + step);
    }

    /**
     * Like {@link #prefix}, but with the step padded to eight digits, so that names sort by step.
     *
     * @param path the common part of all checkpoints' names
     * @param step the training step
     * @return for example {@code log/model.ckpt-00000005}
     */
    public static Path paddedPrefix(Path path, long step) {
        return named(path, String.format(Locale.ROOT, "-%08d", step));
    }

    private static Path named(Path path, String suffix) {
        BundlePrefix prefix = BundlePrefix.of(path);
        return prefix.directory().resolve(prefix.base() + suffix);
    }

    /**
     * Finds the files of a checkpoint. Names must match exactly: the files of {@code model.ckpt-10} do not belong to
     * {@code model.ckpt-1}.
     *
     * @param prefix the prefix of a V2 checkpoint; the file of a V1 checkpoint, or the pattern of a sharded one
     *     ({@code model.ckpt-?????-of-00002}). Other wildcards are taken literally
     * @return the files that exist, possibly none
     * @throws IOException if the directory cannot be listed
     */
    public static CheckpointFiles of(Path prefix) throws IOException {
        BundlePrefix bundle = BundlePrefix.of(prefix);
        Path graph = bundle.directory().resolve(CheckpointState.graphFile(bundle.base()));
        List<Path> data = bundleData(bundle);
        boolean v2 = Files.exists(bundle.index()) || !data.isEmpty();
        return new CheckpointFiles(existing(graph), existing(bundle.index()), v2 ? data : v1(prefix, bundle));
    }

    private static Optional<Path> existing(Path file) {
        return Files.isRegularFile(file) ? Optional.of(file) : Optional.empty();
    }

    private static List<Path> v1(Path file, BundlePrefix names) throws IOException {
        Matcher set = V1_SET.matcher(names.base());
        if (!names.base().contains("?") || !set.matches()) {
            return existing(file).stream().toList();
        }
        String base = set.group(1);
        FileGlob rest = new FileGlob(set.group(2));
        return files(names.directory(), name -> name.startsWith(base) && rest.matches(name.substring(base.length())));
    }

    static List<Path> bundleData(BundlePrefix prefix) throws IOException {
        return files(
                prefix.directory(),
                name -> name.startsWith(prefix.base() + ".data-")
                        && BundlePrefix.baseOf(name).equals(prefix.base()));
    }

    /** Returns the pattern of a sharded V1 checkpoint, if a file name can be that of one of its shards. */
    static Optional<String> v1Pattern(String fileName) {
        Matcher shard = V1_SHARD.matcher(fileName);
        return shard.matches() && BundlePrefix.baseOf(fileName).equals(fileName)
                ? Optional.of(shard.group(1) + "-?????-of-" + shard.group(2))
                : Optional.empty();
    }

    /** Returns the files that the pattern of a sharded V1 checkpoint stands for; empty if it is another pattern. */
    static List<Path> ofV1Pattern(Path pattern) {
        Matcher set = V1_PATTERN.matcher(String.valueOf(pattern.getFileName()));
        int count = set.matches() ? Integer.parseInt(set.group(2)) : 0;
        return IntStream.range(0, count)
                .mapToObj(i ->
                        pattern.resolveSibling(String.format(Locale.ROOT, "%s-%05d-of-%05d", set.group(1), i, count)))
                .toList();
    }

    private static List<Path> files(Path directory, Predicate<String> names) throws IOException {
        return list(directory, names).stream().filter(Files::isRegularFile).toList();
    }

    /** Returns the entries of a directory whose names match, sorted; none if it is not a directory. */
    static List<Path> list(Path directory, Predicate<String> names) throws IOException {
        boolean canBeListed = Files.isDirectory(directory.toAbsolutePath()) && !StorageFileSystem.isUnlisted(directory);
        return canBeListed ? Directories.list(directory, names) : List.of();
    }

    /**
     * {@return whether the checkpoint exists, by the rule of TensorFlow's {@code checkpoint_exists}: there is an index
     * or a V1 file; data files without their index do not count}
     */
    public boolean isCheckpoint() {
        return index.isPresent() || data.stream().anyMatch(file -> !isBundleData(file));
    }

    private static boolean isBundleData(Path file) {
        String name = String.valueOf(file.getFileName());
        return !BundlePrefix.baseOf(name).equals(name);
    }

    /**
     * {@return graph, index and data files, in the order in which to delete them} The index comes before the data
     * files, so that no reader finds a checkpoint with missing data.
     */
    public List<Path> all() {
        return Stream.of(graph.stream(), index.stream(), data.stream())
                .flatMap(files -> files)
                .toList();
    }
}
