package org.tfckpt.report;

import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.tfckpt.Checkpoint;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.values.CheckpointDiff;
import org.tfckpt.values.Differences;
import org.tfckpt.values.ScanOptions;
import org.tfckpt.values.TensorDifference;

/**
 * What has changed since another checkpoint.
 *
 * @param other the prefix of the other checkpoint
 * @param differences from the other checkpoint to this one
 * @param tensors the tensors of this checkpoint
 */
record Changes(String other, Differences differences, TensorTable tensors) {
    private static final int MAX_REMOVED = 10_000;

    static Changes between(
            Checkpoint other,
            Checkpoint checkpoint,
            TensorTable tensors,
            Predicate<String> selection,
            ScanOptions options)
            throws IOException {
        Predicate<TensorInfo> selected = info -> selection.test(info.name());
        CheckpointDiff diff = CheckpointDiff.DEFAULT.with(options).selecting(selected, selected);
        return new Changes(other.prefix(), diff.compare(other, checkpoint), tensors);
    }

    void write(Columns out) throws IOException {
        out.text("other", ShownPaths.fileName(other));
        out.flag("equal", differences.isEqual());
        out.object("counts", () -> {
            out.number("same", differences.same());
            out.number("changed", differences.values().size());
            out.number("added", differences.onlyB().size());
            out.number("removed", differences.onlyA().size());
            out.number("reshaped", differences.shapes().size());
            out.number("dtype", differences.dtypes().size());
            out.number("not_compared", differences.notCompared().size());
        });
        out.numbers("added", shown(differences.onlyB(), info -> info), info -> row(info));
        out.numbers(
                "not_compared", shown(differences.notCompared(), Differences.NotCompared::b), pair -> row(pair.b()));
        pairs(out, "reshaped", differences.shapes(), info -> info.shape().toString());
        pairs(out, "dtype", differences.dtypes(), info -> DataType.enumName(info.dtypeNumber()));
        out.object("changed", () -> changed(out, shown(differences.values(), TensorDifference::b)));
        List<TensorInfo> removed = differences.onlyA().stream()
                .sorted(Comparator.comparingLong(TensorInfo::byteSize).reversed())
                .limit(MAX_REMOVED)
                .toList();
        out.objects("removed", removed, info -> {
            out.text("name", info.name());
            out.text("dtype", DataType.enumName(info.dtypeNumber()));
            out.text("shape", info.shape().toString());
            out.number("bytes", info.byteSize());
        });
    }

    private int row(TensorInfo info) {
        return tensors.indexOf(info.name());
    }

    /** Returns those whose tensors are in the table. */
    private <T> List<T> shown(List<T> items, Function<T, TensorInfo> tensor) {
        return items.stream().filter(item -> row(tensor.apply(item)) >= 0).toList();
    }

    private void pairs(Columns out, String key, List<Differences.Pair> pairs, Function<TensorInfo, String> before)
            throws IOException {
        out.object(key, () -> {
            for (Differences.Pair pair : shown(pairs, Differences.Pair::b)) {
                out.text(String.valueOf(row(pair.b())), before.apply(pair.a()));
            }
        });
    }

    private void changed(Columns out, List<TensorDifference> rows) throws IOException {
        out.numbers("row", rows, tensor -> row(tensor.b()));
        out.numbers("relative", rows, tensor -> Columns.orNull(tensor.relativeChange()));
        out.numbers("max_abs", rows, tensor -> tensor.maxAbsolute().orElse(null));
        out.numbers("max_rel", rows, tensor -> Columns.orNull(tensor.maxRelative()));
        out.numbers("mean_abs", rows, tensor -> Columns.orNull(tensor.meanAbsolute()));
        out.numbers("rms", rows, tensor -> Columns.orNull(tensor.rootMeanSquare()));
        out.numbers("cosine", rows, tensor -> Columns.orNull(tensor.cosine()));
        out.numbers("different", rows, tensor -> Columns.orNull(tensor.different()));
    }
}
