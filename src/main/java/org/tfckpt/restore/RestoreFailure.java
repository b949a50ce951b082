package org.tfckpt.restore;

import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;

/** Everything that stands between a checkpoint and the variables wanted, as text: first what TensorFlow says. */
final class RestoreFailure {
    /** Enough for a person, and for a log; {@link RestoreException#comparison()} has the rest. */
    private static final int MOST_SHOWN = 100;

    private static final String MISSING = "a Variable name or other graph key that is missing";
    private static final String MISMATCH = "a mismatch between the current graph and the graph";

    private RestoreFailure() {}

    static String describe(String checkpoint, Comparison comparison) {
        List<VariableSource> missing = comparison.missing();
        StringBuilder text = new StringBuilder();
        if (!missing.isEmpty() && comparison.tensors().isObjectBased()) {
            objectBased(text, comparison);
        } else {
            text.append("Restoring from checkpoint failed. This is most likely due to ")
                    .append(missing.isEmpty() ? MISMATCH : MISSING)
                    .append(" from the checkpoint. Please ensure that you have not altered the graph expected based on")
                    .append(" the checkpoint. Original error:\n\n")
                    .append(originalError(comparison));
        }
        text.append("\n\nOf ")
                .append(comparison.variables().size() - comparison.excluded().size())
                .append(" variables wanted from ")
                .append(checkpoint)
                .append(", ")
                .append(counts(comparison))
                .append(':');
        List<VariableSource> wrong = comparison.variables().stream()
                .filter(source -> source.outcome() == Outcome.MISSING || source.outcome() == Outcome.MISMATCHED)
                .toList();
        wrong.stream().limit(MOST_SHOWN).forEach(source -> text.append("\n  ").append(line(comparison, source)));
        if (wrong.size() > MOST_SHOWN) {
            text.append("\n  … and ").append(wrong.size() - MOST_SHOWN).append(" more");
        }
        List<SuggestedRule> rules = comparison.suggestions().rules();
        if (!rules.isEmpty()) {
            text.append("\nTry the mapping ")
                    .append(rules.stream()
                            .map(rule -> rule.rule() + " (finds " + rule.found().size() + ")")
                            .collect(Collectors.joining(", ")));
        }
        idle(text, comparison);
        return text.toString();
    }

    /**
     * RestoreV2 looks all names up before it reads, so a name that is missing comes first; then it lists every dtype that
     * differs, by name; shapes are a matter of what is assigned later.
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
                        .limit(MOST_SHOWN)
                        .map(VariableSource::tensorFlowMessage)
                        .collect(Collectors.joining("\n"));
    }

    private static String foundName(VariableSource source) {
        return source.tensor().map(TensorInfo::name).orElse(source.tensorName());
    }

    private static String counts(Comparison comparison) {
        return Stream.of(
                        count(comparison.missing(), "is not in the checkpoint", "are not in the checkpoint"),
                        count(comparison.shapeMismatches(), "has another shape there", "have another shape there"),
                        count(comparison.dtypeMismatches(), "has another dtype there", "have another dtype there"))
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
                    : " looked for as " + TensorNames.printable(source.tensorName());
            String likely = comparison.suggestions().of(source).stream()
                    .map(Suggestion::toString)
                    .collect(Collectors.joining(", "));
            return source.wanted() + looked + ": missing" + (likely.isEmpty() ? "" : "; perhaps " + likely);
        }
        return source.wanted() + ": the checkpoint has "
                + source.tensor().map(TensorInfo::toString).orElse("") + "; TensorFlow would say: "
                + source.tensorFlowMessage();
    }

    /** TensorFlow's text where names meet an object-based checkpoint. */
    private static void objectBased(StringBuilder text, Comparison comparison) {
        TreeSet<String> gone = new TreeSet<>(comparison.tensors().fullNames().keySet());
        long matched = comparison.variables().stream()
                .filter(source -> source.outcome() != Outcome.EXCLUDED)
                .map(VariableSource::tensorName)
                .filter(gone::remove)
                .count();
        text.append("\n\nExisting variables not in the checkpoint: ")
                .append(comparison.missing().stream()
                        .map(source -> TensorNames.printable(source.tensorName()))
                        .sorted()
                        .distinct()
                        .limit(MOST_SHOWN)
                        .collect(Collectors.joining(", ")))
                .append("\n\nVariables names when this checkpoint was written which don't exist now: ")
                .append(gone.stream()
                        .limit(MOST_SHOWN)
                        .map(TensorNames::printable)
                        .collect(Collectors.joining(", ")))
                .append("\n\n(")
                .append(matched)
                .append(" variable name(s) did match)\n\nCould not find some variables in the checkpoint (see names")
                .append(" above).");
    }

    private static void idle(StringBuilder text, Comparison comparison) {
        comparison.idleRules().stream()
                .limit(MOST_SHOWN)
                .forEach(rule -> text.append("\nThe mapping ").append(rule).append(" speaks of no variable"));
        comparison
                .idleExclusions()
                .forEach(pattern ->
                        text.append("\nThe exclusion ").append(pattern).append(" matches no variable"));
        comparison.collisions().stream()
                .limit(MOST_SHOWN)
                .forEach(collision -> text.append("\nThe mapping brings ")
                        .append(String.join(", ", collision.variables()))
                        .append(" to one tensor, ")
                        .append(TensorNames.printable(collision.tensor().name())));
    }
}
