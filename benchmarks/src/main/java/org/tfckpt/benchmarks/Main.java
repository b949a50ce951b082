package org.tfckpt.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs all benchmarks and writes {@code RESULTS.md}, or the file of {@code --out FILE}. With {@code --quick} it runs the
 * most important ones and prints the results; with {@code --jdk HOME} it also runs on that JDK. Any other arguments are
 * passed to JMH.
 */
public final class Main {
    private final List<Path> homes = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"))));
    private boolean quick;
    private Path out = Places.BENCHMARKS.resolve("RESULTS.md");

    private Main() {}

    public static void main(String[] args) throws Exception {
        Main main = new Main();
        if (main.parse(args)) {
            main.run();
        } else {
            org.openjdk.jmh.Main.main(args);
        }
    }

    /** Returns false if there are arguments for JMH. */
    private boolean parse(String... args) {
        for (int i = 0; i < args.length; i++) {
            boolean more = i + 1 < args.length;
            if (args[i].equals("--quick")) {
                quick = true;
            } else if (args[i].equals("--jdk") && more) {
                homes.add(Path.of(args[++i]));
            } else if (args[i].equals("--out") && more) {
                out = Path.of(args[++i]);
            } else {
                return false;
            }
        }
        return true;
    }

    private void run() throws Exception {
        long start = System.nanoTime();
        List<Jdk> jdks = new ArrayList<>();
        for (Path home : homes) {
            jdks.add(Jdk.at(home));
        }
        Path data = Files.createTempDirectory("tfckpt-benchmarks");
        Thread removal = new Thread(() -> remove(data));
        Runtime.getRuntime().addShutdownHook(removal);
        Machine machine = Machine.of(jdks);
        String[] report = {""};
        new Suite(quick ? Group.QUICK : Group.FULL, jdks, quick ? 5 : 20, data).run(sections -> {
            report[0] = Report.of(machine, sections);
            if (!quick) {
                Files.writeString(out, report[0]);
            }
        });
        System.out.println(report[0]);
        System.out.println("Took " + Report.seconds((System.nanoTime() - start) / 1e9));
    }

    private static void remove(Path data) {
        try {
            Folders.delete(data);
        } catch (IOException e) {
            System.err.println(data + " could not be removed: " + e);
        }
    }
}
