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
 * @param format {@code V1} or {@code V2}
 * @param name the prefix; of V1 the file, or the pattern of its files
 * @param opener opens it
 * @param bundle the prefix of V2, null for V1
 */
record CheckpointLocation(
        String format, String name, Opener opener, @Nullable BundlePrefix bundle) {
    /** Opens a checkpoint, mapped or not. */
    interface Opener {
        FormatReader open(boolean mapped) throws IOException;
    }

    static CheckpointLocation v2(BundlePrefix prefix) {
        return new CheckpointLocation("V2", prefix.toString(), mapped -> Bundle.open(prefix, mapped), prefix);
    }

    /** Files of the older format: one by its name, or those that a pattern matches. */
    static CheckpointLocation v1(Path pattern, List<Path> files) {
        String name = pattern.toString();
        return new CheckpointLocation("V1", name, mapped -> V1Checkpoint.open(name, files, mapped), null);
    }
}
