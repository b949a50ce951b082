package org.tfckpt.restore;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.tensor.TensorInfo;

/**
 * From the graph's name of a variable to the name in the checkpoint that it comes from. Rules are applied in order, each
 * to what the one before it has made; a name that no rule speaks of stays as it is.
 */
public final class NameMapping implements UnaryOperator<String> {
    /** Every variable comes from the tensor of its own name. */
    public static final NameMapping NONE = new NameMapping(List.of());

    private static final String VALUE = ObjectKeys.key("", ObjectKeys.VARIABLE_VALUE);

    private final List<NameRule> rules;

    private NameMapping(List<? extends NameRule> rules) {
        this.rules = List.copyOf(rules);
    }

    /**
     * Pairs of names.
     *
     * @param sources from the graph's name to the checkpoint's
     * @return the mapping
     */
    public static NameMapping pairs(Map<String, String> sources) {
        return new NameMapping(List.of(new ExactNames(Collections.unmodifiableMap(new LinkedHashMap<>(sources)))));
    }

    /**
     * Reads pairs from a file of lines {@code name in the checkpoint -> name wanted}. Blank lines and lines that begin
     * with {@code #} are passed over; one tensor may feed several variables; a {@code :0} behind the name wanted is
     * dropped.
     *
     * @param file UTF-8
     * @return the mapping
     * @throws org.tfckpt.tensor.CheckpointException if there are lines of another form, or a name is wanted from two
     *     tensors: with the number of each such line
     * @throws IOException if the file cannot be read
     */
    public static NameMapping file(Path file) throws IOException {
        return pairs(readPairs(file));
    }

    /**
     * Reads pairs from a file as {@link #file} does.
     *
     * @param file UTF-8
     * @return from each name wanted to the name in the checkpoint, in the file's order
     * @throws IOException as {@link #file}
     */
    public static Map<String, String> readPairs(Path file) throws IOException {
        return Collections.unmodifiableMap(MapFile.read(file));
    }

    /**
     * From a scope to a scope: {@code scope("init", "input")} has {@code init/x} come from {@code input/x} and leaves
     * {@code init_1/x} alone.
     *
     * @param graph the graph's scope, with or without a slash at its end; empty or {@code /} for the root
     * @param checkpoint the checkpoint's scope, likewise
     * @return the mapping
     */
    public static NameMapping scope(String graph, String checkpoint) {
        return prefix(PrefixRule.scope(graph), PrefixRule.scope(checkpoint));
    }

    /**
     * From one beginning to another, whether or not a part of a path ends there.
     *
     * @param graph how the graph's names begin
     * @param checkpoint how the checkpoint's begin instead
     * @return the mapping
     */
    public static NameMapping prefix(String graph, String checkpoint) {
        return new NameMapping(List.of(new PrefixRule(graph, checkpoint)));
    }

    /**
     * Substitutions as sed's {@code s} command does them, from the graph's name to the checkpoint's:
     * {@code s#^init/#input/#}.
     *
     * <p>Any character may be the delimiter but a blank, a {@code ;} and a backslash; within the rule it is itself with a
     * backslash before it. Flags: {@code g} for every hit and not only the first, a number for that hit (with {@code g}:
     * and all after it), {@code i} for upper and lower case alike. The expression is an extended one, as of
     * {@code sed -E}, and read as {@link java.util.regex.Pattern Java's} (POSIX classes like {@code [[:digit:]]} are
     * understood); in the replacement {@code \1} to {@code \9} are groups, {@code &} is the whole hit, a backslash
     * makes any other sign itself. Several rules may stand in one text with {@code ;} between them.
     *
     * @param rules one or more
     * @return the mapping
     * @throws IllegalArgumentException if the text is not of this form, saying where
     */
    public static NameMapping sed(String rules) {
        return new NameMapping(SedParser.parse(rules));
    }

    /**
     * Any function.
     *
     * @param function from the graph's name to the checkpoint's; it gives the same name where it has nothing to say
     * @return the mapping
     */
    public static NameMapping of(UnaryOperator<String> function) {
        return function instanceof NameMapping mapping
                ? mapping
                : new NameMapping(List.of(new FunctionRule(function, "a function")));
    }

    /**
     * From the path of an object to the key of its value in an object-based (TF2) checkpoint: {@code layer/kernel} comes
     * from {@code layer/kernel/.ATTRIBUTES/VARIABLE_VALUE}. What is such a key already stays.
     *
     * @return the mapping
     */
    public static NameMapping toObjectKeys() {
        return new NameMapping(List.of(
                new FunctionRule(name -> name.endsWith(VALUE) ? name : name + VALUE, "paths to keys of objects")));
    }

    /**
     * The opposite of {@link #toObjectKeys}, for a graph of objects and a checkpoint of names.
     *
     * @return the mapping
     */
    public static NameMapping fromObjectKeys() {
        return new NameMapping(List.of(new FunctionRule(
                name -> name.endsWith(VALUE) ? name.substring(0, name.length() - VALUE.length()) : name,
                "keys of objects to paths")));
    }

    /**
     * This mapping, and another one after it.
     *
     * @param next takes the names that this one gives
     * @return both
     */
    public NameMapping then(NameMapping next) {
        List<NameRule> both = new ArrayList<>(rules);
        both.addAll(next.rules);
        return new NameMapping(both);
    }

    /**
     * The name in the checkpoint.
     *
     * @param name the graph's
     * @return the checkpoint's
     */
    @Override
    public String apply(String name) {
        String result = name;
        for (NameRule rule : rules) {
            String next = rule.apply(result);
            result = next == null ? result : next;
        }
        return result;
    }

    /** The rules, and lines of a map file, that speak of none of the names. */
    List<String> idle(Collection<String> names) {
        List<String> idle = new ArrayList<>();
        Set<String> before = new LinkedHashSet<>(names);
        for (NameRule rule : rules) {
            idle.addAll(rule.idle(before));
            Set<String> after = new LinkedHashSet<>();
            for (String name : before) {
                String next = rule.apply(name);
                after.add(next == null ? name : next);
            }
            before = after;
        }
        return List.copyOf(idle);
    }

    /**
     * Two or more variables that a mapping has brought to one tensor: what was meant, or a rule that hits too much.
     *
     * @param tensor the tensor that feeds them
     * @param variables their names in the graph, in its order
     */
    public record Collision(TensorInfo tensor, List<String> variables) {
        /**
         * The same with a list that nobody else can change.
         *
         * @param tensor the tensor
         * @param variables the names
         */
        public Collision {
            variables = List.copyOf(variables);
        }
    }

    /**
     * The rules in order.
     *
     * @return as they were written
     */
    @Override
    public String toString() {
        return String.join("; ", rules.stream().map(NameRule::toString).toList());
    }
}
