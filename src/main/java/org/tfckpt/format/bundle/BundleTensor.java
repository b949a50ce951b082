package org.tfckpt.format.bundle;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.SliceAssembly;
import org.tfckpt.format.StringData;
import org.tfckpt.format.TensorData;
import org.tfckpt.format.VariantData;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;
import org.tfckpt.tensor.TensorSlice;
import org.tfckpt.tensor.UnsupportedFormatException;

/** The stored slices of one tensor of a bundle: its own entry, or an entry per slice. */
final class BundleTensor implements SliceAssembly.Parts {
    private final BundleIndex index;
    private final Shards shards;
    private final TensorInfo info;
    /** Null if the tensor is not partitioned. */
    private final @Nullable SliceEntries entries;

    BundleTensor(BundleIndex index, Shards shards, TensorInfo info) {
        this.index = index;
        this.shards = shards;
        this.info = info;
        this.entries = info.isPartitioned() ? new SliceEntries(index, info) : null;
    }

    @Override
    public TensorData data(int slice) throws IOException {
        TensorInfo entry = entry(slice);
        requireSize(entry, storage(entry), SliceAssembly.requireElements(entry, place(entry.name())));
        return new StoredTensor(stored(slice, entry), !info.isPartitioned());
    }

    /** Checks that the size of an entry is that of its shape and dtype, with TensorFlow's message. */
    private void requireSize(TensorInfo entry, TensorInfo.Storage storage, long elements) throws DataLossException {
        int width = entry.dtype().width();
        boolean possible = elements <= Long.MAX_VALUE / width;
        if (!possible || elements * width != storage.size()) {
            String expected = possible ? String.valueOf(elements * width) : "beyond 2^63";
            throw new DataLossException(
                    ProblemKind.SIZE,
                    "the size in the entry does not fit dtype and shape",
                    place(entry.name())
                            .mismatch(expected + " bytes", storage.size())
                            .withTensorFlow("Invalid size in bundle entry: key " + entry.name() + "; stored size "
                                    + storage.size() + "; expected size " + expected));
        }
    }

    @Override
    public StringData strings(int slice) throws IOException {
        return StoredStrings.open(storedElements(slice));
    }

    @Override
    public VariantData variants(int slice) throws IOException {
        return VariantTensors.open(storedElements(slice));
    }

    /** Checks strings without keeping their lengths; returns the number of bytes that they take in the shard. */
    long verifyStrings() throws IOException {
        return StoredStrings.verify(storedElements(0));
    }

    private StoredEntry storedElements(int slice) throws IOException {
        TensorInfo entry = entry(slice);
        SliceAssembly.requireElements(entry, place(entry.name()));
        return stored(slice, entry);
    }

    /** Opens an entry under the name of its tensor: the key of a slice means nothing to a reader. */
    private StoredEntry stored(int slice, TensorInfo entry) throws IOException {
        TensorInfo.Storage storage = storage(entry);
        TensorInfo named = entries == null
                ? entry
                : new TensorInfo(info.name(), entry.dtypeNumber(), entry.shape(), storage, entry.slices());
        StoredEntry stored =
                new StoredEntry(shards.get(storage.shard(), info.name()), shards, named, storage, index.byteOrder());
        if (entries != null) {
            entries.claim(slice, stored);
        }
        return stored;
    }

    /** Checks that a slice has an entry that agrees with the tensor, and bytes in its shard, which are not read. */
    void requireBytes(int slice) throws IOException {
        stored(slice, entry(slice));
    }

    private TensorInfo.Storage storage(TensorInfo entry) throws DataLossException {
        TensorInfo.Storage storage = entry.storage();
        if (storage == null) {
            throw new DataLossException(
                    ProblemKind.SLICES, "A slice that is itself partitioned: " + entry.name(), place(entry.name()));
        }
        return storage;
    }

    /** Returns the entry of a slice; dtype and shape must agree with those of the tensor. */
    TensorInfo entry(int slice) throws IOException {
        return entries == null ? info : entry(slice, entries);
    }

    private TensorInfo entry(int slice, SliceEntries entries) throws IOException {
        TensorSlice extent = info.slices().get(slice);
        TensorInfo entry = entries.find(slice);
        if (entry == null) {
            throw new DataLossException(
                    ProblemKind.SLICES,
                    "the index has no entry for a slice of the partitioned tensor",
                    place().mismatch("an entry for slice " + extent, "none")
                            .withTensorFlow(
                                    "Key " + TensorNames.decode(entries.key(slice)) + " not found in checkpoint"));
        }
        storage(entry);
        Shape shape = extent.of(info.shape());
        if (entry.dtypeNumber() != info.dtypeNumber() || !entry.shape().equals(shape)) {
            throw new DataLossException(
                    ProblemKind.SLICES,
                    "the entry of slice " + extent + " contradicts the partitioned tensor",
                    place().mismatch(text(info.dtypeNumber(), shape), text(entry.dtypeNumber(), entry.shape())));
        }
        return entry;
    }

    private static String text(int dtype, Shape shape) {
        return DataType.enumName(dtype) + " " + shape;
    }

    @Override
    public CheckpointException incomplete(TensorSlice region) {
        return new DataLossException(
                ProblemKind.SLICES,
                "the slices of the partitioned tensor do not cover " + region,
                place().withTensorFlow("Does not have sufficient slices for partitioned tensor " + info.name()
                        + " to restore in slice_spec: " + region));
    }

    @Override
    public CheckpointException notSupported() {
        return new UnsupportedFormatException(
                "dtype " + DataType.enumName(info.dtypeNumber()) + " is not supported",
                place().withTensorFlow("Dtype " + DataType.shortName(info.dtypeNumber()) + " not supported."));
    }

    @Override
    public ErrorContext place() {
        return place(info.name());
    }

    private ErrorContext place(String name) {
        return ErrorContext.at(index.name(), -1).ofTensor(name);
    }

    @Override
    public String shapeMismatch(Shape taken) {
        return "tensor_name = " + info.name() + "; shape in shape_and_slice spec " + taken
                + " does not match the shape stored in checkpoint: " + info.shape();
    }
}
