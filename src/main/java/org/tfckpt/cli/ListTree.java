package org.tfckpt.cli;

import java.io.IOException;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;

/** The tree form of {@code ls}: scopes with their totals, and their tensors. */
final class ListTree {
    private final Map<String, ListTree> parts = new TreeMap<>(TensorNames.ORDER);
    private final ListTotals totals = new ListTotals();
    private @Nullable TensorInfo tensor;

    private ListTree() {}

    static void write(Output out, Iterator<TensorInfo> tensors, ListTotals totals) throws IOException {
        ListTree root = new ListTree();
        while (tensors.hasNext()) {
            TensorInfo info = tensors.next();
            totals.add(info);
            root.add(info);
        }
        root.writeParts(out, "");
    }

    private void add(TensorInfo info) {
        ListTree at = this;
        for (String part : info.name().split("/", -1)) {
            at.totals.add(info);
            at = at.parts.computeIfAbsent(part, name -> new ListTree());
        }
        at.tensor = info;
    }

    private void writeParts(Output out, String indent) throws IOException {
        for (Map.Entry<String, ListTree> entry : parts.entrySet()) {
            ListTree part = entry.getValue();
            if (part.tensor != null) {
                out.line(indent
                        + entry.getKey()
                        + part.tensor.toString().substring(part.tensor.name().length()));
            }
            if (!part.parts.isEmpty()) {
                out.line(indent + entry.getKey() + "/  " + part.totals);
                part.writeParts(out, indent + "  ");
            }
        }
    }
}
