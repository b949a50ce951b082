package org.tfckpt.format.bundle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
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
    private final Consumer<Problem> problems;
    private final SliceOwner owner;
    private final Map<Integer, ByteUse> use = new TreeMap<>();
    private long tensors;
    private long bytes;
    /** Where a block or an entry cannot be read, bytes that seem to be nobody's may be those of its tensors. */
    private boolean allPlacesKnown = true;

    BundleVerification(BundlePrefix prefix, BundleIndex index, Shards shards, Consumer<Problem> problems) {
        this.prefix = prefix;
        this.index = index;
        this.shards = shards;
        this.problems = problems;
        this.owner = new SliceOwner(index);
    }

    FormatReader.Totals run() throws IOException {
        header();
        TableVerification.run(index.table(), this::tableProblem, this::entry);
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
        problems.accept(new Problem(index.name(), -1, null, kind, message));
    }

    private void tableProblem(Problem problem) {
        allPlacesKnown &= problem.kind() == ProblemKind.KEY_ORDER;
        problems.accept(problem);
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
        } catch (DataLossException e) {
            allPlacesKnown &= e.kind() != ProblemKind.ENTRY;
            problems.accept(e.toProblem());
        } catch (CheckpointException e) {
            // What is not read cannot be called intact.
            String name = TensorNames.decode(key);
            problems.accept(new Problem(index.name(), -1, name, ProblemKind.DTYPE, e.problem()));
        }
    }

    /** Whether a key is that of a slice; one that its tensor does not list is a problem, and a tensor of its own. */
    private boolean isListedSlice(byte[] key, TensorInfo info) throws IOException {
        SliceKey slice = SliceOwner.slice(key, key.length);
        SliceOwner.Role role = slice == null ? SliceOwner.Role.TENSOR : owner.role(slice);
        if (slice != null && role != SliceOwner.Role.LISTED) {
            String missing = role == SliceOwner.Role.ORPHAN ? "which is not there" : "which does not list it";
            problems.accept(damage(
                            info,
                            ProblemKind.SLICES,
                            "slice " + slice.slice() + " of tensor " + slice.name() + ", " + missing)
                    .toProblem());
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
                problems.accept(e.toProblem());
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
            problems.accept(damage(
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
            problems.accept(damage(
                            info,
                            ProblemKind.SIZE,
                            "the entry's size is " + storage.size() + ", the tensor takes " + size + " bytes")
                    .toProblem());
        }
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
                    (offset, length) -> problems.accept(new Problem(
                            file, offset, null, ProblemKind.OVERLAP, length + " bytes belong to more than one tensor")),
                    (offset, length) -> unused(file, offset, length));
        } catch (DataLossException alreadySaidOfItsTensors) {
            // A shard that is not there, or that ends too early.
            return;
        }
    }

    private void unused(String file, long offset, long length) {
        if (allPlacesKnown) {
            problems.accept(new Problem(
                    file,
                    offset,
                    null,
                    ProblemKind.UNUSED_BYTES,
                    length + " bytes belong to no tensor and are not all zero"));
        }
    }
}
