package org.tfckpt.restore;

import org.jspecify.annotations.Nullable;

/**
 * From one beginning to another.
 *
 * @param graph how the graph's names begin
 * @param checkpoint how the checkpoint's do
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
