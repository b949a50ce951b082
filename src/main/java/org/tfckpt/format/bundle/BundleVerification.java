package org.tfckpt.format.bundle;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.tfckpt.format.FormatReader;
import org.tfckpt.format.SliceAssembly;
import org.tfckpt.format.SliceKey;
import org.tfckpt.format.SliceSet;
import org.tfckpt.format.VerificationListener;
import org.tfckpt.format.bundle.EntryFindings.Entry;
import org.tfckpt.format.table.TableVerification;
import org.tfckpt.io.OrderedWork;
import org.tfckpt.proto.BundleHeaderProto;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;
import org.tfckpt.tensor.TensorSlice;

/** Reads a bundle the way everybody does, all of it, and collects the exceptions instead of stopping at the first. */
final class BundleVerification {
    private final BundlePrefix prefix;
    private final BundleIndex index;
    private final Shards shards;
    private final SliceKeyLookup owner;
    private final EntryFindings findings;
    private final TensorChecks checks;
    private long tensors;

    BundleVerification(
            BundlePrefix prefix, BundleIndex index, Shards shards, VerificationListener findings, OrderedWork work) {
        this.prefix = prefix;
        this.index = index;
        this.shards = shards;
        this.owner = new SliceKeyLookup(index);
        this.findings = new EntryFindings(index, shards, findings);
        this.checks = new TensorChecks(prefix, index, shards, this.findings, work);
    }

    FormatReader.Totals run() throws IOException {
        header();
        TableVerification.run(index.table(), new Records(), OrderedWork.alone());
        long intact = checks.finish();
        findings.finish();
        return new FormatReader.Totals(tensors, intact);
    }

    private void header() {
        if (index.header().getEndianness() == BundleHeaderProto.Endianness.UNRECOGNIZED) {
            findings.problem(new Problem(
                    index.name(),
                    -1,
                    null,
                    ProblemKind.HEADER,
                    "the header's endianness is " + index.header().getEndiannessValue() + ", neither 0 nor 1"));
        }
    }

    private final class Records implements TableVerification.Visitor {
        @Override
        public void problem(Problem problem) throws IOException {
            checks.inTurn(() -> {
                if (problem.kind() != ProblemKind.KEY_ORDER) {
                    findings.somePlaceIsUnknown();
                }
                findings.problem(problem);
            });
        }

        @Override
        public void lost(Problem problem) throws IOException {
            checks.inTurn(() -> findings.lostEntries(problem));
        }

        @Override
        public void entry(byte[] key, ByteBuffer value) throws IOException {
            if (key.length > 0) {
                Entry entry = new Entry(TensorNames.decode(key), SliceKeyLookup.slice(key, key.length));
                try {
                    BundleVerification.this.entry(entry, index.entry(entry.name(), value));
                } catch (CheckpointException e) {
                    failed(entry, e);
                }
            }
        }
    }

    private void failed(Entry entry, CheckpointException failure) throws IOException {
        checks.inTurn(() -> findings.failed(entry, failure));
    }

    private void entry(Entry entry, TensorInfo info) throws IOException {
        SliceKey slice = entry.slice();
        SliceKeyLookup.Role role = slice == null ? SliceKeyLookup.Role.TENSOR : owner.role(slice);
        if (role != SliceKeyLookup.Role.LISTED) {
            tensors++;
            if (slice != null) {
                checks.inTurn(() -> findings.lost(unlisted(slice, role)));
            }
            if (info.isPartitioned()) {
                checks.inTurn(() -> partitioned(entry, info));
                return;
            }
        }
        tensor(entry, info);
    }

    /** A slice that its tensor does not list is a tensor of its own to whoever lists, and nobody's part. */
    private Problem unlisted(SliceKey slice, SliceKeyLookup.Role role) {
        String missing = role == SliceKeyLookup.Role.ORPHAN ? "which is not there" : "which does not list it";
        return new Problem(
                index.name(),
                -1,
                slice.name(),
                ProblemKind.SLICES,
                "slice " + slice.slice() + " of tensor " + slice.name() + ", " + missing);
    }

    private void partitioned(Entry entry, TensorInfo info) throws IOException {
        try {
            if (slicesAreIntact(info)) {
                findings.intact(entry, info);
            }
        } catch (CheckpointException e) {
            findings.failed(entry, e);
        }
    }

    /** The slices' own bytes were checked where their entries are. */
    private boolean slicesAreIntact(TensorInfo info) throws IOException {
        requireDtype(info);
        BundleTensor stored = new BundleTensor(prefix, index, shards, info);
        SliceSet slices = new SliceAssembly(info, index.byteOrder(), stored).slices();
        boolean intact = true;
        for (int slice = 0; slice < info.slices().size(); slice++) {
            SliceKey key = new SliceKey(info.name(), info.slices().get(slice));
            intact &= !findings.isDamaged(key) && isThere(stored, slice, key);
        }
        TensorSlice whole = TensorSlice.full(info.shape().rank());
        if (!slices.covers(whole)) {
            throw stored.incomplete(whole);
        }
        return intact;
    }

    private boolean isThere(BundleTensor stored, int slice, SliceKey key) throws IOException {
        try {
            stored.requireBytes(slice);
            return true;
        } catch (DataLossException e) {
            findings.damagedSlice(e.toProblem(), key);
            return false;
        }
    }

    private void requireDtype(TensorInfo info) throws DataLossException {
        DataType dtype = info.dtype();
        if (!dtype.isFixedWidth() && dtype != DataType.DT_STRING && dtype != DataType.DT_VARIANT) {
            throw damage(
                    info,
                    ProblemKind.DTYPE,
                    "no checkpoint holds " + (dtype == DataType.UNKNOWN ? "" : "dtype ")
                            + DataType.shortName(info.dtypeNumber()));
        }
    }

    private void tensor(Entry entry, TensorInfo info) throws IOException {
        requireDtype(info);
        TensorInfo.Storage storage = info.storage();
        if (storage == null) {
            throw damage(info, ProblemKind.SLICES, "a slice that is itself partitioned");
        }
        if (storage.shard() >= shards.count()) {
            Problem beyond = damage(
                            info,
                            ProblemKind.SHARD,
                            "shard " + storage.shard() + " of a checkpoint of " + shards.count() + " shards")
                    .toProblem();
            checks.inTurn(() -> findings.problem(beyond));
        }
        checks.add(entry, info, storage);
    }

    private DataLossException damage(TensorInfo info, ProblemKind kind, String message) {
        return new DataLossException(
                kind, message, ErrorContext.at(index.name(), -1).ofTensor(info.name()));
    }
}
