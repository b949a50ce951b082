package org.tfckpt.spark;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import org.tfckpt.CheckpointWriter;
import org.tfckpt.ValueSource;
import org.tfckpt.tensor.Shape;

/** Writes archives for tests. */
final class Archives {
    private Archives() {}

    /** Writes small checkpoints {@code dir-0/model-0} and so on; of each tenth, a byte of the values or the index is wrong. */
    static void small(Path directory, int count, boolean damaged) throws IOException {
        Random random = new Random(7);
        for (int i = 0; i < count; i++) {
            Path prefix =
                    Files.createDirectories(directory.resolve("dir-" + i % 20)).resolve("model-" + i);
            write(prefix, random);
            if (damaged && i % 10 == 3) {
                boolean index = i % 20 == 3;
                change(prefix.resolveSibling(prefix.getFileName() + (index ? ".index" : ".data-00000-of-00001")), 40);
            }
        }
    }

    private static void write(Path prefix, Random random) throws IOException {
        try (CheckpointWriter out = CheckpointWriter.open(prefix)) {
            for (int i = 0; i < 3; i++) {
                float[] values = new float[50 + random.nextInt(100)];
                for (int j = 0; j < values.length; j++) {
                    values[j] = (float) random.nextGaussian();
                }
                out.add("layer_" + i + "/kernel", Shape.of(values.length), ValueSource.of(values));
            }
            out.finish();
        }
    }

    /** Flips all bits of a byte. */
    static void change(Path file, long offset) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer old = ByteBuffer.allocate(1);
            channel.read(old, offset);
            channel.write(ByteBuffer.wrap(new byte[] {(byte) ~old.get(0)}), offset);
        }
    }
}
