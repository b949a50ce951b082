package org.tfckpt.format.bundle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.tfckpt.format.FormatReader;
import org.tfckpt.format.SliceAssembly;
import org.tfckpt.format.SliceKey;
import org.tfckpt.format.SliceSet;
import org.tfckpt.format.table.TableVerification;
import org.tfckpt.io.OrderedWork;
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
    private final SliceOwner owner;
    private final TensorChecks checks;
    private long tensors;

    BundleVerification(
            BundlePrefix prefix, BundleIndex index, Shards shards, Consumer<Problem> problems, OrderedWork work) {
        this.prefix = prefix;
        this.index = index;
        this.shards = shards;
        this.owner = new SliceOwner(index);
        this.checks = new TensorChecks(prefix, index, shards, problems, work);
    }

    FormatReader.Totals run() throws IOException {
        header();
        TableVerification.run(
                index.table(),
                new TableVerification.Visitor() {
                    @Override
                    public void problem(Problem problem) throws IOException {
                        checks.problem(problem, problem.kind() == ProblemKind.KEY_ORDER);
                    }

                    @Override
                    public void entry(byte[] key, ByteBuffer value) throws IOException {
                        BundleVerification.this.entry(key, value);
                    }
                },
                OrderedWork.alone());
        return new FormatReader.Totals(tensors, checks.finish());
    }

    private void header() throws IOException {
        int endianness = index.header().endianness();
        if (endianness != 0 && endianness != BundleHeader.BIG_ENDIAN) {
            checks.problem(
                    new Problem(
                            index.name(),
                            -1,
                            null,
                            ProblemKind.HEADER,
                            "the header's endianness is " + endianness + ", neither 0 nor 1"),
                    true);
        }
    }

    private void entry(byte[] key, ByteBuffer value) throws IOException {
        if (key.length == 0) {
            return;
        }
        try {
            TensorInfo info = index.entry(TensorNames.decode(key), value);
            if (isListedSlice(key, info)) {
                tensor(info);
                return;
            }
            tensors++;
            if (info.isPartitioned()) {
                partitioned(info);
            } else {
                tensor(info);
            }
        } catch (CheckpointException e) {
            checks.failed(TensorNames.decode(key), e);
        }
    }

    /** Whether a key is that of a slice; one that its tensor does not list is a problem, and a tensor of its own. */
    private boolean isListedSlice(byte[] key, TensorInfo info) throws IOException {
        SliceKey slice = SliceOwner.slice(key, key.length);
        SliceOwner.Role role = slice == null ? SliceOwner.Role.TENSOR : owner.role(slice);
        if (slice != null && role != SliceOwner.Role.LISTED) {
            String missing = role == SliceOwner.Role.ORPHAN ? "which is not there" : "which does not list it";
            checks.failed(
                    info.name(),
                    damage(
                            info,
                            ProblemKind.SLICES,
                            "slice " + slice.slice() + " of tensor " + slice.name() + ", " + missing));
        }
        return role == SliceOwner.Role.LISTED;
    }

    /** The slices' own bytes are checked where their entries are. */
    private void partitioned(TensorInfo info) throws IOException {
        requireDtype(info);
        BundleTensor stored = stored(info);
        SliceSet slices = new SliceAssembly(info, index.header().byteOrder(), stored).slices();
        for (int slice = 0; slice < info.slices().size(); slice++) {
            try {
                stored.entry(slice);
            } catch (DataLossException e) {
                checks.failed(info.name(), e);
            }
        }
        TensorSlice whole = TensorSlice.full(info.shape().rank());
        if (!slices.covers(whole)) {
            throw stored.incomplete(whole);
        }
    }

    private BundleTensor stored(TensorInfo info) {
        return new BundleTensor(prefix, index, shards, info);
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

    private void tensor(TensorInfo info) throws IOException {
        requireDtype(info);
        TensorInfo.Storage storage = info.storage();
        if (storage == null) {
            throw damage(info, ProblemKind.SLICES, "a slice that is itself partitioned");
        }
        if (storage.shard() >= shards.count()) {
            checks.failed(
                    info.name(),
                    damage(
                            info,
                            ProblemKind.SHARD,
                            "shard " + storage.shard() + " of a checkpoint of " + shards.count() + " shards"));
        }
        checks.add(info, storage);
    }

    private DataLossException damage(TensorInfo info, ProblemKind kind, String message) {
        return new DataLossException(
                kind, message, ErrorContext.at(index.name(), -1).ofTensor(info.name()));
    }
}
