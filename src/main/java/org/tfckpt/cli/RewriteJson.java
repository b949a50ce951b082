package org.tfckpt.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.tfckpt.edit.RewriteSummary;
import org.tfckpt.edit.RewrittenTensor;
import org.tfckpt.format.ProblemGroup;
import org.tfckpt.io.JsonOutput;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Problem;

/**
 * The JSON form of {@code rewrite} and {@code average}.
 *
 * @param output the new checkpoint
 * @param written whether it was written
 * @param tensors its tensors
 * @param notes the notes and warnings
 * @param lost the problems of lost tensors
 * @param summary the counts
 */
record RewriteJson(
        Path output,
        boolean written,
        List<RewrittenTensor> tensors,
        List<String> notes,
        List<Problem> lost,
        RewriteSummary summary) {

    void write(JsonOutput out) throws IOException {
        out.text("checkpoint", output.toString());
        out.flag("written", written);
        out.objects("tensors", tensors, tensor -> tensor(out, tensor));
        out.array("notes", notes, out::text);
        out.objects("lost", ProblemGroup.of(lost), group -> ProblemText.fields(out, group, true));
        out.object("totals", () -> totals(out));
    }

    private static void tensor(JsonOutput out, RewrittenTensor tensor) throws IOException {
        out.text("name", tensor.name());
        out.number("input", tensor.input());
        out.text("from", tensor.source().name());
        out.text(
                "dtype",
                tensor.isCast()
                        ? tensor.dtype().name()
                        : DataType.enumName(tensor.source().dtypeNumber()));
        out.shape("shape", tensor.shape());
        out.flag("filled", tensor.filled());
        if (tensor.isResized()) {
            out.object("resized", () -> {
                out.shape("from", tensor.source().shape());
                out.text("rest", tensor.rest().isPresent() ? "filled" : "zeros");
            });
        } else {
            out.text("resized", null);
        }
    }

    private void totals(JsonOutput out) throws IOException {
        out.number("tensors", summary.tensors());
        out.number("renamed", summary.renamed());
        out.number("cast", summary.cast());
        out.number("resized", summary.resized());
        out.number("filled", summary.filled());
        out.number("dropped", summary.dropped());
        out.number("linked_files", summary.linkedFiles());
        out.number("linked_bytes", summary.linkedBytes());
        out.number("written_bytes", summary.writtenBytes());
        out.number("saved_bytes", summary.savedBytes());
        out.number("unused_bytes", summary.unusedBytes());
    }
}
