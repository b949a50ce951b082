package org.tfckpt.report;

import java.io.IOException;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.format.ProblemGroup;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.TensorInfo;

/** Everything that a page shows. */
final class ReportModel {
    private static final Pattern STEP = Pattern.compile("-([0-9]{1,18})$");

    final ShownPaths paths;
    final Instant time;
    final List<Problem> problems = new ArrayList<>();
    final List<Warning> warnings = new ArrayList<>();
    Checkpoint.@Nullable Verification verification;
    boolean hasChecksums = true;

    @Nullable
    String format;

    @Nullable
    String byteOrder;

    @Nullable
    Long step;

    int shards;
    /** The tensors and the checkpoint from which they are read. */
    @Nullable
    TensorTable tensors;

    @Nullable
    Checkpoint checkpoint;

    @Nullable
    TensorValues values;

    @Nullable
    Changes changes;

    @Nullable
    GraphView graph;

    ReportModel(ShownPaths paths, Instant time) {
        this.paths = paths;
        this.time = time;
    }

    void read(Checkpoint source, TensorTable table) throws IOException {
        checkpoint = source;
        tensors = table;
        format = source.format();
        byteOrder = source.byteOrder() == ByteOrder.BIG_ENDIAN ? "BIG" : "LITTLE";
        shards = source.shardCount();
        step = step(source);
    }

    private static @Nullable Long step(Checkpoint source) throws IOException {
        Matcher number = STEP.matcher(ShownPaths.fileName(source.prefix()));
        if (number.find()) {
            return Long.valueOf(number.group(1));
        }
        Optional<TensorInfo> counter = source.find("global_step");
        if (counter.isPresent()
                && counter.get().dtype() == DataType.DT_INT64
                && counter.get().shape().rank() == 0) {
            try {
                return source.tensor(counter.get()).toLongArray()[0];
            } catch (CheckpointException damaged) {
                return null;
            }
        }
        return null;
    }

    /** Returns the problems as {@code verify} groups them. */
    List<ProblemGroup> groups() {
        return ProblemGroup.of(problems);
    }
}
