package org.tfckpt.testing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.tfckpt.Checkpoint;
import org.tfckpt.FileFormat;
import org.tfckpt.Sharding;
import org.tfckpt.edit.Rewrite;
import org.tfckpt.edit.RewriteProgress;
import org.tfckpt.tensor.NamePattern;

/**
 * Converts checkpoints of {@link EndlessWriter} to the same file, or set of files, repeatedly until it is killed. All
 * values are the same number, which is printed when the file is finished.
 */
public final class EndlessConverter {
    private EndlessConverter() {}

    /** Arguments: the file, the first number, a seed. */
    public static void main(String[] args) throws IOException {
        Path file = Path.of(args[0]);
        Random random = new Random(Long.parseLong(args[2]));
        for (int number = Integer.parseInt(args[1]); ; number++) {
            convert(file, number, 1 + random.nextInt(3));
            System.out.println(number);
        }
    }

    /** Converts to one file or, if it is of safetensors, to as many as given. The checkpoint is in another directory. */
    public static void convert(Path file, int number, int shards) throws IOException {
        Path prefix = Objects.requireNonNull(file.getParent()).resolveSibling("source");
        EndlessWriter.write(prefix, number, 1);
        try (Checkpoint source = Checkpoint.open(prefix)) {
            FileFormat format = FileFormat.ofSuffix(file);
            Rewrite.Builder rewrite = Rewrite.of(source).format(format);
            if (format == FileFormat.SAFETENSORS) {
                rewrite.sharding(Sharding.ofCount(shards));
            } else if (format == FileFormat.NPY) {
                rewrite.include(List.of(NamePattern.of("tensor0")));
            }
            rewrite.build().run(file, true, RewriteProgress.NONE);
        }
    }
}
