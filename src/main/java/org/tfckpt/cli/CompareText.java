package org.tfckpt.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.tfckpt.restore.Comparison;
import org.tfckpt.restore.NameKind;
import org.tfckpt.restore.NameMapping;
import org.tfckpt.restore.Suggestion;
import org.tfckpt.restore.VariableSource;
import org.tfckpt.restore.Wanted;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.TensorInfo;

/** The text form of {@code compare}: a summary, the differences, and suggested options. */
record CompareText(Output out, Style style, Comparison comparison) {
    private static final int BAR = 40;
    /** Lists of what is not an error are cut to this length. */
    private static final int SHOWN = 12;

    void write(boolean all, List<String> notes) throws IOException {
        outcome();
        for (String note : notes) {
            out.line(note);
        }
        slots();
        if (all) {
            section("matched", lines(comparison.matched(), VariableSource::toString));
        }
        section("missing from the checkpoint", lines(comparison.missing(), this::missing));
        section("wrong shape", lines(comparison.shapeMismatches(), CompareText::shapes));
        section("wrong dtype", lines(comparison.dtypeMismatches(), CompareText::dtypes));
        section("excluded", some(all, lines(comparison.excluded(), VariableSource::toString)));
        section("unused by the graph", some(all, lines(comparison.unused(), TensorInfo::toString)));
        section("options that match nothing", idle());
        section("several variables from one tensor", lines(comparison.collisions(), NameMapping.Collision::toString));
    }

    private void outcome() throws IOException {
        int wanted = comparison.variables().size();
        int matched = comparison.matched().size();
        int excluded = comparison.excluded().size();
        int missing = comparison.missing().size();
        int wrong = wanted - matched - excluded - missing;
        out.text(style.good("#".repeat(part(matched, wanted))) + style.faint("-".repeat(part(excluded, wanted)))
                + style.bad("?".repeat(part(missing, wanted)) + "!".repeat(part(wrong, wanted))) + "\n");
        out.line(Plural.of(wanted, "variable") + ": " + matched + " matched (#), " + excluded + " excluded (-), "
                + missing
                + " missing (?), " + wrong + " of wrong shape or dtype (!)"
                + (comparison.isPartial()
                        ? ""
                        : "; " + Plural.of(comparison.unused().size(), "tensor") + " unused"));
        if (comparison.names().isPresent()) {
            out.line("compared by " + name(comparison.names().get()) + " (--names selects key, full or path)");
        }
        for (String note : comparison.notes()) {
            out.line(note);
        }
        if (comparison.isPartial()) {
            out.line("the graph is an error that names some variables only, so others may be missing as well");
        }
    }

    private void slots() throws IOException {
        Set<VariableSource> slots = Set.copyOf(comparison.slots());
        List<VariableSource> missing = comparison.missing();
        if (!missing.isEmpty() && slots.containsAll(missing)) {
            long found = comparison.matched().stream().filter(slots::contains).count();
            out.line("everything missing is state of an optimizer; use --no-slots to leave it out"
                    + (found == 0 ? "" : ", with the " + found + " of such state that are found"));
        }
    }

    /** Returns the columns of the bar for a count: at least one unless it is 0, so that a single variable shows. */
    private static int part(int count, int of) {
        return count == 0 ? 0 : Math.max(1, (int) ((long) BAR * count / of));
    }

    private static String name(NameKind kind) {
        return switch (kind) {
            case KEY -> "key";
            case FULL -> "full name";
            case PATH -> "path";
        };
    }

    private static <T> List<String> lines(List<T> items, Function<T, String> line) {
        return items.stream().map(line).toList();
    }

    private static List<String> some(boolean all, List<String> lines) {
        if (all || lines.size() <= SHOWN + 1) {
            return lines;
        }
        List<String> some = new ArrayList<>(lines.subList(0, SHOWN));
        some.add("… and " + (lines.size() - SHOWN) + " more; --all lists them");
        return some;
    }

    private void section(String title, List<String> lines) throws IOException {
        if (!lines.isEmpty()) {
            out.text("\n" + title + ":\n");
            for (String line : lines) {
                out.line("  " + line);
            }
        }
    }

    private String missing(VariableSource source) {
        Wanted wanted = source.wanted();
        String lookedFor =
                source.tensorName().equals(wanted.variable()) ? "" : ", looked for as " + source.tensorName();
        String likely = comparison.suggestions().of(source).stream()
                .map(Suggestion::toString)
                .collect(Collectors.joining(", "));
        String type = wanted.dtype() == DataType.DT_INVALID
                ? "<unknown>"
                : wanted.dtype().toString();
        return wanted.variable() + " (" + type + ") "
                + wanted.shape().map(Object::toString).orElse("<unknown>") + lookedFor
                + (likely.isEmpty() ? "" : "; perhaps " + likely);
    }

    private static String shapes(VariableSource source) {
        return pair(
                source,
                source.wanted().tensorShape().map(Object::toString).orElse("<unknown>"),
                source.tensor().orElseThrow().shape()
                        + source.transposition().map(CompareText::order).orElse(""));
    }

    private static String order(List<Integer> axes) {
        return axes.equals(List.of(1, 0)) ? ", its transpose" : ", which is the same with axes in the order " + axes;
    }

    private static String dtypes(VariableSource source) {
        return pair(
                source,
                source.wanted().dtype().toString(),
                DataType.enumName(source.tensor().orElseThrow().dtypeNumber()));
    }

    private static String pair(VariableSource source, String wanted, String found) {
        String variable = source.wanted().variable();
        String tensor = source.tensor().orElseThrow().name();
        return variable + (tensor.equals(variable) ? "" : " <- " + tensor) + ": wanted " + wanted + ", found " + found;
    }

    private List<String> idle() {
        List<String> idle = MappingOptions.words("--exclude", comparison.idleExclusions());
        comparison.idleRules().forEach(rule -> idle.add("--from or --map: " + rule));
        return idle;
    }
}
