package org.tfckpt.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.tfckpt.CheckpointWriter;
import org.tfckpt.ValueSource;
import org.tfckpt.tensor.Shape;

/**
 * Runs typical commands on a temporary checkpoint, so that the JVM can archive the classes that they load. The script of
 * the distribution starts it.
 */
final class WarmUp {
    private WarmUp() {}

    public static void main(String[] args) throws IOException {
        Path directory = Files.createTempDirectory("tfckpt");
        try {
            Path prefix = directory.resolve("m");
            try (CheckpointWriter writer = CheckpointWriter.open(prefix)) {
                writer.add("layer/kernel", Shape.of(2, 3), ValueSource.of(1f, 2f, 3f, 4f, 5f, 6f));
                writer.add("layer/kernel/Momentum", Shape.of(2, 3), ValueSource.of(0f, 0f, 0f, 0f, 0f, 0f));
                writer.finish();
            }
            String checkpoint = prefix.toString();
            String graph = Files.writeString(directory.resolve("graph.txt"), "dense/kernel:0 (2, 3)\n")
                    .toString();
            run("ls", checkpoint);
            run("ls", "-l", checkpoint);
            run("verify", checkpoint);
            run("digest", checkpoint);
            run("show", checkpoint, "layer/kernel");
            run("stats", checkpoint);
            run("diff", checkpoint, checkpoint);
            run("compare", graph, checkpoint);
            run("rewrite", checkpoint, "-o", directory.resolve("n").toString(), "--no-slots");
            run("convert", checkpoint, "-o", directory.resolve("m.safetensors").toString());
            run("--help");
        } finally {
            try (Stream<Path> files = Files.walk(directory)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static void run(String... arguments) {
        PrintStream none = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        Main.run(List.of(arguments), InputStream.nullInputStream(), none, none, false);
    }
}
