package org.tfckpt.restore;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.tfckpt.Checkpoint;
import org.tfckpt.tensor.TensorNames;

/**
 * Selects the variables that {@code tf.estimator.WarmStartSettings} would start from a checkpoint, and the names they
 * were saved under. Vocabularies are not supported. Immutable.
 *
 * <p>Regular expressions are matched at the beginning of the name of a variable including its {@code :0}, as TensorFlow
 * does; they need not match to its end.
 */
public final class WarmStart {
    private final Function<Collection<Wanted>, List<Wanted>> choice;
    private final Map<String, String> previousNames;

    private WarmStart(Function<Collection<Wanted>, List<Wanted>> choice, Map<String, String> previousNames) {
        this.choice = choice;
        this.previousNames = previousNames;
    }

    /** {@return a selection of all trainable variables, which is TensorFlow's default} */
    public static WarmStart trainable() {
        return trainable(".*");
    }

    /**
     * {@return a selection of the trainable variables whose names match}
     *
     * @param regex a regular expression
     * @throws java.util.regex.PatternSyntaxException if the syntax is wrong
     */
    public static WarmStart trainable(String regex) {
        Predicate<Wanted> matches = matches(regex);
        return new WarmStart(
                variables -> variables.stream()
                        .filter(variable -> variable.trainable() && matches.test(variable))
                        .toList(),
                Map.of());
    }

    /**
     * {@return a selection of the variables whose names match, trainable or not}
     *
     * @param regexes regular expressions; a variable is selected if one of them matches
     * @throws java.util.regex.PatternSyntaxException if the syntax of one is wrong
     */
    public static WarmStart global(List<String> regexes) {
        List<Predicate<Wanted>> all = regexes.stream().map(WarmStart::matches).toList();
        return new WarmStart(
                variables -> all.stream()
                        .flatMap(matches -> variables.stream().filter(matches))
                        .distinct()
                        .toList(),
                Map.of());
    }

    /**
     * {@return a selection of the given variables}
     *
     * @param variables whole variables and parts
     */
    public static WarmStart of(List<Wanted> variables) {
        List<Wanted> chosen = List.copyOf(variables);
        return new WarmStart(all -> chosen, Map.of());
    }

    /** {@return a selection of no variable, as TensorFlow's for {@code None} without vocabularies} */
    public static WarmStart nothing() {
        return of(List.of());
    }

    private static Predicate<Wanted> matches(String regex) {
        Pattern pattern = Pattern.compile(regex);
        return variable -> pattern.matcher(variable.variable() + ":0").lookingAt();
    }

    /**
     * {@return a copy of this selection with names that have changed}
     *
     * @param names maps the name of a variable to the name it was saved under
     */
    public WarmStart previousNames(Map<String, String> names) {
        return new WarmStart(choice, Map.copyOf(names));
    }

    /**
     * Returns a strict plan for the selected variables.
     *
     * <p>If no previous names are set and the checkpoint is object-based, variables are found by their full names.
     *
     * @param variables the variables of the graph
     * @param checkpoint the checkpoint to restore from
     * @return the plan
     * @throws IllegalArgumentException with TensorFlow's text, if a tensor is missing, a shape differs, or a previous
     *     name is set for a variable that is not selected
     * @throws IOException if the index cannot be read
     */
    public RestorePlan plan(Collection<Wanted> variables, Checkpoint checkpoint) throws IOException {
        Map<String, List<Wanted>> grouped = new LinkedHashMap<>();
        for (Wanted variable : choice.apply(variables)) {
            grouped.computeIfAbsent(variable.name(), none -> new ArrayList<>(1)).add(variable);
        }
        Tensors tensors = RestorePlan.tensorsOf(checkpoint);
        boolean byFullName = previousNames.isEmpty() && tensors.isObjectBased();
        Map<String, String> names = byFullName ? tensors.fullNames() : previousNames;
        if (byFullName && !names.keySet().containsAll(grouped.keySet())) {
            Set<String> missing = new LinkedHashSet<>(grouped.keySet());
            missing.removeAll(names.keySet());
            throw new IllegalArgumentException(
                    "Attempting to warm-start from an object-based checkpoint, but found that"
                            + " the checkpoint did not contain values for all variables."
                            + " The following variables were missing: "
                            + PythonText.set(missing));
        }
        AssignmentMap assignments = AssignmentMap.EMPTY;
        for (Map.Entry<String, List<Wanted>> group : grouped.entrySet()) {
            String previous = names.getOrDefault(group.getKey(), "");
            String tensor = previous.isEmpty() ? group.getKey() : previous;
            List<Wanted> parts = group.getValue();
            assignments = parts.size() == 1 ? assignments.and(tensor, parts.get(0)) : assignments.and(tensor, parts);
        }
        RestorePlan plan = assignments.plan(variables, checkpoint);
        Set<String> idle = new TreeSet<>(TensorNames.ORDER);
        idle.addAll(previousNames.keySet());
        idle.removeAll(grouped.keySet());
        if (!idle.isEmpty()) {
            throw new IllegalArgumentException(
                    "You provided the following variables in var_name_to_prev_var_name that were not used: "
                            + PythonText.set(idle)
                            + ".  Perhaps you misspelled them?  Here is the list of viable variable names: "
                            + PythonText.set(grouped.keySet()));
        }
        return plan;
    }
}
