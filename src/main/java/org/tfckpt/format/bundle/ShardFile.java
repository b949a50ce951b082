package org.tfckpt.format.bundle;

import java.io.IOException;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import org.tfckpt.io.SequentialFile;

/** A data file that is being written. */
final class ShardFile extends SequentialFile {
    private final int number;

    ShardFile(int number, Path path, LongConsumer progress) throws IOException {
        super(path, progress);
        this.number = number;
    }

    int number() {
        return number;
    }
}
