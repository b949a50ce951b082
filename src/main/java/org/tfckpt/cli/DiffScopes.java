package org.tfckpt.cli;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.tfckpt.tensor.TensorNames;

/** Sums up tensors by scope: by the first part in which their names differ. */
final class DiffScopes {
    private final Map<String, long[]> scopes = new TreeMap<>(TensorNames.ORDER);
    private final int common;

    DiffScopes(List<String> names) {
        this.common = common(names);
    }

    /** Returns the length of the scope that all names are in. */
    private static int common(List<String> names) {
        String first = names.get(0);
        int length = first.length();
        for (String name : names) {
            length = Math.min(length, name.length());
            for (int i = 0; i < length; i++) {
                if (name.charAt(i) != first.charAt(i)) {
                    length = i;
                }
            }
        }
        return first.lastIndexOf(separator(first), length - 1) + 1;
    }

    /** Other frameworks than TensorFlow separate the parts of names by points. */
    private static char separator(String name) {
        return name.indexOf('/') < 0 ? '.' : '/';
    }

    void add(String name, long elements) {
        int end = name.indexOf(separator(name), common);
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
