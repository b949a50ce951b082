package org.tfckpt.restore;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.tfckpt.tensor.NamePattern;

/**
 * The variables that are not to be restored.
 *
 * @param patterns patterns for their names
 * @param slots whether state of optimizers is excluded
 */
record Exclusions(Collection<NamePattern> patterns, boolean slots) {
    static final Exclusions NONE = new Exclusions(List.of(), false);

    /** Tests the name looked for and the name in the graph. */
    static boolean matches(NamePattern pattern, NamedVariable variable) {
        return pattern.test(variable.name()) || pattern.test(variable.wanted().variable());
    }

    Optional<NamePattern> patternOf(NamedVariable variable) {
        return patterns.stream().filter(pattern -> matches(pattern, variable)).findFirst();
    }
}
