package org.tfckpt.restore;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;

/** Describes why variables cannot be restored: each variable, suggestions, and TensorFlow's message. */
final class RestoreFailure {
    /** Lines of each kind; {@link RestoreException#comparison()} has all. */
    private static final int MAX_SHOWN = 100;

    private static final String MISSING = "a Variable name or other graph key that is missing";
    private static final String MISMATCH = "a mismatch between the current graph and the graph";

    private RestoreFailure() {}

    static String describe(String checkpoint, Comparison comparison) {
        int wanted = comparison.variables().size() - comparison.excluded().size();
        List<VariableSource> wrong = comparison.open();
        List<String> lines = new ArrayList<>();
        lines.add("cannot restore " + wrong.size() + " of " + wanted + (wanted == 1 ? " variable" : " variables")
                + " from '" + checkpoint + "': " + counts(comparison));
        wrong.stream().limit(MAX_SHOWN).forEach(source -> lines.add("  " + line(comparison, source)));
        if (wrong.size() > MAX_SHOWN) {
            lines.add("  … and " + (wrong.size() - MAX_SHOWN) + " more");
        }
        List<SuggestedRule> rules = comparison.suggestions().rules();
        if (!rules.isEmpty()) {
            lines.add("Try mapping the names by "
                    + rules.stream()
                            .map(rule -> rule.rule() + " (finds " + rule.found().size() + ")")
                            .collect(Collectors.joining(", ")));
        }
        comparison.idleRules().stream()
                .limit(MAX_SHOWN)
                .forEach(rule -> lines.add("The rule " + rule + " matches no variable"));
        comparison
                .idleExclusions()
                .forEach(pattern -> lines.add("The exclusion '" + pattern + "' matches no variable"));
        comparison.collisions().stream()
                .limit(MAX_SHOWN)
                .forEach(collision ->
                        lines.add("The mapping assigns several variables (" + String.join(", ", collision.variables())
                                + ") to one tensor, "
                                + TensorNames.printable(collision.tensor().name())));
        lines.add("(TensorFlow: \"" + tensorFlowMessage(comparison) + "\")");
        return String.join("\n", lines);
    }

    private static String tensorFlowMessage(Comparison comparison) {
        List<VariableSource> missing = comparison.missing();
        return !missing.isEmpty() && comparison.tensors().isObjectBased()
                ? objectBased(comparison)
                : "Restoring from checkpoint failed. This is most likely due to "
                        + (missing.isEmpty() ? MISMATCH : MISSING)
                        + " from the checkpoint. Please ensure that you have not altered the graph expected based on"
                        + " the checkpoint. Original error:\n\n" + originalError(comparison);
    }

    /**
     * RestoreV2 looks up all names before it reads, so it reports a missing name first, then all dtypes that differ, by
     * name. Shapes are checked later, on assignment.
     */
    private static String originalError(Comparison comparison) {
        if (!comparison.missing().isEmpty()) {
            return comparison.missing().get(0).tensorFlowMessage();
        }
        List<VariableSource> dtypes = comparison.dtypeMismatches();
        return dtypes.isEmpty()
                ? comparison.shapeMismatches().get(0).tensorFlowMessage()
                : dtypes.stream()
                        .sorted(Comparator.comparing(RestoreFailure::foundName, TensorNames.ORDER))
                        .limit(MAX_SHOWN)
                        .map(VariableSource::tensorFlowMessage)
                        .collect(Collectors.joining("\n"));
    }

    private static String foundName(VariableSource source) {
        return source.tensor().map(TensorInfo::name).orElse(source.tensorName());
    }

    private static String counts(Comparison comparison) {
        return Stream.of(
                        count(comparison.missing(), "is not in the checkpoint", "are not in the checkpoint"),
                        count(comparison.shapeMismatches(), "has another shape", "have another shape"),
                        count(comparison.dtypeMismatches(), "has another dtype", "have another dtype"))
                .filter(text -> !text.isEmpty())
                .collect(Collectors.joining(", "));
    }

    private static String count(List<VariableSource> sources, String one, String many) {
        return sources.isEmpty() ? "" : sources.size() + " " + (sources.size() == 1 ? one : many);
    }

    private static String line(Comparison comparison, VariableSource source) {
        if (source.outcome() == Outcome.MISSING) {
            String looked = source.tensorName().equals(source.wanted().name())
                    ? ""
                    : " (as '" + TensorNames.printable(source.tensorName()) + "')";
            String likely = comparison.suggestions().of(source).stream()
                    .map(Suggestion::toString)
                    .collect(Collectors.joining(", "));
            return source.wanted() + looked + ": missing" + (likely.isEmpty() ? "" : "; perhaps " + likely);
        }
        return source.wanted() + ": the checkpoint has "
                + source.tensor().map(TensorInfo::toString).orElse("") + " (TensorFlow: \""
                + source.tensorFlowMessage() + "\")";
    }

    /** TensorFlow's message when it looks up names in an object-based checkpoint. */
    private static String objectBased(Comparison comparison) {
        TreeSet<String> gone = new TreeSet<>(comparison.tensors().fullNames().keySet());
        long matched = comparison.variables().stream()
                .filter(source -> source.outcome() != Outcome.EXCLUDED)
                .map(VariableSource::tensorName)
                .filter(gone::remove)
                .count();
        Stream<String> missing = comparison.missing().stream().map(VariableSource::tensorName);
        return "Existing variables not in the checkpoint: "
                + list(missing.map(TensorNames::printable).sorted().distinct())
                + "\n\nVariables names when this checkpoint was written which don't exist now: "
                + list(gone.stream().map(TensorNames::printable))
                + "\n\n(" + matched + " variable name(s) did match)\n\nCould not find some variables in the checkpoint"
                + " (see names above).";
    }

    private static String list(Stream<String> names) {
        return names.limit(MAX_SHOWN).collect(Collectors.joining(", "));
    }
}
