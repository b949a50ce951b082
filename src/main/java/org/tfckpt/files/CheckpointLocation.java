package org.tfckpt.files;

import java.nio.file.Path;
import java.util.List;
import org.tfckpt.format.bundle.BundlePrefix;

/**
 * The location of a checkpoint: its format and the files to open.
 *
 * @param name the prefix of a V2 checkpoint; the file or the pattern of a V1 checkpoint; the file of another format
 * @param format {@code V2}, {@code V1}, {@code safetensors}, {@code npz} or {@code npy}
 * @param files the index file of a V2 checkpoint; the files of a V1 checkpoint, sorted; the file of another format, or
 *     the index of a set of safetensors files
 */
public record CheckpointLocation(String name, String format, List<Path> files) {
    /**
     * Makes an immutable copy of {@code files}.
     *
     * @param name the prefix, the file or the pattern
     * @param format the name of the format
     * @param files the files to open
     */
    public CheckpointLocation {
        files = List.copyOf(files);
    }

    static CheckpointLocation v2(BundlePrefix prefix) {
        return new CheckpointLocation(prefix.toString(), "V2", List.of(prefix.index()));
    }

    static CheckpointLocation v1(Path pattern, List<Path> files) {
        return new CheckpointLocation(pattern.toString(), "V1", files);
    }

    static CheckpointLocation file(String format, Path file) {
        return new CheckpointLocation(file.toString(), format, List.of(file));
    }
}
