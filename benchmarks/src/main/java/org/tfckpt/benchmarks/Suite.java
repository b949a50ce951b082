package org.tfckpt.benchmarks;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/** Runs many benchmarks on one set of files, on one JDK after the other. */
final class Suite {
    private final List<Group> groups;
    private final List<Jdk> jdks;
    private final int turns;
    private final Path data;
    private final Map<String, List<Figure>> figures = new LinkedHashMap<>();

    /**
     * Creates a run.
     *
     * @param turns the number of starts of each process
     * @param data an empty directory
     */
    Suite(List<Group> groups, List<Jdk> jdks, int turns, Path data) {
        this.groups = groups;
        this.jdks = jdks;
        this.turns = turns;
        this.data = data;
    }

    /** Receives all figures measured so far. */
    interface Listener {
        void measured(List<Section> sections) throws IOException;
    }

    void run(Listener listener) throws IOException, InterruptedException, RunnerException {
        System.setProperty(Fixture.DIRECTORY, data.toString());
        for (Jdk jdk : jdks) {
            add("Whole processes", new Processes(jdk, jdk == jdks.get(0), turns).measure(data), listener);
            String section = "";
            for (Group group : groups) {
                if (!group.section().equals(section)) {
                    section = group.section();
                    // The data of all sections together would not stay in the page cache.
                    Folders.empty(data);
                }
                if (!group.isNative() || jdk == jdks.get(0)) {
                    add(group.section(), measure(group, jdk), listener);
                }
            }
        }
    }

    private void add(String section, List<Figure> measured, Listener listener) throws IOException {
        figures.computeIfAbsent(section, title -> new ArrayList<>()).addAll(measured);
        List<Section> sections = new ArrayList<>();
        figures.forEach((title, all) -> sections.add(new Section(title, all)));
        listener.measured(sections);
    }

    private List<Figure> measure(Group group, Jdk jdk) throws RunnerException {
        Map<String, List<RunResult>> rounds = new LinkedHashMap<>();
        for (int round = 0; round < group.pace().rounds(); round++) {
            for (RunResult result : round(group, jdk)) {
                rounds.computeIfAbsent(Figure.name(result.getParams()), name -> new ArrayList<>())
                        .add(result);
            }
        }
        return rounds.values().stream().map(Figure::of).toList();
    }

    private static Collection<RunResult> run(ChainedOptionsBuilder options) throws RunnerException {
        try {
            return new Runner(options.build()).run();
        } catch (NoBenchmarksException e) {
            // A benchmark of TensorFlow, which is included only with -Ppeers.
            return List.of();
        }
    }

    private Collection<RunResult> round(Group group, Jdk jdk) throws RunnerException {
        ChainedOptionsBuilder options = new OptionsBuilder()
                .jvm(jdk.java())
                .jvmArgsAppend("-D" + Fixture.DIRECTORY + "=" + data, "--enable-native-access=ALL-UNNAMED")
                .addProfiler(GCProfiler.class)
                .forks(1)
                .warmupIterations(group.pace().warmups())
                .warmupTime(TimeValue.milliseconds(group.pace().millis()))
                .measurementIterations(group.pace().iterations())
                .measurementTime(TimeValue.milliseconds(group.pace().millis()));
        group.includes().forEach(name -> options.include("\\." + name + (name.contains(".") ? "$" : "\\.")));
        group.params().forEach((name, values) -> options.param(name, values.toArray(String[]::new)));
        return run(options);
    }
}
