package org.tfckpt.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Sorts rows before they are written. */
final class SortedStats implements StatsOutput {
    private final StatsOutput next;
    private final Comparator<StatsRow> order;
    private final List<StatsRow> rows = new ArrayList<>();

    SortedStats(StatsOutput next, Comparator<StatsRow> order) {
        this.next = next;
        this.order = order;
    }

    @Override
    public void add(StatsRow row) {
        rows.add(row);
    }

    @Override
    public void finish() throws IOException {
        rows.sort(order);
        for (StatsRow row : rows) {
            next.add(row);
        }
        next.finish();
    }
}
