package org.tfckpt.restore;

import java.util.List;

/**
 * A pattern that excludes variables for which the checkpoint has no tensor with their shape and dtype. It was tried on
 * all names: it does not exclude a variable that is found.
 *
 * @param pattern a glob for {@link org.tfckpt.tensor.NamePattern#of}
 * @param excluded the variables that it excludes and no pattern before it, by name in the graph, in its order
 */
public record SuggestedExclusion(String pattern, List<String> excluded) {
    /**
     * Makes an immutable copy of {@code excluded}.
     *
     * @param pattern the pattern
     * @param excluded the variables
     */
    public SuggestedExclusion {
        excluded = List.copyOf(excluded);
    }
}
