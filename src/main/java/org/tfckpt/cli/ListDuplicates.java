package org.tfckpt.cli;

import java.io.IOException;
import java.util.List;
import org.tfckpt.io.JsonOutput;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.values.Duplicates;

/**
 * The groups of equal tensors that {@code ls --duplicates} prints.
 *
 * @param groups the groups
 * @param several whether there are several checkpoints
 */
record ListDuplicates(List<Duplicates.Group> groups, boolean several) {
    private long wasted() {
        return groups.stream().mapToLong(Duplicates.Group::wastedBytes).sum();
    }

    void writeText(Output out) throws IOException {
        for (Duplicates.Group group : groups) {
            TensorInfo first = group.tensors().get(0).info();
            out.line(Plural.of(group.tensors().size(), "equal tensor") + ", " + DataType.enumName(first.dtypeNumber())
                    + " " + first.shape() + ": " + Plural.of(group.wastedBytes(), "byte") + " in copies");
            for (Duplicates.Member member : group.tensors()) {
                out.line("  " + (several ? member.checkpoint() + ": " : "")
                        + member.info().name());
            }
        }
        out.text(Plural.of(groups.size(), "group") + " of equal tensors, " + Plural.of(wasted(), "byte")
                + " in copies\n");
    }

    void writeJson(Output output) throws IOException {
        output.json(out -> {
            out.objects("duplicates", groups, group -> writeJson(out, group));
            out.number("wasted_bytes", wasted());
        });
    }

    private static void writeJson(JsonOutput out, Duplicates.Group group) throws IOException {
        TensorInfo first = group.tensors().get(0).info();
        out.text("dtype", DataType.enumName(first.dtypeNumber()));
        out.shape("shape", first.shape());
        out.text("sha256", group.sha256());
        out.number("wasted_bytes", group.wastedBytes());
        out.objects("tensors", group.tensors(), member -> {
            out.text("checkpoint", member.checkpoint().prefix());
            out.text("name", member.info().name());
        });
    }
}
