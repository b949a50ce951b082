package org.tfckpt.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures whole processes in turn: the tool, a bare JVM start, and a process that does the same as the tool with
 * TensorFlow's library, if that is present.
 */
final class Processes {
    /** A class that is present with -Ppeers. */
    private static final String PEER = "org.tfckpt.benchmarks.TensorFlowProcess";
    /** The number of runs of processes that take seconds. */
    private static final int FEW_TURNS = 3;

    private final Jdk jdk;
    private final boolean withPeers;
    private final int turns;

    Processes(Jdk jdk, boolean withPeers, int turns) {
        this.jdk = jdk;
        this.withPeers = withPeers && Files.exists(Places.PEERS);
        this.turns = turns;
    }

    /** A process to start and the name of its figure. */
    private record Command(String name, List<String> words) {}

    List<Figure> measure(Path directory) throws IOException, InterruptedException {
        if (!Files.exists(Places.TOOL)) {
            return List.of();
        }
        try (Fixture few = Fixture.of(200, 1 << 10);
                Fixture many = Fixture.of(1_000_000, 8);
                Fixture large = Data.FEW_LARGE.fixture()) {
            Path archive = directory.resolve("tfckpt.jsa");
            run(tool("", "-XX:ArchiveClassesAtExit=" + archive, "ls", few));
            List<Figure> figures = new ArrayList<>(inTurn(
                    turns,
                    List.of(
                            command("Process.hello", "-cp", classPath(directory), Hello.class.getName()),
                            tool("Process.ls tensors=200", "-Xshare:auto", "ls", few),
                            tool("Process.lsWithArchive tensors=200", "-XX:SharedArchiveFile=" + archive, "ls", few))));
            List<Command> longer = new ArrayList<>(List.of(
                    tool("Process.ls tensors=1000000", "-Xshare:auto", "ls", many),
                    tool("Process.verify data=FEW_LARGE", "-Xshare:auto", "verify", large)));
            if (withPeers) {
                longer.add(peer("Process.tensorFlowList tensors=200", "list", few));
                longer.add(peer("Process.tensorFlowList tensors=1000000", "list", many));
                longer.add(peer("Process.tensorFlowRestore data=FEW_LARGE", "restore", large));
            }
            figures.addAll(inTurn(Math.min(FEW_TURNS, turns), longer));
            return figures;
        }
    }

    private Command command(String name, String... arguments) {
        List<String> words = new ArrayList<>(List.of(jdk.java()));
        words.addAll(List.of(arguments));
        return new Command(name, words);
    }

    private Command tool(String name, String option, String command, Fixture fixture) {
        return command(
                name,
                option,
                "-jar",
                Places.TOOL.toString(),
                command,
                fixture.prefix().toString());
    }

    private Command peer(String name, String what, Fixture fixture) {
        return command(
                name,
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                PEER,
                what,
                fixture.prefix().toString());
    }

    /** Runs each process once without measuring, then all in turn. */
    private List<Figure> inTurn(int turns, List<Command> commands) throws IOException, InterruptedException {
        double[][] seconds = new double[commands.size()][turns];
        for (int turn = -1; turn < turns; turn++) {
            for (int i = 0; i < commands.size(); i++) {
                double took = run(commands.get(i));
                if (turn >= 0) {
                    seconds[i][turn] = took;
                }
            }
        }
        List<Figure> figures = new ArrayList<>();
        for (int i = 0; i < commands.size(); i++) {
            figures.add(Figure.of(commands.get(i).name, jdk.version(), seconds[i]));
        }
        return figures;
    }

    /** Returns a directory that contains one class only. */
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

    private static double run(Command command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command.words)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        long start = System.nanoTime();
        int code = builder.start().waitFor();
        double seconds = (System.nanoTime() - start) / 1e9;
        if (code != 0) {
            throw new IOException(String.join(" ", command.words) + " ended with " + code);
        }
        return seconds;
    }
}
