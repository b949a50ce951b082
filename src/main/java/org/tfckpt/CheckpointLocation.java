package org.tfckpt;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.FormatReader;
import org.tfckpt.format.bundle.Bundle;
import org.tfckpt.format.bundle.BundlePrefix;
import org.tfckpt.format.v1.V1Checkpoint;

/**
 * Where a checkpoint is, and in which format.
 *
 * @param name the prefix; of V1 the file, or the pattern of its files
 * @param bundle the prefix of V2, null for V1
 * @param files of V1: one by its name, or those that a pattern matches
 */
record CheckpointLocation(String name, @Nullable BundlePrefix bundle, List<Path> files) {
    static CheckpointLocation v2(BundlePrefix prefix) {
        return new CheckpointLocation(prefix.toString(), prefix, List.of());
    }

    static CheckpointLocation v1(Path pattern, List<Path> files) {
        return new CheckpointLocation(pattern.toString(), null, files);
    }

    /** {@code V1} or {@code V2}. */
    String format() {
        return bundle == null ? "V1" : "V2";
    }

    FormatReader open(boolean mapped) throws IOException {
        return bundle == null ? V1Checkpoint.open(name, files, mapped) : Bundle.open(bundle, mapped);
    }
}
