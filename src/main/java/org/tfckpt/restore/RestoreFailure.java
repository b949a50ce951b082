package org.tfckpt.restore;

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
        StringBuilder text = new StringBuilder();
        int wanted = comparison.variables().size() - comparison.excluded().size();
        text.append("cannot restore ")
                .append(wanted - comparison.matched().size())
                .append(" of ")
                .append(wanted)
                .append(wanted == 1 ? " variable" : " variables")
                .append(" from '")
                .append(checkpoint)
                .append("': ")
                .append(counts(comparison));
        List<VariableSource> wrong = comparison.variables().stream()
                .filter(source -> source.outcome() == Outcome.MISSING || source.outcome() == Outcome.MISMATCHED)
                .toList();
        wrong.stream().limit(MAX_SHOWN).forEach(source -> text.append("\n  ").append(line(comparison, source)));
        if (wrong.size() > MAX_SHOWN) {
            text.append("\n  … and ").append(wrong.size() - MAX_SHOWN).append(" more");
        }
        List<SuggestedRule> rules = comparison.suggestions().rules();
        if (!rules.isEmpty()) {
            text.append("\nTry mapping the names by ")
                    .append(rules.stream()
                            .map(rule -> rule.rule() + " (finds " + rule.found().size() + ")")
                            .collect(Collectors.joining(", ")));
        }
        idle(text, comparison);
        return text.append("\n(TensorFlow: \"")
                .append(tensorFlowMessage(comparison))
                .append("\")")
                .toString();
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
        StringBuilder text = new StringBuilder();
        TreeSet<String> gone = new TreeSet<>(comparison.tensors().fullNames().keySet());
        long matched = comparison.variables().stream()
                .filter(source -> source.outcome() != Outcome.EXCLUDED)
                .map(VariableSource::tensorName)
                .filter(gone::remove)
                .count();
        return text.append("Existing variables not in the checkpoint: ")
                .append(comparison.missing().stream()
                        .map(source -> TensorNames.printable(source.tensorName()))
                        .sorted()
                        .distinct()
                        .limit(MAX_SHOWN)
                        .collect(Collectors.joining(", ")))
                .append("\n\nVariables names when this checkpoint was written which don't exist now: ")
                .append(gone.stream()
                        .limit(MAX_SHOWN)
                        .map(TensorNames::printable)
                        .collect(Collectors.joining(", ")))
                .append("\n\n(")
                .append(matched)
                .append(" variable name(s) did match)\n\nCould not find some variables in the checkpoint (see names")
                .append(" above).")
                .toString();
    }

    private static void idle(StringBuilder text, Comparison comparison) {
        comparison.idleRules().stream()
                .limit(MAX_SHOWN)
                .forEach(rule -> text.append("\nThe rule ").append(rule).append(" matches no variable"));
        comparison
                .idleExclusions()
                .forEach(pattern ->
                        text.append("\nThe exclusion '").append(pattern).append("' matches no variable"));
        comparison.collisions().stream()
                .limit(MAX_SHOWN)
                .forEach(collision -> text.append("\nThe mapping assigns several variables (")
                        .append(String.join(", ", collision.variables()))
                        .append(") to one tensor, ")
                        .append(TensorNames.printable(collision.tensor().name())));
    }
}
