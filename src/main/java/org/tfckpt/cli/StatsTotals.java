package org.tfckpt.cli;

import java.io.IOException;
import org.tfckpt.io.JsonOutput;
import org.tfckpt.values.Summary;

/** The totals of the rows of {@code stats}. */
final class StatsTotals {
    private long tensors;
    private long elements;
    private long nan;
    private long infinite;
    private long zeros;

    void add(StatsRow row) {
        tensors++;
        elements += row.info().shape().elements();
        Summary summary = row.summary();
        if (summary != null) {
            nan += summary.nan();
            infinite += summary.infinite();
            zeros += summary.zeros();
        }
    }

    long tensors() {
        return tensors;
    }

    void writeJson(JsonOutput out) throws IOException {
        out.generator().writeObjectFieldStart("totals");
        out.number("tensors", tensors);
        out.number("elements", elements);
        out.number("nan", nan);
        out.number("inf", infinite);
        out.number("zeros", zeros);
        out.generator().writeEndObject();
    }

    @Override
    public String toString() {
        return Plural.of(tensors, "tensor") + ", " + Plural.of(elements, "element") + ": " + nan + " NaN, " + infinite
                + " infinite, " + Plural.of(zeros, "zero");
    }
}
