package org.tfckpt.restore;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One step of a mapping. */
interface NameRule {
    /** The new name, or null if the rule does not speak of this one. */
    @Nullable
    String apply(String name);

    /** What of this rule speaks of none of the names that came to it, as a person wrote it. */
    default List<String> idle(Set<String> names) {
        return names.stream().anyMatch(name -> apply(name) != null) ? List.of() : List.of(toString());
    }
}
