package org.tfckpt.format.bundle;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.tfckpt.format.FormatReader;
import org.tfckpt.format.SliceAssembly;
import org.tfckpt.format.SliceKey;
import org.tfckpt.format.SliceSet;
import org.tfckpt.format.VerificationListener;
import org.tfckpt.format.bundle.VerificationReporter.Entry;
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

/** Reads all of a bundle, and reports damage instead of stopping at the first exception. */
final class BundleVerification {
    private final BundleIndex index;
    private final Shards shards;
    private final KeyClassifier keys;
    private final VerificationReporter reporter;
    private final TensorDataVerification checks;
    private long tensors;

    BundleVerification(BundleIndex index, Shards shards, VerificationListener listener, OrderedWork work) {
        this.index = index;
        this.shards = shards;
        this.keys = new KeyClassifier(index);
        this.reporter = new VerificationReporter(index, shards, listener);
        this.checks = new TensorDataVerification(index, shards, this.reporter, work);
    }

    FormatReader.Totals run() throws IOException {
        header();
        TableVerification.run(index.table(), new Records(), OrderedWork.alone());
        long intact = checks.finish();
        reporter.ranges.check(reporter.listener);
        return new FormatReader.Totals(tensors, intact);
    }

    private void header() {
        if (index.header().getEndianness() == BundleHeaderProto.Endianness.UNRECOGNIZED) {
            reporter.listener.problem(new Problem(
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
                    reporter.ranges.rangeIsUnknown();
                }
                reporter.listener.problem(problem);
            });
        }

        @Override
        public void lost(Problem problem) throws IOException {
            checks.inTurn(() -> reporter.lostEntries(problem));
        }

        @Override
        public void entry(byte[] key, ByteBuffer value) throws IOException {
            if (key.length > 0) {
                Entry entry = new Entry(TensorNames.decode(key), KeyClassifier.slice(key, key.length));
                try {
                    BundleVerification.this.entry(entry, index.entry(entry.name(), value));
                } catch (CheckpointException e) {
                    failed(entry, e);
                }
            }
        }
    }

    private void failed(Entry entry, CheckpointException failure) throws IOException {
        checks.inTurn(() -> reporter.failed(entry, failure));
    }

    private void entry(Entry entry, TensorInfo info) throws IOException {
        SliceKey slice = entry.slice();
        KeyClassifier.Role role = slice == null ? KeyClassifier.Role.TENSOR : keys.role(slice);
        if (role != KeyClassifier.Role.LISTED) {
            tensors++;
            if (slice != null) {
                checks.inTurn(() -> reporter.listener.lost(unlisted(slice, role)));
            }
            if (info.isPartitioned()) {
                checks.inTurn(() -> partitioned(entry, info));
                return;
            }
        }
        tensor(entry, info);
    }

    /** Returns the problem of a slice that its tensor does not list; listing the checkpoint shows it as a tensor. */
    private Problem unlisted(SliceKey slice, KeyClassifier.Role role) {
        String missing = role == KeyClassifier.Role.ORPHAN ? "which does not exist" : "which does not list it";
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
                reporter.intact(entry, info);
            }
        } catch (CheckpointException e) {
            reporter.failed(entry, e);
        }
    }

    /** Checks that the slices are complete; their bytes were checked when their entries were read. */
    private boolean slicesAreIntact(TensorInfo info) throws IOException {
        requireDtype(info);
        BundleTensor stored = new BundleTensor(index, shards, info);
        SliceSet slices = new SliceAssembly(info, index.byteOrder(), stored).slices();
        boolean intact = true;
        for (int slice = 0; slice < info.slices().size(); slice++) {
            SliceKey key = new SliceKey(info.name(), info.slices().get(slice));
            intact &= !reporter.isDamaged(key) && hasBytes(stored, slice, key);
        }
        TensorSlice whole = TensorSlice.full(info.shape().rank());
        if (!slices.covers(whole)) {
            throw stored.incomplete(whole);
        }
        return intact;
    }

    private boolean hasBytes(BundleTensor stored, int slice, SliceKey key) throws IOException {
        try {
            stored.requireBytes(slice);
            return true;
        } catch (DataLossException e) {
            reporter.damagedSlice(e.toProblem(), key);
            return false;
        }
    }

    private void requireDtype(TensorInfo info) throws DataLossException {
        DataType dtype = info.dtype();
        if (!dtype.isFixedWidth() && dtype != DataType.DT_STRING && dtype != DataType.DT_VARIANT) {
            throw damage(
                    info,
                    ProblemKind.DTYPE,
                    "a checkpoint cannot contain " + (dtype == DataType.UNKNOWN ? "" : "dtype ")
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
                            "the entry names shard " + storage.shard() + ", the header states a shard count of "
                                    + shards.count())
                    .toProblem();
            checks.inTurn(() -> reporter.listener.problem(beyond));
        }
        checks.add(entry, info, storage);
    }

    private DataLossException damage(TensorInfo info, ProblemKind kind, String message) {
        return new DataLossException(
                kind, message, ErrorContext.at(index.name(), -1).ofTensor(info.name()));
    }
}
