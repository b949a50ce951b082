package org.tfckpt.format.bundle;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.SliceKey;
import org.tfckpt.format.VerificationListener;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorInfo.Storage;

/**
 * What a verification finds of the entries of an index, told in their order and of the tensors that a user knows: damage of a
 * slice is its tensor's.
 */
final class EntryFindings {
    private final String index;
    private final VerificationListener findings;
    private final ShardRanges use;
    /** Slices come before the tensors that they make. */
    private final Set<SliceKey> damagedSlices = new HashSet<>();

    /** Whose entry it is; the slice is null if it is a tensor's. */
    record Entry(String name, @Nullable SliceKey slice) {}

    EntryFindings(BundleIndex index, Shards shards, VerificationListener findings) {
        this.index = index.name();
        this.findings = findings;
        this.use = new ShardRanges(shards);
    }

    void problem(Problem problem) {
        findings.problem(problem);
    }

    /** Entries of which not even the names are known. */
    void lostEntries(Problem problem) {
        use.somePlaceIsUnknown();
        findings.lost(problem);
    }

    void lost(Problem problem) {
        findings.lost(problem);
    }

    /** What came of reading an entry. */
    void failed(Entry entry, CheckpointException failure) {
        if (failure instanceof DataLossException damage) {
            if (damage.kind() == ProblemKind.ENTRY) {
                use.somePlaceIsUnknown();
            }
            lost(entry, damage.toProblem());
        } else {
            // What is not read cannot be called intact.
            lost(entry, new Problem(index, -1, entry.name, ProblemKind.DTYPE, failure.problem()));
        }
    }

    private void lost(Entry entry, Problem problem) {
        SliceKey slice = entry.slice;
        if (slice == null) {
            findings.lost(named(problem, entry.name, problem.message()));
        } else {
            damagedSlices.add(slice);
            damagedSlice(problem, slice);
        }
    }

    void damagedSlice(Problem problem, SliceKey slice) {
        findings.lost(named(problem, slice.name(), "slice " + slice.slice() + ": " + problem.message()));
    }

    private static Problem named(Problem problem, String tensor, String message) {
        return new Problem(problem.file(), problem.offset(), tensor, problem.kind(), message);
    }

    boolean isDamaged(SliceKey slice) {
        return damagedSlices.contains(slice);
    }

    /** Everything of an entry was read and found right. */
    void intact(Entry entry, TensorInfo info) {
        if (entry.slice == null) {
            findings.intact(info);
        }
    }

    /** {@link ShardRanges#mayRead}. */
    boolean mayRead(Storage storage) throws IOException {
        return use.mayRead(storage);
    }

    /** Bytes that are an entry's, whatever became of them. */
    void takes(Storage storage, long size) {
        use.add(storage, size);
    }

    void somePlaceIsUnknown() {
        use.somePlaceIsUnknown();
    }

    /** When all entries were seen: whose the bytes of the shards are. */
    void finish() throws IOException {
        use.check(findings::problem);
    }
}
