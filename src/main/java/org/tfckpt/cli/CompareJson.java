package org.tfckpt.cli;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tfckpt.io.JsonOutput;
import org.tfckpt.restore.Comparison;
import org.tfckpt.restore.SuggestedExclusion;
import org.tfckpt.restore.SuggestedPlan;
import org.tfckpt.restore.SuggestedRule;
import org.tfckpt.restore.SuggestedTransposition;
import org.tfckpt.restore.Suggestion;
import org.tfckpt.restore.VariableSource;
import org.tfckpt.restore.Wanted;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.TensorInfo;

/** The JSON form of {@code compare}. */
final class CompareJson {
    private final JsonOutput out;
    private final Comparison comparison;

    private CompareJson(JsonOutput out, Comparison comparison) {
        this.out = out;
        this.comparison = comparison;
    }

    static void write(Output output, Comparison comparison, SuggestedPlan plan, SuggestedRecipe recipe, boolean partial)
            throws IOException {
        try (JsonOutput out = new JsonOutput(output.stream())) {
            new CompareJson(out, comparison).write(plan, recipe, partial);
        }
    }

    private interface Element {
        void write(VariableSource source, Wanted wanted) throws IOException;
    }

    private void write(SuggestedPlan plan, SuggestedRecipe recipe, boolean partial) throws IOException {
        out.generator().writeStartObject();
        if (comparison.isPartial()) {
            out.generator().writeBooleanField("partial", true);
        }
        array("matched", comparison.matched(), this::matched);
        array("missing", comparison.missing(), this::missing);
        out.generator().writeArrayFieldStart("unused");
        for (TensorInfo tensor : comparison.unused()) {
            out.text(tensor.name());
        }
        out.generator().writeEndArray();
        array("shape_mismatch", comparison.shapeMismatches(), this::otherShape);
        array("dtype_mismatch", comparison.dtypeMismatches(), this::otherDtype);
        array("excluded", comparison.excluded(), (source, wanted) -> out.text(wanted.variable()));
        if (!comparison.notes().isEmpty()) {
            out.generator().writeArrayFieldStart("notes");
            for (String note : comparison.notes()) {
                out.text(note);
            }
            out.generator().writeEndArray();
        }
        if (comparison.names().isPresent()) {
            out.text("names", comparison.names().get().toString());
        }
        plan(plan, recipe, partial);
        out.generator().writeEndObject();
    }

    /** Writes the options to add to those of this call. */
    private void plan(SuggestedPlan plan, SuggestedRecipe recipe, boolean partial) throws IOException {
        out.generator().writeObjectFieldStart("plan");
        out.generator().writeBooleanField("no_slots", plan.withoutSlots());
        out.generator().writeArrayFieldStart("exclude");
        for (SuggestedExclusion exclusion : plan.exclusions()) {
            out.text(exclusion.pattern());
        }
        out.generator().writeEndArray();
        out.generator().writeArrayFieldStart("from");
        for (SuggestedRule rule : plan.rules()) {
            out.text(rule.rule());
        }
        out.generator().writeEndArray();
        out.generator().writeArrayFieldStart("transpose");
        for (SuggestedTransposition transposition : plan.transpositions()) {
            out.text(transposition.rule());
        }
        out.generator().writeEndArray();
        out.text("recipe", recipe.name());
        out.generator().writeBooleanField("complete", plan.isComplete() && !partial);
        out.generator().writeEndObject();
    }

    private void array(String key, List<VariableSource> sources, Element element) throws IOException {
        out.generator().writeArrayFieldStart(key);
        for (VariableSource source : sources) {
            element.write(source, source.wanted());
        }
        out.generator().writeEndArray();
    }

    private static TensorInfo tensor(VariableSource source) {
        return source.tensor().orElseThrow();
    }

    private void begin(VariableSource source) throws IOException {
        out.generator().writeStartObject();
        out.text("variable", source.wanted().variable());
    }

    private void matched(VariableSource source, Wanted wanted) throws IOException {
        begin(source);
        out.text("tensor", tensor(source).name());
        // Dtype and shape of the tensor are known even if the graph does not declare them.
        out.text(
                "dtype",
                dtype(wanted) == null ? DataType.enumName(tensor(source).dtypeNumber()) : dtype(wanted));
        out.shape(
                "shape",
                wanted.part().isPresent()
                        ? wanted.shape().orElse(null)
                        : tensor(source).shape());
        out.generator().writeEndObject();
    }

    private static @Nullable String dtype(Wanted wanted) {
        return wanted.dtype() == DataType.DT_INVALID ? null : wanted.dtype().toString();
    }

    private void missing(VariableSource source, Wanted wanted) throws IOException {
        begin(source);
        out.text("dtype", dtype(wanted));
        out.shape("shape", wanted.shape().orElse(null));
        out.generator().writeArrayFieldStart("suggestions");
        for (Suggestion suggestion : comparison.suggestions().of(source)) {
            out.text(suggestion.name());
        }
        out.generator().writeEndArray();
        out.generator().writeEndObject();
    }

    private void otherShape(VariableSource source, Wanted wanted) throws IOException {
        begin(source);
        out.text("tensor", tensor(source).name());
        out.shape("wanted", wanted.tensorShape().orElse(null));
        out.shape("found", tensor(source).shape());
        if (source.transposition().isPresent()) {
            out.generator().writeArrayFieldStart("transpose");
            for (int axis : source.transposition().get()) {
                out.generator().writeNumber(axis);
            }
            out.generator().writeEndArray();
        }
        out.generator().writeEndObject();
    }

    private void otherDtype(VariableSource source, Wanted wanted) throws IOException {
        begin(source);
        out.text("tensor", tensor(source).name());
        out.text("wanted", wanted.dtype().toString());
        out.text("found", DataType.enumName(tensor(source).dtypeNumber()));
        out.generator().writeEndObject();
    }
}
