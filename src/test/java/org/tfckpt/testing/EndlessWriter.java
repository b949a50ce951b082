package org.tfckpt.testing;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.tfckpt.Checkpoint;
import org.tfckpt.CheckpointWriter;
import org.tfckpt.Sharding;
import org.tfckpt.ValueSource;
import org.tfckpt.WriteOptions;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;

/**
 * Replaces a checkpoint repeatedly until it is killed. All tensors of one checkpoint hold the same number, which is
 * printed when the checkpoint is finished.
 */
public final class EndlessWriter {
    public static final int TENSORS = 4;
    public static final int ELEMENTS = 20_000;

    private EndlessWriter() {}

    /** Arguments: the prefix, the first number, a seed. */
    public static void main(String[] args) throws IOException {
        Path prefix = Path.of(args[0]);
        Random random = new Random(Long.parseLong(args[2]));
        for (int number = Integer.parseInt(args[1]); ; number++) {
            write(prefix, number, 1 + random.nextInt(2));
            System.out.println(number);
            if (random.nextInt(3) == 0) {
                copyOntoItself(prefix, 1 + random.nextInt(2));
            }
        }
    }

    public static void write(Path prefix, int number, int shards) throws IOException {
        int[] values = new int[ELEMENTS];
        Arrays.fill(values, number);
        try (CheckpointWriter out = open(prefix, shards)) {
            for (int i = 0; i < TENSORS; i++) {
                out.add("tensor" + i, Shape.of(ELEMENTS), ValueSource.of(values));
            }
            out.finish();
        }
    }

    private static CheckpointWriter open(Path prefix, int shards) throws IOException {
        return CheckpointWriter.open(prefix, WriteOptions.DEFAULT.overwriting().withSharding(Sharding.ofCount(shards)));
    }

    private static void copyOntoItself(Path prefix, int shards) throws IOException {
        try (Checkpoint source = Checkpoint.open(prefix);
                CheckpointWriter out = open(prefix, shards)) {
            for (TensorInfo info : source.tensors().toList()) {
                out.copy(source, info, info.name());
            }
            out.finish();
        }
    }
}
