package org.tfckpt.cli;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.tfckpt.io.JsonOutput;
import org.tfckpt.tensor.TensorNames;
import org.tfckpt.values.Summary;

/** The totals of the rows of {@code stats}, and those of scopes: of the tensors whose names begin with the same parts. */
final class StatsSums {
    private final int parts;
    private final Map<String, Scope> scopes = new TreeMap<>(TensorNames.ORDER);
    private long tensors;
    private long elements;
    private long nan;
    private long infinite;
    private long zeros;

    private record Scope(long tensors, Summary summary) {
        Scope plus(Scope other) {
            return new Scope(tensors + other.tensors, summary.plus(other.summary));
        }
    }

    /**
     * Creates sums.
     *
     * @param parts the number of parts of a scope; 0 for no scopes
     */
    StatsSums(int parts) {
        this.parts = parts;
    }

    void add(StatsRow row) {
        tensors++;
        elements += row.info().shape().elements();
        Summary summary = row.summary();
        if (summary != null) {
            nan += summary.nan();
            infinite += summary.infinite();
            zeros += summary.zeros();
            addToScope(row.info().name(), summary);
        }
    }

    private void addToScope(String name, Summary summary) {
        int end = -1;
        for (int i = 0; i < parts; i++) {
            end = name.indexOf('/', end + 1);
            if (end < 0) {
                return;
            }
        }
        if (parts > 0) {
            scopes.merge(name.substring(0, end + 1), new Scope(1, summary), Scope::plus);
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
        out.text((tensors == 0 ? "" : "\n") + Plural.of(tensors, "tensor") + ", " + Plural.of(elements, "element")
                + ": " + nan + " NaN, " + infinite + " infinite, " + Plural.of(zeros, "zero") + "\n");
    }

    void writeJson(JsonOutput out) throws IOException {
        if (parts > 0) {
            out.objects("scopes", scopes.entrySet(), (Map.Entry<String, Scope> scope) -> {
                out.text("name", scope.getKey());
                out.number("tensors", scope.getValue().tensors());
                out.number("elements", scope.getValue().summary().elements());
                StatsRow.writeJson(out, scope.getValue().summary());
            });
        }
        out.object("totals", () -> {
            out.number("tensors", tensors);
            out.number("elements", elements);
            out.number("nan", nan);
            out.number("inf", infinite);
            out.number("zeros", zeros);
        });
    }
}
