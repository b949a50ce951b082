package org.tfckpt.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A warning of the page: what was found, how that was determined, and where. */
final class Warning {
    private static final int MAX_ITEMS = 200;

    private final String kind;
    private final String title;
    private final String how;
    private final List<Item> items = new ArrayList<>();

    /** The number of items, including those that are not listed. */
    private long count;

    /** A tensor, or a group of equal ones, and what was found there. */
    private record Item(List<String> tensors, String note) {}

    Warning(String kind, String title, String how) {
        this.kind = kind;
        this.title = title;
        this.how = how;
    }

    void add(List<String> tensors, String note) {
        count++;
        if (items.size() < MAX_ITEMS) {
            items.add(new Item(tensors.size() > MAX_ITEMS ? tensors.subList(0, MAX_ITEMS) : tensors, note));
        }
    }

    boolean isEmpty() {
        return items.isEmpty();
    }

    void write(Columns out) throws IOException {
        out.text("kind", kind);
        out.text("title", title);
        out.text("how", how);
        out.number("count", count);
        out.objects("items", items, item -> {
            out.array("tensors", item.tensors(), out::text);
            out.text("note", item.note());
        });
    }
}
