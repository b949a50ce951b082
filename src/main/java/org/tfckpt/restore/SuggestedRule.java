package org.tfckpt.restore;

import java.util.List;

/**
 * A rule that finds missing variables. It has been tried on all names: it touches none that was found without it, and it
 * brings no variable to a tensor that another one has.
 *
 * @param rule as {@link NameMapping#sed} takes it, to be applied after the mapping that there is and after the rules
 *     suggested before it
 * @param found the variables that it finds with their shape and dtype, by the graph's names, in its order
 */
public record SuggestedRule(String rule, List<String> found) {
    /**
     * The same with a list that nobody else can change.
     *
     * @param rule the rule
     * @param found the variables
     */
    public SuggestedRule {
        found = List.copyOf(found);
    }
}
