package org.tfckpt.values;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.scan.DoubleReader;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.TensorInfo;

/** One comparison of two checkpoints. Only the differences are held in memory. */
final class Comparing {
    /** The number of tensors whose values are compared before the next ones are looked up. */
    private static final int MAX_TASKS = 1024;

    private final Checkpoint checkpointA;
    private final Checkpoint checkpointB;
    private final DiffDepth depth;
    private final Tolerance tolerance;
    private final TaskRunner runner;

    private final List<TensorInfo> onlyA = new ArrayList<>();
    private final List<TensorInfo> onlyB = new ArrayList<>();
    private final List<Differences.Pair> shapes = new ArrayList<>();
    private final List<Differences.Pair> dtypes = new ArrayList<>();
    private final List<TensorDifference> values = new ArrayList<>();
    private final List<Differences.NotCompared> notCompared = new ArrayList<>();
    private long same;

    private final List<PairTask> tasks = new ArrayList<>();

    Comparing(Checkpoint checkpointA, Checkpoint checkpointB, DiffDepth depth, Tolerance tolerance, TaskRunner runner) {
        this.checkpointA = checkpointA;
        this.checkpointB = checkpointB;
        this.depth = depth;
        this.tolerance = tolerance;
        this.runner = runner;
    }

    Differences run(TensorPairs pairs) throws IOException {
        pairs.forEach(this::add);
        runTasks();
        return new Differences(onlyA, onlyB, shapes, dtypes, values, same, notCompared);
    }

    private void add(@Nullable TensorInfo a, @Nullable TensorInfo b) throws IOException {
        if (a != null && b != null) {
            addBoth(a, b);
        } else if (a != null) {
            onlyA.add(a);
        } else if (b != null) {
            onlyB.add(b);
        }
    }

    private void addBoth(TensorInfo a, TensorInfo b) throws IOException {
        boolean sameShape = a.shape().equals(b.shape());
        boolean sameType = a.dtypeNumber() == b.dtypeNumber();
        if (!sameShape) {
            shapes.add(new Differences.Pair(a, b));
        }
        if (!sameType) {
            dtypes.add(new Differences.Pair(a, b));
        }
        if (depth == DiffDepth.INDEX) {
            same += sameShape && sameType ? 1 : 0;
        } else if (sameShape && sameType) {
            addSameType(a, b);
        } else if (sameShape && depth != DiffDepth.CHECKSUMS && PairTask.canCompare(a.dtype(), b.dtype())) {
            addTask(a, b);
        }
    }

    private void addSameType(TensorInfo a, TensorInfo b) throws IOException {
        boolean needed = depth == DiffDepth.CHECKSUMS || mayTrustChecksums(a);
        StoredChecksums.Result checksums =
                needed ? StoredChecksums.compare(checkpointA, a, checkpointB, b) : StoredChecksums.Result.UNKNOWN;
        if (checksums == StoredChecksums.Result.EQUAL) {
            same++;
        } else if (depth != DiffDepth.CHECKSUMS && PairTask.canCompare(a.dtype(), b.dtype())) {
            addTask(a, b);
        } else if (checksums == StoredChecksums.Result.DIFFERENT) {
            values.add(new TensorDifference(a, b, null, null, null));
        } else {
            notCompared.add(new Differences.NotCompared(a, b, null));
        }
    }

    /** Equal bytes can contain NaNs, which are outside the tolerance if NaNs are not equal. */
    private boolean mayTrustChecksums(TensorInfo a) {
        boolean mayHaveNan = DoubleReader.isFloatOrComplex(a.dtype());
        boolean readable = PairTask.canCompare(a.dtype(), a.dtype());
        return !readable || (depth != DiffDepth.BYTES && (tolerance.equalNan() || !mayHaveNan));
    }

    private void addTask(TensorInfo a, TensorInfo b) throws IOException {
        tasks.add(new PairTask(checkpointA, a, checkpointB, b, tolerance));
        if (tasks.size() == MAX_TASKS) {
            runTasks();
        }
    }

    private void runTasks() throws IOException {
        List<PairTask> inFileOrder = new ArrayList<>(tasks);
        inFileOrder.sort(Comparator.comparing(PairTask::a, FileOrder.INSTANCE));
        runner.run(inFileOrder);
        for (PairTask task : tasks) {
            CheckpointException failure = task.failure();
            TensorDifference result = task.result();
            if (failure != null) {
                notCompared.add(new Differences.NotCompared(task.a(), task.b(), failure));
            } else if (result != null && !result.isNone()) {
                values.add(result);
            } else if (task.a().dtypeNumber() == task.b().dtypeNumber()) {
                same++;
            }
        }
        tasks.clear();
    }
}
