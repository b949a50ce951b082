package org.tfckpt.restore;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Anything that makes a name of a name.
 *
 * @param function gives the same name where it has nothing to say
 * @param description for the report
 */
record FunctionRule(UnaryOperator<String> function, String description) implements NameRule {
    @Override
    public @Nullable String apply(String name) {
        String result = function.apply(name);
        return result.equals(name) ? null : result;
    }

    @Override
    public String toString() {
        return description;
    }
}
