package org.tfckpt.cli;

import java.io.IOException;

/** The table of {@code stats}. */
final class StatsText implements StatsOutput {
    private final Output out;
    private final Style style;
    private final StatsScopes scopes;
    private final StatsTotals totals = new StatsTotals();

    StatsText(Output out, Style style, StatsScopes scopes) {
        this.out = out;
        this.style = style;
        this.scopes = scopes;
    }

    @Override
    public void add(StatsRow row) throws IOException {
        if (totals.tensors() == 0) {
            out.line(StatsRow.header("tensor"));
        }
        totals.add(row);
        scopes.add(row);
        row.writeText(out, row.info().name(), style);
    }

    @Override
    public void finish() throws IOException {
        scopes.writeText(out, style);
        out.text((totals.tensors() == 0 ? "" : "\n") + totals + "\n");
    }
}
