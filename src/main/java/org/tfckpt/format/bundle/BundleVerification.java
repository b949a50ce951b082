package org.tfckpt.format.bundle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.tfckpt.format.FormatReader;
import org.tfckpt.format.table.TableVerification;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;

/** Reads a bundle the way everybody does, all of it, and collects the exceptions instead of stopping at the first. */
final class BundleVerification {
    private static final Set<ProblemKind> DAMAGED_IN_PLACE = EnumSet.of(
            ProblemKind.TENSOR_CHECKSUM, ProblemKind.STRING_LENGTHS, ProblemKind.VARIANT, ProblemKind.TRUNCATED);

    private final Bundle bundle;
    private final BundleIndex index;
    private final Shards shards;
    private final Consumer<Problem> problems;
    private final Map<Integer, ShardUse> use = new TreeMap<>();
    private long tensors;
    private long bytes;
    /** Where a block or an entry cannot be read, bytes that seem to be nobody's may be those of its tensors. */
    private boolean allPlacesKnown = true;

    BundleVerification(Bundle bundle, BundleIndex index, Shards shards, Consumer<Problem> problems) {
        this.bundle = bundle;
        this.index = index;
        this.shards = shards;
        this.problems = problems;
    }

    FormatReader.Totals run() throws IOException {
        header();
        TableVerification.run(index.table(), this::tableProblem, this::entry);
        for (Map.Entry<Integer, ShardUse> shard : use.entrySet()) {
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
        tensors++;
        try {
            tensor(index.entry(TensorNames.decode(key), value));
        } catch (DataLossException e) {
            allPlacesKnown &= e.kind() == ProblemKind.MISSING_FILE;
            problems.accept(e.toProblem());
        } catch (CheckpointException e) {
            allPlacesKnown = false;
            // What is not read cannot be called intact.
            String name = TensorNames.decode(key);
            problems.accept(new Problem(index.name(), -1, name, ProblemKind.DTYPE, e.problem()));
        }
    }

    private void tensor(TensorInfo info) throws IOException {
        DataType dtype = info.dtype();
        if (!dtype.isFixedWidth() && dtype != DataType.DT_STRING && dtype != DataType.DT_VARIANT) {
            throw damage(
                    info,
                    ProblemKind.DTYPE,
                    "no checkpoint holds " + (dtype == DataType.UNKNOWN ? "" : "dtype ")
                            + DataType.shortName(info.dtypeNumber()));
        }
        TensorInfo.Storage storage = info.storage();
        if (storage != null && storage.shard() >= shards.count()) {
            problems.accept(damage(
                            info,
                            ProblemKind.SHARD,
                            "shard " + storage.shard() + " of a checkpoint of " + shards.count() + " shards")
                    .toProblem());
        }
        long size;
        try {
            size = bundle.verify(info);
        } catch (DataLossException e) {
            if (storage == null || !DAMAGED_IN_PLACE.contains(e.kind())) {
                throw e;
            }
            problems.accept(e.toProblem());
            // Its bytes are damaged or cut off, and its own all the same.
            long left = shards.get(storage.shard(), info.name()).size() - storage.offset();
            claim(storage, Math.min(storage.size(), left));
            return;
        }
        bytes += size;
        if (storage == null) {
            return;
        }
        if (size != storage.size()) {
            problems.accept(damage(
                            info,
                            ProblemKind.SIZE,
                            "the entry's size is " + storage.size() + ", the tensor takes " + size + " bytes")
                    .toProblem());
        }
        claim(storage, size);
    }

    private void claim(TensorInfo.Storage storage, long size) {
        if (size > 0 && storage.offset() >= 0) {
            use.computeIfAbsent(storage.shard(), shard -> new ShardUse()).add(storage.offset(), size);
        }
    }

    private DataLossException damage(TensorInfo info, ProblemKind kind, String message) {
        return new DataLossException(
                kind, message, ErrorContext.at(index.name(), -1).ofTensor(info.name()));
    }

    private void shardUse(int shard, ShardUse ranges) throws IOException {
        String file = shards.path(shard).toString();
        try {
            ranges.check(
                    shards.get(shard, ""),
                    (offset, length) -> problems.accept(new Problem(
                            file, offset, null, ProblemKind.OVERLAP, length + " bytes belong to more than one tensor")),
                    (offset, length) -> unused(file, offset, length));
        } catch (DataLossException e) {
            problems.accept(e.toProblem());
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
