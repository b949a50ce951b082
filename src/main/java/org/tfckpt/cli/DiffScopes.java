package org.tfckpt.cli;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.tfckpt.tensor.TensorNames;

/** Sums up tensors by the first part of their names. */
final class DiffScopes {
    private final Map<String, long[]> scopes = new TreeMap<>(TensorNames.ORDER);

    void add(String name, long elements) {
        int end = name.indexOf('/');
        long[] sums = scopes.computeIfAbsent(end < 0 ? name : name.substring(0, end + 1), scope -> new long[2]);
        sums[0]++;
        sums[1] += elements;
    }

    /** Writes the scopes with the most elements first. */
    void write(Output out, int limit) throws IOException {
        List<Map.Entry<String, long[]>> largest = scopes.entrySet().stream()
                .sorted(Comparator.comparingLong((Map.Entry<String, long[]> scope) -> -scope.getValue()[1]))
                .toList();
        int shown = Math.min(largest.size(), Math.max(limit, 1));
        for (Map.Entry<String, long[]> scope : largest.subList(0, shown)) {
            out.line("    " + scope.getKey() + "  " + Plural.of(scope.getValue()[0], "tensor") + ", "
                    + Plural.of(scope.getValue()[1], "element"));
        }
        if (shown < largest.size()) {
            out.line("    … and " + Plural.of(largest.size() - shown, "scope") + " more");
        }
    }
}
