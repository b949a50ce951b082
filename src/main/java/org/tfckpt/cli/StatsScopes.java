package org.tfckpt.cli;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.tfckpt.io.JsonOutput;
import org.tfckpt.tensor.TensorNames;
import org.tfckpt.values.Summary;

/** The statistics of scopes: of the tensors whose names begin with the same parts. */
final class StatsScopes {
    private final int parts;
    private final Map<String, Scope> scopes = new TreeMap<>(TensorNames.ORDER);

    private record Scope(long tensors, Summary summary) {}

    StatsScopes(int parts) {
        this.parts = parts;
    }

    void add(StatsRow row) {
        String name = row.info().name();
        int end = -1;
        for (int i = 0; i < parts; i++) {
            end = name.indexOf('/', end + 1);
            if (end < 0) {
                return;
            }
        }
        Summary summary = row.summary();
        if (summary != null && parts > 0) {
            scopes.merge(
                    name.substring(0, end + 1),
                    new Scope(1, summary),
                    (a, b) -> new Scope(a.tensors + b.tensors, a.summary.plus(b.summary)));
        }
    }

    void writeText(Output out, Style style) throws IOException {
        if (!scopes.isEmpty()) {
            out.text("\n");
            out.line(StatsRow.header("scope"));
            for (Map.Entry<String, Scope> scope : scopes.entrySet()) {
                StatsRow.writeScope(out, scope.getKey(), scope.getValue().summary(), style);
            }
        }
    }

    void writeJson(JsonOutput out) throws IOException {
        if (parts == 0) {
            return;
        }
        out.generator().writeArrayFieldStart("scopes");
        for (Map.Entry<String, Scope> scope : scopes.entrySet()) {
            out.generator().writeStartObject();
            out.text("name", scope.getKey());
            out.number("tensors", scope.getValue().tensors());
            out.number("elements", scope.getValue().summary().elements());
            StatsRow.writeJson(out, scope.getValue().summary());
            out.generator().writeEndObject();
        }
        out.generator().writeEndArray();
    }
}
