package org.tfckpt.cli;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.tfckpt.io.JsonOutput;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.values.Differences;
import org.tfckpt.values.TensorDifference;

/** The JSON form of {@code diff}. */
final class DiffJson {
    private final JsonOutput out;

    private DiffJson(JsonOutput out) {
        this.out = out;
    }

    static void write(Output output, String a, String b, Differences differences) throws IOException {
        try (JsonOutput out = new JsonOutput(output.stream())) {
            new DiffJson(out).write(a, b, differences);
        }
    }

    private void write(String a, String b, Differences differences) throws IOException {
        out.generator().writeStartObject();
        out.text("a", a);
        out.text("b", b);
        out.generator().writeBooleanField("equal", differences.isEqual());
        names(
                "not_compared",
                differences.notCompared().stream()
                        .map(Differences.NotCompared::a)
                        .toList());
        names("only_a", differences.onlyA());
        names("only_b", differences.onlyB());
        out.generator().writeArrayFieldStart("shape");
        for (Differences.Pair pair : differences.shapes()) {
            out.generator().writeStartObject();
            out.text("name", pair.a().name());
            out.shape("a", pair.a().shape());
            out.shape("b", pair.b().shape());
            out.generator().writeEndObject();
        }
        out.generator().writeEndArray();
        out.generator().writeArrayFieldStart("dtype");
        for (Differences.Pair pair : differences.dtypes()) {
            out.generator().writeStartObject();
            out.text("name", pair.a().name());
            out.text("a", DataType.enumName(pair.a().dtypeNumber()));
            out.text("b", DataType.enumName(pair.b().dtypeNumber()));
            out.generator().writeEndObject();
        }
        out.generator().writeEndArray();
        out.generator().writeArrayFieldStart("values");
        for (TensorDifference tensor : differences.values()) {
            values(tensor);
        }
        out.generator().writeEndArray();
        out.number("same", differences.same());
        out.generator().writeEndObject();
    }

    private void names(String key, List<TensorInfo> tensors) throws IOException {
        out.generator().writeArrayFieldStart(key);
        for (TensorInfo tensor : tensors) {
            out.text(tensor.name());
        }
        out.generator().writeEndArray();
    }

    private void values(TensorDifference tensor) throws IOException {
        out.generator().writeStartObject();
        out.text("name", tensor.a().name());
        out.text("dtype", DataType.enumName(tensor.a().dtypeNumber()));
        out.shape("shape", tensor.a().shape());
        out.number("elements", tensor.elements());
        out.number("different", number(tensor.different()));
        out.number("outside", number(tensor.outside()));
        out.number("max_abs", tensor.maxAbsolute().orElse(null));
        out.number("max_rel", number(tensor.maxRelative()));
        out.number("mean_abs", number(tensor.meanAbsolute()));
        out.number("rms", number(tensor.rootMeanSquare()));
        out.number("cosine", number(tensor.cosine()));
        out.number("nan_a", number(tensor.nanA()));
        out.number("nan_b", number(tensor.nanB()));
        at(tensor.at());
        out.generator().writeEndObject();
    }

    private void at(Optional<List<Long>> index) throws IOException {
        if (index.isEmpty()) {
            out.generator().writeNullField("at");
            return;
        }
        out.generator().writeArrayFieldStart("at");
        for (long dimension : index.get()) {
            out.generator().writeNumber(dimension);
        }
        out.generator().writeEndArray();
    }

    private static @Nullable Number number(OptionalLong number) {
        return number.isPresent() ? number.getAsLong() : null;
    }

    private static @Nullable Number number(OptionalDouble number) {
        return number.isPresent() ? number.getAsDouble() : null;
    }
}
