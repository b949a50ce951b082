package org.tfckpt.restore;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One step of a mapping. */
interface NameRule {
    /** Returns the new name, or null if the rule does not match. */
    @Nullable
    String apply(String name);

    /** Returns the parts of this rule that match none of the names, as they were written. */
    default List<String> idle(Set<String> names) {
        return names.stream().anyMatch(name -> apply(name) != null) ? List.of() : List.of(toString());
    }
}
