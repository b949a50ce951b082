package org.tfckpt.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.file.Path;
import org.tfckpt.edit.Rewrite;
import org.tfckpt.edit.RewriteSummary;
import org.tfckpt.edit.RewrittenTensor;
import org.tfckpt.format.ProblemGroup;
import org.tfckpt.io.JsonOutput;
import org.tfckpt.tensor.DataType;

/** The JSON form of {@code rewrite}. */
final class RewriteJson {
    private RewriteJson() {}

    static void write(Output output, Path prefix, boolean dryRun, Rewrite rewrite, RewriteSummary summary)
            throws IOException {
        try (JsonOutput out = new JsonOutput(output.stream())) {
            JsonGenerator json = out.generator();
            json.writeStartObject();
            out.text("checkpoint", prefix.toString());
            json.writeBooleanField("written", !dryRun);
            json.writeArrayFieldStart("tensors");
            for (RewrittenTensor tensor : rewrite.tensors()) {
                json.writeStartObject();
                out.text("name", tensor.name());
                json.writeNumberField("input", tensor.input());
                out.text("from", tensor.source().name());
                out.text("dtype", tensor.isCast() ? tensor.dtype().name() : dtype(tensor));
                out.shape("shape", tensor.shape());
                json.writeBooleanField("filled", tensor.filled());
                if (tensor.isResized()) {
                    json.writeObjectFieldStart("resized");
                    out.shape("from", tensor.source().shape());
                    json.writeStringField("rest", tensor.rest().isPresent() ? "filled" : "zeros");
                    json.writeEndObject();
                } else {
                    json.writeNullField("resized");
                }
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeArrayFieldStart("notes");
            for (String note : rewrite.notes()) {
                out.text(note);
            }
            json.writeEndArray();
            out.generator().writeArrayFieldStart("lost");
            for (ProblemGroup group : ProblemGroup.of(rewrite.lost())) {
                ProblemText.writeJson(out, group, true);
            }
            out.generator().writeEndArray();
            json.writeObjectFieldStart("totals");
            json.writeNumberField("tensors", summary.tensors());
            json.writeNumberField("renamed", summary.renamed());
            json.writeNumberField("cast", summary.cast());
            json.writeNumberField("resized", summary.resized());
            json.writeNumberField("filled", summary.filled());
            json.writeNumberField("dropped", summary.dropped());
            json.writeNumberField("linked_files", summary.linkedFiles());
            json.writeNumberField("linked_bytes", summary.linkedBytes());
            json.writeNumberField("written_bytes", summary.writtenBytes());
            json.writeNumberField("saved_bytes", summary.savedBytes());
            json.writeNumberField("unused_bytes", summary.unusedBytes());
            json.writeEndObject();
            json.writeEndObject();
        }
    }

    private static String dtype(RewrittenTensor tensor) {
        return DataType.enumName(tensor.source().dtypeNumber());
    }
}
