package org.tfckpt.edit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.tfckpt.tensor.NamePattern;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;

/**
 * A rule that changes the order of axes.
 *
 * @param pattern the tensors, by their old or new names
 * @param order for each axis of the result, its axis in the source; empty to swap the last two. Axes of size 1 may be
 *     missing, and are dropped
 */
record Axes(NamePattern pattern, List<Integer> order) {
    private static final Pattern RULE = Pattern.compile("(?s)(.+)=([0-9]{1,3}(?:,[0-9]{1,3})*)");

    Axes {
        order = List.copyOf(order);
        if (order.stream().distinct().count() < order.size() || order.stream().anyMatch(axis -> axis < 0)) {
            throw new IllegalArgumentException("the axes " + order + " are not an order: each axis may occur once");
        }
    }

    /** Parses {@code GLOB} or {@code GLOB=AXES}. */
    static Axes parse(String text) {
        Matcher rule = RULE.matcher(text);
        if (!rule.matches()) {
            return new Axes(NamePattern.of(text), List.of());
        }
        List<Integer> order =
                Arrays.stream(rule.group(2).split(",")).map(Integer::valueOf).toList();
        return new Axes(NamePattern.of(rule.group(1)), order);
    }

    /** Returns whether the rule applies to a tensor: its name matches, and it has the axes that the rule names. */
    boolean appliesTo(TensorInfo source, String newName) {
        boolean isNamed = pattern.test(newName) || pattern.test(source.name());
        return isNamed && source.dtype().isFixedWidth() && isPossible(source.shape());
    }

    /** Returns the order of the axes that the last rule for a tensor gives; empty if no rule applies. */
    static List<Integer> of(List<Axes> rules, TensorInfo source, String newName) {
        List<Integer> axes = List.of();
        for (Axes rule : rules) {
            if (rule.appliesTo(source, newName)) {
                axes = rule.of(source);
            }
        }
        return axes;
    }

    /** Returns the note about a rule that applies to no tensor. */
    String idle() {
        return "no tensor with the axes that it needs matches the rule '" + this + "' for transposing";
    }

    private List<Integer> of(TensorInfo source) {
        if (!order.isEmpty()) {
            return order;
        }
        int rank = source.shape().rank();
        List<Integer> swapped = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
        swapped.set(rank - 2, rank - 1);
        swapped.set(rank - 1, rank - 2);
        return swapped;
    }

    private boolean isPossible(Shape shape) {
        return order.isEmpty() ? shape.rank() >= 2 : shape.hasAxes(order);
    }

    @Override
    public String toString() {
        String axes = order.stream().map(String::valueOf).collect(Collectors.joining(","));
        return pattern + (axes.isEmpty() ? "" : "=" + axes);
    }
}
