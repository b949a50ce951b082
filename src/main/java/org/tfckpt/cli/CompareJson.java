package org.tfckpt.cli;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.tfckpt.io.JsonOutput;
import org.tfckpt.restore.Comparison;
import org.tfckpt.restore.SuggestedPlan;
import org.tfckpt.restore.VariableSource;
import org.tfckpt.restore.Wanted;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.TensorInfo;

/** The JSON form of {@code compare}. */
record CompareJson(JsonOutput out, Comparison comparison) {
    void write(SuggestedRecipe suggested, boolean partial) throws IOException {
        if (comparison.isPartial()) {
            out.flag("partial", true);
        }
        out.objects("matched", comparison.matched(), this::matched);
        out.objects("missing", comparison.missing(), this::missing);
        out.array("unused", comparison.unused(), tensor -> out.text(tensor.name()));
        out.objects("shape_mismatch", comparison.shapeMismatches(), this::otherShape);
        out.objects("dtype_mismatch", comparison.dtypeMismatches(), this::otherDtype);
        out.array(
                "excluded",
                comparison.excluded(),
                source -> out.text(source.wanted().variable()));
        if (!comparison.notes().isEmpty()) {
            out.array("notes", comparison.notes(), out::text);
        }
        if (comparison.names().isPresent()) {
            out.text("names", comparison.names().get().toString());
        }
        // The options to add to those of this call.
        SuggestedPlan plan = suggested.plan();
        out.object("plan", () -> {
            out.flag("no_slots", plan.withoutSlots());
            out.array("exclude", plan.exclusions(), exclusion -> out.text(exclusion.pattern()));
            out.array("from", plan.rules(), rule -> out.text(rule.rule()));
            out.array("transpose", plan.transpositions(), transposition -> out.text(transposition.rule()));
            out.text("recipe", suggested.name());
            out.flag("complete", plan.isComplete() && !partial);
        });
    }

    private static TensorInfo tensor(VariableSource source) {
        return source.tensor().orElseThrow();
    }

    private void names(VariableSource source) throws IOException {
        out.text("variable", source.wanted().variable());
        out.text("tensor", tensor(source).name());
    }

    private void matched(VariableSource source) throws IOException {
        names(source);
        // Dtype and shape of the tensor are known even if the graph does not declare them.
        Wanted wanted = source.wanted();
        String dtype = dtype(wanted);
        out.text("dtype", dtype == null ? DataType.enumName(tensor(source).dtypeNumber()) : dtype);
        out.shape(
                "shape",
                wanted.part().isPresent()
                        ? wanted.shape().orElse(null)
                        : tensor(source).shape());
    }

    private static @Nullable String dtype(Wanted wanted) {
        return wanted.dtype() == DataType.DT_INVALID ? null : wanted.dtype().toString();
    }

    private void missing(VariableSource source) throws IOException {
        out.text("variable", source.wanted().variable());
        out.text("dtype", dtype(source.wanted()));
        out.shape("shape", source.wanted().shape().orElse(null));
        out.array("suggestions", comparison.suggestions().of(source), suggestion -> out.text(suggestion.name()));
    }

    private void otherShape(VariableSource source) throws IOException {
        names(source);
        out.shape("wanted", source.wanted().tensorShape().orElse(null));
        out.shape("found", tensor(source).shape());
        if (source.transposition().isPresent()) {
            out.array("transpose", source.transposition().get(), out.generator()::writeNumber);
        }
    }

    private void otherDtype(VariableSource source) throws IOException {
        names(source);
        out.text("wanted", source.wanted().dtype().toString());
        out.text("found", DataType.enumName(tensor(source).dtypeNumber()));
    }
}
