package org.tfckpt.cli;

import java.io.IOException;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.tfckpt.io.JsonOutput;
import org.tfckpt.tensor.DataType;
import org.tfckpt.values.Differences;
import org.tfckpt.values.TensorDifference;

/** The JSON form of {@code diff}. */
record DiffJson(JsonOutput out) {
    void write(String a, String b, Differences differences) throws IOException {
        out.text("a", a);
        out.text("b", b);
        out.flag("equal", differences.isEqual());
        out.array(
                "not_compared",
                differences.notCompared(),
                tensor -> out.text(tensor.a().name()));
        out.array("only_a", differences.onlyA(), tensor -> out.text(tensor.name()));
        out.array("only_b", differences.onlyB(), tensor -> out.text(tensor.name()));
        out.objects("shape", differences.shapes(), pair -> {
            out.text("name", pair.a().name());
            out.shape("a", pair.a().shape());
            out.shape("b", pair.b().shape());
        });
        out.objects("dtype", differences.dtypes(), pair -> {
            out.text("name", pair.a().name());
            out.text("a", DataType.enumName(pair.a().dtypeNumber()));
            out.text("b", DataType.enumName(pair.b().dtypeNumber()));
        });
        out.objects("values", differences.values(), this::values);
        out.number("same", differences.same());
    }

    private void values(TensorDifference tensor) throws IOException {
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
        List<Long> at = tensor.at().orElse(null);
        if (at == null) {
            out.text("at", null);
        } else {
            out.array("at", at, out.generator()::writeNumber);
        }
    }

    private static @Nullable Number number(OptionalLong number) {
        return number.isPresent() ? number.getAsLong() : null;
    }

    private static @Nullable Number number(OptionalDouble number) {
        return number.isPresent() ? number.getAsDouble() : null;
    }
}
