package org.tfckpt.format.bundle;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.SliceKey;
import org.tfckpt.format.VerificationListener;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.CheckpointReplacedException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorInfo;

/** Reports the results of a verification per tensor: damage of a slice is reported as damage of its tensor. */
final class VerificationReporter {
    private final String index;
    final VerificationListener listener;
    final ShardRanges ranges;
    /** Complete when their tensors are reported: slices come first in the index. */
    private final Set<SliceKey> damagedSlices = new HashSet<>();

    /** The key of an entry; the slice is null for the entry of a tensor. */
    record Entry(String name, @Nullable SliceKey slice) {}

    VerificationReporter(BundleIndex index, Shards shards, VerificationListener listener) {
        this.index = index.name();
        this.listener = listener;
        this.ranges = new ShardRanges(shards);
    }

    /** Reports the loss of entries whose names are unknown. */
    void lostEntries(Problem problem) {
        ranges.rangeIsUnknown();
        listener.lost(problem);
    }

    /**
     * Reports an exception that was thrown when an entry was read.
     *
     * @throws CheckpointReplacedException if it is one: then nothing is known about the checkpoint that was opened
     */
    void failed(Entry entry, CheckpointException failure) throws CheckpointReplacedException {
        if (failure instanceof CheckpointReplacedException replaced) {
            throw replaced;
        }
        if (failure instanceof DataLossException damage) {
            if (damage.kind() == ProblemKind.ENTRY) {
                ranges.rangeIsUnknown();
            }
            lost(entry, damage.toProblem());
        } else {
            // A tensor that cannot be read is not intact.
            lost(entry, new Problem(index, -1, entry.name, ProblemKind.DTYPE, failure.problem()));
        }
    }

    private void lost(Entry entry, Problem problem) {
        SliceKey slice = entry.slice;
        if (slice == null) {
            listener.lost(named(problem, entry.name, problem.message()));
        } else {
            damagedSlices.add(slice);
            damagedSlice(problem, slice);
        }
    }

    void damagedSlice(Problem problem, SliceKey slice) {
        listener.lost(named(problem, slice.name(), "slice " + slice.slice() + ": " + problem.message()));
    }

    private static Problem named(Problem problem, String tensor, String message) {
        return new Problem(problem.file(), problem.offset(), tensor, problem.kind(), message);
    }

    boolean isDamaged(SliceKey slice) {
        return damagedSlices.contains(slice);
    }

    /** Reports that all of an entry was read and is intact. */
    void intact(Entry entry, TensorInfo info) {
        if (entry.slice == null) {
            listener.intact(info);
        }
    }
}
