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
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.tensor.TensorInfo;

/**
 * Maps the names of variables in a graph to the names of their tensors in a checkpoint. Rules are applied in order,
 * each to the result of the previous one; a name that no rule matches is unchanged. Immutable.
 */
public final class NameMapping implements UnaryOperator<String> {
    /** Maps every name to itself. */
    public static final NameMapping NONE = new NameMapping(List.of());

    private static final String VALUE = ObjectKeys.key("", ObjectKeys.VARIABLE_VALUE);

    private final List<NameRule> rules;

    private NameMapping(List<? extends NameRule> rules) {
        this.rules = List.copyOf(rules);
    }

    /**
     * {@return a mapping of single names}
     *
     * @param sources from the graph's name to the checkpoint's
     */
    public static NameMapping pairs(Map<String, String> sources) {
        return new NameMapping(List.of(new NameRule.Pairs(Collections.unmodifiableMap(new LinkedHashMap<>(sources)))));
    }

    /**
     * Reads a mapping from a file of lines {@code name in the checkpoint -> name wanted}. Blank lines and lines that
     * begin with {@code #} are ignored. One tensor may restore several variables. A {@code :0} at the end of the name
     * wanted is removed.
     *
     * @param file a text file in UTF-8
     * @return the mapping
     * @throws org.tfckpt.tensor.CheckpointException if a line has another form, or a name is mapped to two tensors; the
     *     message lists these lines by number
     * @throws IOException if the file cannot be read
     */
    public static NameMapping file(Path file) throws IOException {
        return pairs(readPairs(file));
    }

    /**
     * Reads the lines of a file as {@link #file} does.
     *
     * @param file a text file in UTF-8
     * @return the name in the checkpoint for each name wanted, in the order of the file
     * @throws IOException as {@link #file}
     */
    public static Map<String, String> readPairs(Path file) throws IOException {
        return Collections.unmodifiableMap(MapFile.read(file));
    }

    /**
     * {@return a mapping from one scope to another} {@code scope("init", "input")} maps {@code init/x} to {@code
     * input/x} and does not change {@code init_1/x}.
     *
     * @param graph the scope in the graph, with or without a slash at its end; empty or {@code /} for the root
     * @param checkpoint the scope in the checkpoint, likewise
     */
    public static NameMapping scope(String graph, String checkpoint) {
        return prefix(scope(graph), scope(checkpoint));
    }

    private static String scope(String name) {
        return name.isEmpty() || name.endsWith("/") ? name.equals("/") ? "" : name : name + "/";
    }

    /**
     * {@return a mapping from one prefix to another, whether or not a slash follows}
     *
     * @param graph the prefix in the graph
     * @param checkpoint the prefix in the checkpoint
     */
    public static NameMapping prefix(String graph, String checkpoint) {
        return of(
                name -> name.startsWith(graph) ? checkpoint + name.substring(graph.length()) : null,
                "'" + graph + "' from '" + checkpoint + "'");
    }

    /**
     * Returns a mapping by substitutions in the syntax of {@code sed -E}, from names in the graph to names in the
     * checkpoint: {@code s#^init/#input/#}.
     *
     * <p>The delimiter may be any character except white space, {@code ;} and a backslash; a backslash before it makes
     * it an ordinary character. Flags: {@code g} replaces all matches instead of the first, a number replaces that
     * match (with {@code g}, also all later ones), {@code i} ignores case. The expression has the syntax of
     * {@link java.util.regex.Pattern} and may contain POSIX classes such as {@code [[:digit:]]}. In the replacement,
     * {@code \1} to {@code \9} are groups, {@code &} is the whole match, and a backslash quotes other characters. Rules
     * are separated by {@code ;}.
     *
     * @param rules one or more rules
     * @return the mapping
     * @throws IllegalArgumentException if the text does not have this form; the message states the reason
     */
    public static NameMapping sed(String rules) {
        return new NameMapping(SedParser.parse(rules));
    }

    /**
     * {@return a mapping by a function}
     *
     * @param function returns the name in the checkpoint for a name in the graph; the same name if it does not apply
     */
    public static NameMapping of(UnaryOperator<String> function) {
        return function instanceof NameMapping mapping
                ? mapping
                : of(name -> other(name, function.apply(name)), "a function");
    }

    private static NameMapping of(Function<String, @Nullable String> function, String description) {
        return new NameMapping(List.of(new NameRule.OfFunction(function, description)));
    }

    private static @Nullable String other(String name, String result) {
        return result.equals(name) ? null : result;
    }

    /**
     * {@return a mapping from paths of objects to keys of an object-based (TF2) checkpoint} {@code layer/kernel}
     * becomes {@code layer/kernel/.ATTRIBUTES/VARIABLE_VALUE}. Keys are unchanged.
     */
    public static NameMapping toObjectKeys() {
        return of(name -> name.endsWith(VALUE) ? null : name + VALUE, "paths to keys of objects");
    }

    /** {@return the inverse of {@link #toObjectKeys}, for a graph of objects and a name-based checkpoint} */
    public static NameMapping fromObjectKeys() {
        return of(
                name -> name.endsWith(VALUE) ? name.substring(0, name.length() - VALUE.length()) : null,
                "keys of objects to paths");
    }

    /**
     * {@return this mapping followed by another one}
     *
     * @param next the mapping to apply to the results of this one
     */
    public NameMapping then(NameMapping next) {
        List<NameRule> both = new ArrayList<>(rules);
        both.addAll(next.rules);
        return new NameMapping(both);
    }

    /**
     * Maps a name.
     *
     * @param name the name in the graph
     * @return the name in the checkpoint
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

    /** Returns the rules, and lines of a map file, that match none of the names. */
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
     * Two or more variables that a mapping restores from the same tensor: intended, or the effect of a rule that
     * matches too much.
     *
     * @param tensor the tensor
     * @param variables the names of the variables in the graph, in its order
     */
    public record Collision(TensorInfo tensor, List<String> variables) {
        /**
         * Makes an immutable copy of {@code variables}.
         *
         * @param tensor the tensor
         * @param variables the names
         */
        public Collision {
            variables = List.copyOf(variables);
        }
    }

    /** {@return the rules in order, as they were written} */
    @Override
    public String toString() {
        return String.join("; ", rules.stream().map(NameRule::toString).toList());
    }
}
