package org.tfckpt.format.bundle;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.FormatReader;
import org.tfckpt.format.StringData;
import org.tfckpt.format.TensorData;
import org.tfckpt.format.TensorScan;
import org.tfckpt.io.ByteSource;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;
import org.tfckpt.tensor.UnsupportedFormatException;

/** A V2 checkpoint. Opening reads the index's footer, its index block and the header; a shard is opened when needed. */
public final class Bundle implements FormatReader {
    private final BundlePrefix prefix;
    private final BundleIndex index;
    private final Shards shards;

    private Bundle(BundlePrefix prefix, BundleIndex index, Shards shards) {
        this.prefix = prefix;
        this.index = index;
        this.shards = shards;
    }

    /**
     * Opens a bundle.
     *
     * @param prefix its files
     * @param mapped whether shards are mapped, where their file system can
     * @return the bundle; the caller closes it
     * @throws IOException if there is no index, or its header cannot be read
     */
    public static Bundle open(BundlePrefix prefix, boolean mapped) throws IOException {
        BundleIndex index = BundleIndex.open(prefix);
        return new Bundle(prefix, index, new Shards(prefix, index.header().shardCount(), mapped));
    }

    @Override
    public ByteOrder byteOrder() {
        return index.header().byteOrder();
    }

    @Override
    public int shardCount() {
        return index.header().shardCount();
    }

    @Override
    public TensorScan scan() throws IOException {
        return new BundleScan(index);
    }

    @Override
    public @Nullable TensorInfo find(String name) throws IOException {
        return index.find(TensorNames.encode(name));
    }

    @Override
    public TensorData data(TensorInfo info) throws IOException {
        return stored(info);
    }

    private StoredTensor stored(TensorInfo info) throws IOException {
        long elements = requireElements(info);
        if (!info.dtype().isFixedWidth()) {
            throw new UnsupportedFormatException(
                    "Dtype " + DataType.shortName(info.dtypeNumber()) + " not supported.", place(info));
        }
        TensorInfo.Storage storage = requireWhole(info);
        StoredTensor.requireSize(info, storage, elements, index.name());
        return new StoredTensor(shard(info, storage), prefix, info, storage, byteOrder());
    }

    @Override
    public StringData strings(TensorInfo info) throws IOException {
        requireElements(info);
        TensorInfo.Storage storage = requireWhole(info);
        return StringTensors.open(shard(info, storage), prefix, info, storage, byteOrder());
    }

    private ByteSource shard(TensorInfo info, TensorInfo.Storage storage) throws IOException {
        return shards.get(storage.shard(), info.name());
    }

    private TensorInfo.Storage requireWhole(TensorInfo info) throws UnsupportedFormatException {
        TensorInfo.Storage storage = info.storage();
        if (storage == null) {
            throw new UnsupportedFormatException("Partitioned tensor " + info.name() + " is not read yet", place(info));
        }
        return storage;
    }

    private long requireElements(TensorInfo info) throws DataLossException {
        OptionalLong elements = info.shape().elementCount();
        if (elements.isEmpty()) {
            throw new DataLossException(
                    ProblemKind.SHAPE, "Invalid tensor shape: " + info.name() + protoText(info.shape()), place(info));
        }
        return elements.getAsLong();
    }

    /** The short text form of the record, as in TensorFlow's message. */
    private static String protoText(Shape shape) {
        StringBuilder text = new StringBuilder();
        for (long dimension : shape.toArray()) {
            text.append(dimension == 0 ? " dim { }" : " dim { size: " + dimension + " }");
        }
        return text.toString();
    }

    private ErrorContext place(TensorInfo info) {
        return ErrorContext.at(index.name(), -1).ofTensor(info.name());
    }

    /**
     * Checks a tensor's entry and all of its bytes.
     *
     * @return the number of bytes that it takes in its shard
     */
    long verify(TensorInfo info) throws IOException {
        if (info.dtype() == DataType.DT_STRING) {
            requireElements(info);
            TensorInfo.Storage storage = requireWhole(info);
            return StringTensors.verify(shard(info, storage), prefix, info, storage, byteOrder());
        }
        StoredTensor tensor = stored(info);
        tensor.check();
        return tensor.size();
    }

    @Override
    public Totals verify(Consumer<Problem> problems) throws IOException {
        return new BundleVerification(this, index, shards, problems).run();
    }

    @Override
    public void close() throws IOException {
        try (index) {
            shards.close();
        }
    }
}
