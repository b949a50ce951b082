package org.tfckpt.cli;

import java.io.IOException;
import org.tfckpt.io.JsonOutput;

/** The JSON form of {@code stats}: an object that is written while the checkpoint is read. */
final class StatsJson implements StatsOutput {
    private final JsonOutput out;
    private final StatsScopes scopes;
    private final StatsTotals totals = new StatsTotals();

    StatsJson(JsonOutput out, String checkpoint, StatsScopes scopes) throws IOException {
        this.out = out;
        this.scopes = scopes;
        out.generator().writeStartObject();
        out.text("checkpoint", checkpoint);
        out.generator().writeArrayFieldStart("tensors");
    }

    @Override
    public void add(StatsRow row) throws IOException {
        totals.add(row);
        scopes.add(row);
        row.writeJson(out);
    }

    @Override
    public void finish() throws IOException {
        out.generator().writeEndArray();
        scopes.writeJson(out);
        totals.writeJson(out);
        out.generator().writeEndObject();
    }
}
