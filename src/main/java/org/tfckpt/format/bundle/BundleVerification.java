package org.tfckpt.format.bundle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.Findings;
import org.tfckpt.format.FormatReader;
import org.tfckpt.format.SliceAssembly;
import org.tfckpt.format.SliceKey;
import org.tfckpt.format.SliceSet;
import org.tfckpt.format.TensorData;
import org.tfckpt.format.table.TableVerification;
import org.tfckpt.io.ByteUse;
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
    private static final Set<ProblemKind> DAMAGED_IN_PLACE = EnumSet.of(
            ProblemKind.TENSOR_CHECKSUM, ProblemKind.STRING_LENGTHS, ProblemKind.VARIANT, ProblemKind.TRUNCATED);

    private final BundlePrefix prefix;
    private final BundleIndex index;
    private final Shards shards;
    private final Findings findings;
    private final SliceOwner owner;
    private final Map<Integer, ByteUse> use = new TreeMap<>();
    /** Slices come before the tensors that they make. */
    private final Set<SliceKey> damagedSlices = new HashSet<>();

    private long tensors;
    private long bytes;
    /** Where a block or an entry cannot be read, bytes that seem to be nobody's may be those of its tensors. */
    private boolean allPlacesKnown = true;

    BundleVerification(BundlePrefix prefix, BundleIndex index, Shards shards, Findings findings) {
        this.prefix = prefix;
        this.index = index;
        this.shards = shards;
        this.findings = findings;
        this.owner = new SliceOwner(index);
    }

    FormatReader.Totals run() throws IOException {
        header();
        TableVerification.run(index.table(), new Records());
        for (Map.Entry<Integer, ByteUse> shard : use.entrySet()) {
            shardUse(shard.getKey(), shard.getValue());
        }
        return new FormatReader.Totals(tensors, bytes);
    }

    private void header() {
        int endianness = index.header().endianness();
        if (endianness != 0 && endianness != BundleHeader.BIG_ENDIAN) {
            report(ProblemKind.HEADER, "the header's endianness is " + endianness + ", neither 0 nor 1");
        }
    }

    private void report(ProblemKind kind, String message) {
        findings.problem(new Problem(index.name(), -1, null, kind, message));
    }

    private final class Records implements TableVerification.Visitor {
        @Override
        public void problem(Problem problem) {
            allPlacesKnown &= problem.kind() == ProblemKind.KEY_ORDER;
            findings.problem(problem);
        }

        @Override
        public void lost(Problem problem) {
            allPlacesKnown = false;
            findings.lost(problem);
        }

        @Override
        public void entry(byte[] key, ByteBuffer value) throws IOException {
            if (key.length > 0) {
                BundleVerification.this.entry(key, value);
            }
        }
    }

    private void entry(byte[] key, ByteBuffer value) throws IOException {
        String name = TensorNames.decode(key);
        SliceKey slice = SliceOwner.slice(key, key.length);
        try {
            TensorInfo info = index.entry(name, value);
            SliceOwner.Role role = slice == null ? SliceOwner.Role.TENSOR : owner.role(slice);
            if (role == SliceOwner.Role.LISTED) {
                tensor(info);
                return;
            }
            tensors++;
            if (slice != null) {
                findings.lost(unlisted(slice, role));
            }
            boolean intact = info.isPartitioned() ? partitioned(info) : tensor(info);
            if (intact && slice == null) {
                findings.intact(info);
            }
        } catch (DataLossException e) {
            allPlacesKnown &= e.kind() != ProblemKind.ENTRY;
            lost(name, slice, e.toProblem());
        } catch (CheckpointException e) {
            // What is not read cannot be called intact.
            lost(name, slice, new Problem(index.name(), -1, name, ProblemKind.DTYPE, e.problem()));
        }
    }

    private void lost(String name, @Nullable SliceKey slice, Problem problem) {
        if (slice == null) {
            findings.lost(named(problem, name, problem.message()));
        } else {
            damagedSlices.add(slice);
            findings.lost(ofSlice(problem, slice));
        }
    }

    private static Problem ofSlice(Problem problem, SliceKey slice) {
        return named(problem, slice.name(), "slice " + slice.slice() + ": " + problem.message());
    }

    private static Problem named(Problem problem, String tensor, String message) {
        return new Problem(problem.file(), problem.offset(), tensor, problem.kind(), message);
    }

    /** A slice that its tensor does not list is a tensor of its own to whoever lists, and nobody's part. */
    private Problem unlisted(SliceKey slice, SliceOwner.Role role) {
        String missing = role == SliceOwner.Role.ORPHAN ? "which is not there" : "which does not list it";
        return new Problem(
                index.name(),
                -1,
                slice.name(),
                ProblemKind.SLICES,
                "slice " + slice.slice() + " of tensor " + slice.name() + ", " + missing);
    }

    /** The slices' own bytes were checked where their entries are. */
    private boolean partitioned(TensorInfo info) throws IOException {
        requireDtype(info);
        BundleTensor stored = stored(info);
        SliceSet slices = new SliceAssembly(info, index.header().byteOrder(), stored).slices();
        boolean intact = true;
        for (int slice = 0; slice < info.slices().size(); slice++) {
            SliceKey key = new SliceKey(info.name(), info.slices().get(slice));
            intact &= !damagedSlices.contains(key) && slice(stored, slice, key);
        }
        TensorSlice whole = TensorSlice.full(info.shape().rank());
        if (!slices.covers(whole)) {
            throw stored.incomplete(whole);
        }
        return intact;
    }

    private boolean slice(BundleTensor stored, int slice, SliceKey key) throws IOException {
        try {
            stored.requireBytes(slice);
            return true;
        } catch (DataLossException e) {
            findings.lost(ofSlice(e.toProblem(), key));
            return false;
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

    /** Returns true, since whatever is wrong is thrown. */
    private boolean tensor(TensorInfo info) throws IOException {
        requireDtype(info);
        TensorInfo.Storage storage = info.storage();
        if (storage == null) {
            throw damage(info, ProblemKind.SLICES, "a slice that is itself partitioned");
        }
        if (storage.shard() >= shards.count()) {
            findings.problem(damage(
                            info,
                            ProblemKind.SHARD,
                            "shard " + storage.shard() + " of a checkpoint of " + shards.count() + " shards")
                    .toProblem());
        }
        long size;
        try {
            size = check(info);
        } catch (DataLossException e) {
            // What is damaged is somebody's all the same; but what contradicts itself may be of any size.
            boolean inPlace = DAMAGED_IN_PLACE.contains(e.kind());
            allPlacesKnown &= inPlace || e.kind() == ProblemKind.MISSING_FILE;
            used(storage, inPlace ? storage.size() : 0);
            throw e;
        }
        bytes += size;
        used(storage, size);
        if (size != storage.size()) {
            throw damage(
                    info,
                    ProblemKind.SIZE,
                    "the entry's size is " + storage.size() + ", the tensor takes " + size + " bytes");
        }
        return true;
    }

    private void used(TensorInfo.Storage storage, long size) {
        if (size > 0 && storage.offset() >= 0 && storage.offset() <= Long.MAX_VALUE - size) {
            use.computeIfAbsent(storage.shard(), shard -> new ByteUse()).add(storage.offset(), size);
        }
    }

    /** Checks all bytes of a tensor; returns how many it takes in its shard. */
    private long check(TensorInfo info) throws IOException {
        BundleTensor stored = stored(info);
        return switch (info.dtype()) {
            case DT_STRING -> stored.verifyStrings();
            case DT_VARIANT -> stored.variants(0).stored().remaining();
            default -> {
                TensorData data = stored.data(0);
                data.check();
                yield data.size();
            }
        };
    }

    private DataLossException damage(TensorInfo info, ProblemKind kind, String message) {
        return new DataLossException(
                kind, message, ErrorContext.at(index.name(), -1).ofTensor(info.name()));
    }

    private void shardUse(int shard, ByteUse ranges) throws IOException {
        String file = shards.path(shard).toString();
        try {
            ranges.check(
                    shards.get(shard, ""),
                    (offset, length) -> findings.problem(new Problem(
                            file, offset, null, ProblemKind.OVERLAP, length + " bytes belong to more than one tensor")),
                    (offset, length) -> unused(file, offset, length));
        } catch (DataLossException alreadySaidOfItsTensors) {
            // A shard that is not there, or that ends too early.
            return;
        }
    }

    private void unused(String file, long offset, long length) {
        if (allPlacesKnown) {
            findings.problem(new Problem(
                    file,
                    offset,
                    null,
                    ProblemKind.UNUSED_BYTES,
                    length + " bytes belong to no tensor and are not all zero"));
        }
    }
}
