package org.tfckpt.format.safetensors;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.IntFunction;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;
import org.tfckpt.format.Destination;
import org.tfckpt.io.Closeables;
import org.tfckpt.io.Directories;
import org.tfckpt.io.DurableFiles;
import org.tfckpt.io.NewFile;

/**
 * The files of a new safetensors file or set: {@code NAME.safetensors}, or {@code NAME-00001-of-00002.safetensors} and so
 * on and {@code NAME.safetensors.index.json}. Files get their names when all are complete.
 *
 * <p>A single file replaces an old one in one step. The files of a set get their names first, and the index last. If an
 * old index may refer to their names, no order of renames is safe; an index then serves as a bridge that refers to the
 * new files by other names, as for V2 checkpoints.
 */
final class FileSet implements Closeable {
    private static final String SUFFIX = ".safetensors";

    private final Path target;
    private final String base;
    private final int count;
    private final boolean overwrite;
    private final List<NewFile> files = new ArrayList<>();

    FileSet(Path target, int count, boolean overwrite) {
        this.overwrite = overwrite;
        this.target = target;
        this.count = count;
        String name = String.valueOf(target.getFileName());
        this.base = name.endsWith(SUFFIX) ? name.substring(0, name.length() - SUFFIX.length()) : name;
    }

    private boolean isSet() {
        return count > 1;
    }

    private Path index() {
        return target.resolveSibling(base + ShardIndex.SUFFIX);
    }

    private String fileName(int number) {
        return String.format(Locale.ROOT, "%s-%05d-of-%05d%s", base, number + 1, count, SUFFIX);
    }

    private String bridgeName(int number) {
        return String.format(Locale.ROOT, "%s-new-%05d-of-%05d%s", base, number + 1, count, SUFFIX);
    }

    private Path path(int number) {
        return isSet() ? target.resolveSibling(fileName(number)) : target;
    }

    /** Throws an exception if one of the files exists and must not be replaced; also a file in place of a set. */
    void requireFree() throws IOException {
        if (overwrite) {
            return;
        }
        Destination.requireFree(target);
        Destination.requireFree(index());
        for (int i = 0; i < count; i++) {
            Destination.requireFree(path(i));
        }
    }

    NewFile create(int number, LongConsumer progress) throws IOException {
        if (number == 0) {
            NewFile.deleteStale(
                    target,
                    Pattern.compile(Pattern.quote(base) + "(-[0-9]{5}-of-[0-9]{5})?" + Pattern.quote(SUFFIX)
                            + "(\\.index\\.json)?"));
        }
        NewFile file = NewFile.create(path(number), progress);
        files.add(file);
        return file;
    }

    void publish(SortedMap<String, Integer> fileOf, long totalSize) throws IOException {
        Path directory = Destination.directory(target);
        if (!isSet()) {
            files.get(0).publish();
            DurableFiles.forceNames(directory);
            deleteOld(index());
            return;
        }
        byte[] text = index(fileOf, totalSize, this::fileName);
        if (Files.exists(index()) && anyExists()) {
            replaceAcrossBridge(directory, index(fileOf, totalSize, this::bridgeName), text);
        } else {
            try {
                publishFiles(directory);
                NewFile.replace(index(), text);
            } catch (IOException | RuntimeException e) {
                undo(e);
                throw e;
            }
        }
        deleteOld(target);
    }

    private boolean anyExists() {
        for (int i = 0; i < count; i++) {
            if (Files.exists(path(i))) {
                return true;
            }
        }
        return false;
    }

    private void publishFiles(Path directory) throws IOException {
        for (NewFile file : files) {
            file.publish();
        }
        DurableFiles.forceNames(directory);
    }

    /** Deletes files that no index refers to. */
    private void undo(Exception failure) {
        for (NewFile file : files) {
            try {
                // After a failure of the last step, the index may refer to them.
                if (!Files.exists(file.path()) && !Files.exists(index())) {
                    Files.deleteIfExists(file.target());
                }
            } catch (IOException e) {
                failure.addSuppressed(e);
            }
        }
    }

    private void replaceAcrossBridge(Path directory, byte[] bridge, byte[] text) throws IOException {
        for (int i = 0; i < count; i++) {
            Path file = target.resolveSibling(bridgeName(i));
            Files.deleteIfExists(file);
            DurableFiles.linkOrCopy(files.get(i).path(), file);
        }
        DurableFiles.forceNames(directory);
        NewFile.replace(index(), bridge);
        publishFiles(directory);
        NewFile.replace(index(), text);
    }

    /** Deletes what was replaced under other names: a file or an index, and the files of an old set and of a bridge. */
    private void deleteOld(Path other) throws IOException {
        if (!overwrite) {
            return;
        }
        Files.deleteIfExists(other);
        Pattern old = Pattern.compile(Pattern.quote(base) + "(-new)?-[0-9]{5}-of-[0-9]{5}" + Pattern.quote(SUFFIX));
        List<String> kept = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            kept.add(String.valueOf(path(i).getFileName()));
        }
        Path directory = target.toAbsolutePath().getParent();
        if (directory == null) {
            return;
        }
        for (Path file : Directories.list(directory, old.asMatchPredicate())) {
            if (!kept.contains(String.valueOf(file.getFileName()))) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** Returns the index as Hugging Face's libraries write it: by Python's JSON, indented, with sorted keys. */
    private static byte[] index(SortedMap<String, Integer> fileOf, long totalSize, IntFunction<String> fileName) {
        HeaderText text = new HeaderText(true)
                .add("{\n  \"metadata\": {\n    \"total_size\": ")
                .add(totalSize)
                .add("\n  },\n  \"weight_map\": {");
        String separator = "\n    ";
        for (Map.Entry<String, Integer> entry : fileOf.entrySet()) {
            text.add(separator).quoted(entry.getKey()).add(": ").quoted(fileName.apply(entry.getValue()));
            separator = ",\n    ";
        }
        return text.add("\n  }\n}\n").bytes();
    }

    @Override
    public void close() throws IOException {
        Closeables.closeAll(files);
    }
}
