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
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.tfckpt.Checkpoint;
import org.tfckpt.tensor.TensorNames;

/**
 * The choice that {@code tf.estimator}'s warm start makes: which variables begin with a checkpoint's values, and under
 * which names they were saved. Vocabularies are not part of it. Immutable.
 *
 * <p>A regular expression has to match from the beginning of a variable's name, not up to its end, and sees the name with
 * {@code :0}, as TensorFlow's collections show it.
 */
public final class WarmStart {
    private final Choice choice;
    private final Map<String, String> previousNames;

    /** Takes the graph's variables and gives those to start. */
    private interface Choice {
        List<Wanted> of(Collection<Wanted> variables);
    }

    private WarmStart(Choice choice, Map<String, String> previousNames) {
        this.choice = choice;
        this.previousNames = previousNames;
    }

    /**
     * All trainable variables: TensorFlow's default.
     *
     * @return the choice
     */
    public static WarmStart trainable() {
        return trainable(".*");
    }

    /**
     * The trainable variables whose names match.
     *
     * @param regex a regular expression
     * @return the choice
     * @throws java.util.regex.PatternSyntaxException if it is not one
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
     * The variables whose names match, trainable or not.
     *
     * @param regexes regular expressions; for each the variables that match it
     * @return the choice
     * @throws java.util.regex.PatternSyntaxException if one of them is not one
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
     * These variables.
     *
     * @param variables whole ones and parts
     * @return the choice
     */
    public static WarmStart of(List<Wanted> variables) {
        List<Wanted> chosen = List.copyOf(variables);
        return new WarmStart(all -> chosen, Map.of());
    }

    /**
     * No variable, which is what TensorFlow makes of {@code None} where there are no vocabularies.
     *
     * @return the choice
     */
    public static WarmStart nothing() {
        return of(List.of());
    }

    private static Predicate<Wanted> matches(String regex) {
        Pattern pattern = Pattern.compile(regex);
        return variable -> pattern.matcher(variable.variable() + ":0").lookingAt();
    }

    /**
     * The same with names that differ.
     *
     * @param names from a variable's name to the one that it was saved under
     * @return another choice
     */
    public WarmStart previousNames(Map<String, String> names) {
        return new WarmStart(choice, Map.copyOf(names));
    }

    /**
     * Finds the values, and makes a strict plan.
     *
     * <p>If no names were given and the checkpoint is object-based, variables are found by their full names.
     *
     * @param variables the graph's
     * @param checkpoint where the values are
     * @return a plan for the variables chosen
     * @throws IllegalArgumentException with TensorFlow's text, if a tensor is missing, a shape is another one, or a name
     *     was given for a variable that is not chosen
     * @throws IOException if the checkpoint's index cannot be read
     */
    public RestorePlan plan(Collection<Wanted> variables, Checkpoint checkpoint) throws IOException {
        Map<String, List<Wanted>> grouped = new LinkedHashMap<>();
        for (Wanted variable : choice.of(variables)) {
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
                            + " the checkpoint did not contain values for all variables. The following variables were missing: "
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
