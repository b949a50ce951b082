package org.tfckpt.restore;

import org.jspecify.annotations.Nullable;

/**
 * Replaces a prefix.
 *
 * @param graph the prefix in the graph
 * @param checkpoint the prefix in the checkpoint
 */
record PrefixRule(String graph, String checkpoint) implements NameRule {
    static String scope(String name) {
        return name.isEmpty() || name.endsWith("/") ? name.equals("/") ? "" : name : name + "/";
    }

    @Override
    public @Nullable String apply(String name) {
        return name.startsWith(graph) ? checkpoint + name.substring(graph.length()) : null;
    }

    @Override
    public String toString() {
        return "'" + graph + "' from '" + checkpoint + "'";
    }
}
