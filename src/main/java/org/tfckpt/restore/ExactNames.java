package org.tfckpt.restore;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Maps single names.
 *
 * @param sources the name in the checkpoint for each name in the graph, in the order in which they were given
 */
record ExactNames(Map<String, String> sources) implements NameRule {
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
