package org.tfckpt.restore;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
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

    /**
     * Maps single names.
     *
     * @param sources the name in the checkpoint for each name in the graph, in the order in which they were given
     */
    record Pairs(Map<String, String> sources) implements NameRule {
        @Override
        public @Nullable String apply(String name) {
            return sources.get(name);
        }

        @Override
        public List<String> idle(Set<String> names) {
            return sources.entrySet().stream()
                    .filter(pair -> !names.contains(pair.getKey()))
                    .map(pair -> MapFile.line(pair.getValue(), pair.getKey()))
                    .toList();
        }

        @Override
        public String toString() {
            return sources.size() + (sources.size() == 1 ? " pair" : " pairs") + " of names";
        }
    }

    /**
     * Maps names by a function.
     *
     * @param function returns null if it does not apply
     * @param description describes the function in reports
     */
    record OfFunction(Function<String, @Nullable String> function, String description) implements NameRule {
        @Override
        public @Nullable String apply(String name) {
            return function.apply(name);
        }

        @Override
        public String toString() {
            return description;
        }
    }
}
