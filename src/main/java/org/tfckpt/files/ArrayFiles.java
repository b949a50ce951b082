package org.tfckpt.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.npz.Npz;
import org.tfckpt.format.safetensors.Safetensors;
import org.tfckpt.format.safetensors.ShardIndex;
import org.tfckpt.io.FileKind;

/** Recognises the files of safetensors and NumPy, by their names or by their first bytes. */
final class ArrayFiles {
    /** The names that Hugging Face's libraries give the weights of a model. */
    private static final List<String> IN_DIRECTORY = List.of("model.safetensors", "model" + ShardIndex.SUFFIX);

    private ArrayFiles() {}

    /** Returns whether a file has a name of one of these formats, and is not a part of a set. */
    static boolean isNamed(String fileName) {
        return format(fileName) != null && ShardIndex.indexOf(Path.of(fileName)).isEmpty();
    }

    /** Returns whether a file has a name of one of these formats, and is not found by the index of its set. */
    static boolean isWhole(Path file) {
        return format(String.valueOf(file.getFileName())) != null
                && wholeSet(file).equals(file);
    }

    private static @Nullable String format(String fileName) {
        if (fileName.endsWith(".safetensors") || fileName.endsWith(ShardIndex.SUFFIX)) {
            return Safetensors.FORMAT;
        }
        return fileName.endsWith(".npz") ? Npz.NPZ : fileName.endsWith(".npy") ? Npz.NPY : null;
    }

    /** Returns the location of a file that has the name of one of these formats; null if it has not. */
    static @Nullable CheckpointLocation named(Path file) {
        String format = format(String.valueOf(file.getFileName()));
        return format == null ? null : CheckpointLocation.file(format, wholeSet(file));
    }

    /** Returns the index of the set that a file belongs to; the file itself if there is no index. */
    private static Path wholeSet(Path file) {
        Optional<Path> index = ShardIndex.indexOf(file).filter(Files::isRegularFile);
        return index.orElse(file);
    }

    /** Returns the location of a file by its first bytes, for example a blob of a download cache; null if unknown. */
    static @Nullable CheckpointLocation withContents(Path file) throws IOException {
        FileKind kind = FileKind.of(file);
        if (kind.equals(FileKind.SAFETENSORS)) {
            return CheckpointLocation.file(Safetensors.FORMAT, file);
        }
        if (kind.equals(FileKind.NPZ)) {
            return CheckpointLocation.file(Npz.NPZ, file);
        }
        return kind.equals(FileKind.NPY) ? CheckpointLocation.file(Npz.NPY, file) : null;
    }

    /** Returns the model in a directory; null if there is none. */
    static @Nullable CheckpointLocation in(Path directory) {
        for (String name : IN_DIRECTORY) {
            Path file = directory.resolve(name);
            if (Files.isRegularFile(file)) {
                return CheckpointLocation.file(Safetensors.FORMAT, file);
            }
        }
        return null;
    }
}
