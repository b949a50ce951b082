package org.tfckpt.restore;

import java.util.List;

/**
 * A rule that finds missing variables. It was tried on all names: it does not rename variables that were found without
 * it, and does not assign a tensor to two variables.
 *
 * @param rule a rule for {@link NameMapping#sed}, to be applied after the existing mapping and the rules suggested
 *     before it
 * @param found the variables that it finds with the right shape and dtype, by name in the graph, in its order
 */
public record SuggestedRule(String rule, List<String> found) {
    /**
     * Makes an immutable copy of {@code found}.
     *
     * @param rule the rule
     * @param found the variables
     */
    public SuggestedRule {
        found = List.copyOf(found);
    }
}
