package org.tfckpt.benchmarks;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Writes the results as Markdown. */
final class Report {
    /** The target for the heap allocated while 2 GiB are read and checked. */
    private static final double MOST_ALLOCATED = 10e6;

    private static final double LARGEST_TOOL = 5e6;
    /** The target for looking up a tensor of a safetensors file, in seconds. */
    private static final double LONGEST_LOOKUP = 2e-6;

    private static final String NOT_MEASURED = "not measured";

    private final Machine machine;
    private final List<Section> sections;
    private final List<Figure> figures;
    private final List<String> jdks;
    private final StringBuilder text = new StringBuilder();

    private Report(Machine machine, List<Section> sections) {
        this.machine = machine;
        this.sections = sections;
        this.figures =
                sections.stream().flatMap(section -> section.figures().stream()).toList();
        this.jdks = figures.stream().map(Figure::jdk).distinct().toList();
    }

    /** Returns the whole report. */
    static String of(Machine machine, List<Section> sections) {
        Report report = new Report(machine, sections);
        report.line("# Results");
        report.line("");
        report.line("Written by the benchmarks; see [`README.md`](README.md) for the command.");
        report.line("");
        machine.lines().forEach(line -> report.line("- " + line));
        report.line("");
        report.line(
                "A figure is a median, followed by the middle half of the iterations and the heap allocated per operation.");
        report.line("A ratio is one of medians, followed by its range within the middle halves. Each column is a JDK.");
        report.targets();
        sections.forEach(report::section);
        return report.text.toString();
    }

    private void line(String line) {
        text.append(line).append('\n');
    }

    private void head(String... columns) {
        line("");
        line("| " + String.join(" | ", columns) + " |" + perJdk(jdk -> " " + jdk + " |"));
        line("|" + "---|".repeat(columns.length + jdks.size()));
    }

    private interface Cell {
        String of(String jdk);
    }

    private String perJdk(Cell cell) {
        StringBuilder cells = new StringBuilder();
        jdks.forEach(jdk -> cells.append(cell.of(jdk)));
        return cells.toString();
    }

    private void targets() {
        line("");
        line("## Targets");
        head("", "compared with", "target");
        for (Target target : Targets.ALL) {
            // Rows that are not part of this run are omitted; a missing comparison is shown as not measured.
            if (figures.stream().anyMatch(figure -> figure.is(target.ours()))) {
                row(target.what(), target.other(), promise(target), jdk -> ratio(target, jdk));
            }
        }
        row(
                "heap allocated while 2 GiB are read and checked",
                "",
                "< " + bytes(MOST_ALLOCATED),
                jdk -> allocated("ReadBenchmark.openReadAndCheckMapped data=FEW_LARGE", jdk));
        row(
                "look up one of 1,000 tensors of an open safetensors file",
                "",
                "≤ " + seconds(LONGEST_LOOKUP),
                jdk -> lookup("SafetensorsBenchmark.find", jdk));
        row("the tool's jar", "", "≤ " + bytes(LARGEST_TOOL), jdk -> toolSize());
    }

    private void row(String what, String other, String promise, Cell cell) {
        line("| " + what + " | " + other + " | " + promise + " |" + perJdk(jdk -> " " + cell.of(jdk) + " |"));
    }

    private static String promise(Target target) {
        if (target.limit() == 0) {
            return "";
        }
        return (target.kind() == Target.Kind.SPEED ? "≥ " : "≤ ") + number(target.limit()) + "×";
    }

    private String ratio(Target target, String jdk) {
        Optional<Target.Ratio> ratio = target.on(jdk, figures);
        if (ratio.isEmpty()) {
            return NOT_MEASURED;
        }
        Target.Ratio found = ratio.get();
        String text = number(found.value()) + "× (" + number(found.low()) + "–" + number(found.high()) + ")";
        return target.limit() == 0 ? text : text + met(target.isMetBy(found));
    }

    private static String met(boolean met) {
        return met ? ", met" : ", **missed**";
    }

    private Optional<Figure> find(String wanted, String jdk) {
        return figures.stream()
                .filter(figure -> figure.jdk().equals(jdk) && figure.is(wanted))
                .findFirst();
    }

    private String lookup(String wanted, String jdk) {
        return find(wanted, jdk)
                .map(figure -> seconds(figure.median()) + met(figure.median() <= LONGEST_LOOKUP))
                .orElse(NOT_MEASURED);
    }

    private String allocated(String wanted, String jdk) {
        return find(wanted, jdk)
                .map(figure -> bytes(figure.allocated()) + met(figure.allocated() < MOST_ALLOCATED))
                .orElse(NOT_MEASURED);
    }

    private String toolSize() {
        return machine.toolBytes() == 0
                ? NOT_MEASURED
                : bytes(machine.toolBytes()) + met(machine.toolBytes() <= LARGEST_TOOL);
    }

    /** Writes a section with one row per benchmark and one column per JDK. */
    private void section(Section section) {
        line("");
        line("## " + section.title());
        head("");
        Map<String, Map<String, Figure>> lines = new LinkedHashMap<>();
        for (Figure figure : section.figures()) {
            lines.computeIfAbsent(figure.name(), name -> new TreeMap<>()).put(figure.jdk(), figure);
        }
        lines.forEach((name, onJdks) -> line("| " + code(name) + " |"
                + perJdk(jdk -> " " + (onJdks.containsKey(jdk) ? figure(onJdks.get(jdk)) : "") + " |")));
    }

    /** Returns the method as code, followed by the parameters. */
    private static String code(String name) {
        int end = name.indexOf(' ');
        return end < 0 ? "`" + name + "`" : "`" + name.substring(0, end) + "`" + name.substring(end);
    }

    private static String figure(Figure figure) {
        String text = seconds(figure.median()) + " (" + seconds(figure.low()) + "–" + seconds(figure.high()) + ")";
        return Double.isNaN(figure.allocated()) ? text : text + ", " + bytes(figure.allocated());
    }

    /** Returns a number with three significant digits. */
    static String number(double value) {
        if (value == 0) {
            return "0";
        }
        int decimals = Math.max(0, 2 - (int) Math.floor(Math.log10(Math.abs(value))));
        String digits = String.format(Locale.ROOT, "%." + Math.min(decimals, 6) + "f", value);
        return digits.contains(".") ? digits.replaceFirst("\\.?0+$", "") : digits;
    }

    static String seconds(double seconds) {
        if (seconds < 1e-6) {
            return number(seconds * 1e9) + " ns";
        }
        if (seconds < 1e-3) {
            return number(seconds * 1e6) + " µs";
        }
        return seconds < 1 ? number(seconds * 1e3) + " ms" : number(seconds) + " s";
    }

    static String bytes(double bytes) {
        if (bytes < 1e3) {
            return number(bytes) + " B";
        }
        if (bytes < 1e6) {
            return number(bytes / 1e3) + " kB";
        }
        return bytes < 1e9 ? number(bytes / 1e6) + " MB" : number(bytes / 1e9) + " GB";
    }
}
