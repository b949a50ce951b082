package org.tfckpt.files;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.tfckpt.format.bundle.BundlePrefix;

/**
 * The files that a checkpoint is made of, found by their names alone.
 *
 * @param graph the {@code .meta} file that TensorFlow puts beside the checkpoint; if there is one
 * @param index of a V2 checkpoint its index, if there is one
 * @param data of a V2 checkpoint the data files, whether or not the index refers to them; of V1 its files; by name
 */
public record CheckpointFiles(Optional<Path> graph, Optional<Path> index, List<Path> data) {
    private static final Pattern V1_SHARDS = Pattern.compile("(?s)(.*)(-[0-9?]+-of-[0-9?]+)");

    /**
     * The same with a list that nobody else can change.
     *
     * @param graph the graph, if there is one
     * @param index the index, if there is one
     * @param data what has the values
     */
    public CheckpointFiles {
        data = List.copyOf(data);
    }

    /**
     * What to call the checkpoint of a step, as TensorFlow's {@code Saver} does.
     *
     * @param path what every checkpoint's name begins with: {@code log/model.ckpt}
     * @param step how far the training is
     * @return for example {@code log/model.ckpt-5}
     */
    public static Path prefix(Path path, long step) {
        return named(path, "-" + step);
    }

    /**
     * The same with the step in eight digits at least, so that names sort as their steps do.
     *
     * @param path what every checkpoint's name begins with
     * @param step how far the training is
     * @return for example {@code log/model.ckpt-00000005}
     */
    public static Path paddedPrefix(Path path, long step) {
        return named(path, String.format(Locale.ROOT, "-%08d", step));
    }

    private static Path named(Path path, String end) {
        BundlePrefix prefix = BundlePrefix.of(path);
        return prefix.directory().resolve(prefix.base() + end);
    }

    /**
     * Finds the files of a checkpoint. Only those whose names are exactly such: {@code model.ckpt-1} has no part in those of
     * {@code model.ckpt-10}.
     *
     * @param prefix of V2, what the names begin with; of V1 the file, or the pattern of a sharded set
     *     ({@code model.ckpt-?????-of-00002}). Other wildcards stand for themselves
     * @return what is there of it; nothing at all, perhaps
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
        Matcher shards = V1_SHARDS.matcher(names.base());
        if (!names.base().contains("?") || !shards.matches()) {
            return existing(file).stream().toList();
        }
        String base = shards.group(1);
        FileGlob rest = new FileGlob(shards.group(2));
        return matching(
                names.directory(), name -> name.startsWith(base) && rest.matches(name.substring(base.length())));
    }

    private static List<Path> bundleData(BundlePrefix prefix) throws IOException {
        return matching(
                prefix.directory(),
                name -> name.startsWith(prefix.base() + ".data-")
                        && BundlePrefix.baseOf(name).equals(prefix.base()));
    }

    private static List<Path> matching(Path directory, Predicate<String> names) throws IOException {
        List<Path> found = new ArrayList<>();
        // The empty path is a directory, but it has no entries of its own to list.
        Path listed = directory.toString().isEmpty() ? directory.toAbsolutePath() : directory;
        if (Files.isDirectory(listed)) {
            try (DirectoryStream<Path> files = Files.newDirectoryStream(
                    listed, file -> names.test(String.valueOf(file.getFileName())) && Files.isRegularFile(file))) {
                files.forEach(file -> found.add(directory.resolve(file.getFileName())));
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            }
        }
        found.sort(null);
        return found;
    }

    /**
     * Whether there is a checkpoint, as TensorFlow's {@code checkpoint_exists} says.
     *
     * @return true for an index, or a file of V1; data files without their index are none
     */
    public boolean isCheckpoint() {
        return index.isPresent() || data.stream().anyMatch(file -> !isBundleData(file));
    }

    private static boolean isBundleData(Path file) {
        String name = String.valueOf(file.getFileName());
        return !BundlePrefix.baseOf(name).equals(name);
    }

    /**
     * All of them, in the order in which to delete them: without its index a checkpoint is none, so that no reader finds
     * one that is half there.
     *
     * @return graph, index, data
     */
    public List<Path> all() {
        return Stream.of(graph.stream(), index.stream(), data.stream())
                .flatMap(files -> files)
                .toList();
    }
}
