package org.tfckpt.restore;

import java.util.List;
import java.util.stream.Collectors;

/**
 * An order of axes that gives tensors the shapes of their variables.
 *
 * @param pattern a glob for the names of the tensors. It matches no tensor that fits its variable as it is, and would not
 *     fit with this order
 * @param axes for each axis of the variable, its axis in the tensor, where axes of size 1 may be missing
 * @param hasOtherRanks whether the pattern matches tensors with other numbers of axes, too
 * @param variables the variables whose tensors fit with this order only, by name in the graph
 * @param unchanged the number of tensors that match the pattern and whose shape does not change, as that of a square
 *     matrix: whether they have to be transposed cannot be seen, but is likely if others of the same name have to
 */
public record SuggestedTransposition(
        String pattern, List<Integer> axes, boolean hasOtherRanks, List<String> variables, int unchanged) {
    /**
     * Makes immutable copies of the lists.
     *
     * @param pattern a glob for the names of the tensors
     * @param axes the order of the axes
     * @param hasOtherRanks whether the pattern matches tensors with other numbers of axes
     * @param variables the variables
     * @param unchanged the number of other tensors
     */
    public SuggestedTransposition {
        axes = List.copyOf(axes);
        variables = List.copyOf(variables);
    }

    /**
     * {@return the value of the option {@code --transpose}: {@code GLOB} to swap the axes of matrices, otherwise {@code
     * GLOB=AXES}}
     */
    public String rule() {
        return axes.equals(List.of(1, 0)) && !hasOtherRanks
                ? pattern
                : pattern + "=" + axes.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
