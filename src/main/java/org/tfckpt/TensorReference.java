package org.tfckpt;

import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.FormatReader;
import org.tfckpt.format.bundle.BundleWriter;
import org.tfckpt.format.bundle.TensorPart;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorSlice;

/** Adds the entries of a tensor whose data files were linked from another checkpoint. */
final class TensorReference {
    private final Checkpoint from;
    private final BundleWriter to;
    /** Maps the numbers of data files of the source to their numbers in the target. */
    private final Map<Integer, Integer> shards;

    TensorReference(Checkpoint from, BundleWriter to, Map<Integer, Integer> shards) {
        this.from = from;
        this.to = to;
        this.shards = shards;
    }

    void add(TensorInfo info, String name) throws IOException {
        if (info.dtype() == DataType.UNKNOWN) {
            throw new IllegalArgumentException(
                    "tensor '" + info.name() + "' has the unknown dtype " + DataType.enumName(info.dtypeNumber()));
        }
        if (!info.isPartitioned()) {
            part(info, name, null, info.storage());
        }
        for (TensorSlice slice : info.slices()) {
            part(
                    info,
                    name,
                    slice,
                    from.findSlice(info, slice).map(TensorInfo::storage).orElse(null));
        }
    }

    private void part(TensorInfo info, String name, @Nullable TensorSlice slice, TensorInfo.@Nullable Storage storage)
            throws IOException {
        if (storage == null) {
            throw new DataLossException(
                    ProblemKind.SLICES,
                    "the index has no location for " + (slice == null ? "" : "slice " + slice + " of ") + "tensor '"
                            + info.name() + "'",
                    ErrorContext.NONE.ofTensor(info.name()));
        }
        Integer shard = shards.get(storage.shard());
        if (shard == null) {
            throw new IllegalArgumentException(
                    "data file " + storage.shard() + " of '" + from + "' was not linked; call linkShard first");
        }
        try {
            to.addReference(
                    new TensorPart(name, info.dtype(), info.shape(), slice),
                    new TensorInfo.Storage(shard, storage.offset(), storage.size(), storage.crc32c()));
        } catch (DataLossException e) {
            FormatReader reader = from.reader();
            String file = reader.dataFile(storage.shard()).toString();
            ErrorContext place = new ErrorContext(
                    file,
                    storage.offset(),
                    info.name(),
                    e.context().expected(),
                    e.context().found(),
                    null,
                    null);
            throw reader.explain(new DataLossException(e.kind(), e.problem(), place, e), storage.shard());
        }
    }
}
