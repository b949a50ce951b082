package org.tfckpt.restore;

import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Maps names by a function.
 *
 * @param function returns the same name if it does not apply
 * @param description describes the function in reports
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
