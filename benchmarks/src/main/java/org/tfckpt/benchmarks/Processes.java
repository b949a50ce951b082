package org.tfckpt.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Whole processes: the tool's {@code ls} of 200 tensors beside a JVM that says hello, in pairs. */
final class Processes {
    private final Jdk jdk;
    private final int pairs;

    Processes(Jdk jdk, int pairs) {
        this.jdk = jdk;
        this.pairs = pairs;
    }

    List<Figure> measure(Path directory) throws IOException, InterruptedException {
        if (!Files.exists(Places.TOOL)) {
            return List.of();
        }
        List<String> hello = List.of(jdk.java(), "-cp", classPath(directory), Hello.class.getName());
        try (Fixture fixture = Fixture.of(200, 1 << 10)) {
            List<String> list = List.of(
                    jdk.java(),
                    "-jar",
                    Places.TOOL.toString(),
                    "ls",
                    fixture.prefix().toString());
            run(list);
            run(hello);
            double[] lists = new double[pairs];
            double[] hellos = new double[pairs];
            for (int i = 0; i < pairs; i++) {
                lists[i] = run(list);
                hellos[i] = run(hello);
            }
            return List.of(
                    Figure.of("Process.ls tensors=200", jdk.version(), lists),
                    Figure.of("Process.hello", jdk.version(), hellos));
        }
    }

    /** A directory with nothing but the one class. */
    private static String classPath(Path directory) throws IOException {
        String name = Hello.class.getName().replace('.', '/') + ".class";
        Path file = directory.resolve("hello").resolve(name);
        if (!Files.exists(file)) {
            Files.createDirectories(file.getParent());
            try (InputStream in = Hello.class.getResourceAsStream("/" + name)) {
                Files.copy(in, file);
            }
        }
        return directory.resolve("hello").toString();
    }

    private static double run(List<String> command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        long start = System.nanoTime();
        int code = builder.start().waitFor();
        double seconds = (System.nanoTime() - start) / 1e9;
        if (code != 0) {
            throw new IOException(String.join(" ", command) + " ended with " + code);
        }
        return seconds;
    }
}
