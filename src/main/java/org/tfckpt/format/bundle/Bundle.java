package org.tfckpt.format.bundle;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.FormatReader;
import org.tfckpt.format.SliceAssembly;
import org.tfckpt.format.SliceKey;
import org.tfckpt.format.TensorReader;
import org.tfckpt.format.TensorScan;
import org.tfckpt.format.VerificationListener;
import org.tfckpt.format.table.TableIterator;
import org.tfckpt.io.FileAccess;
import org.tfckpt.io.OrderedWork;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;
import org.tfckpt.tensor.TensorSlice;

/**
 * A V2 checkpoint. Opening reads the footer, the index block and the header of the index; shards are opened on demand.
 */
public final class Bundle implements FormatReader {
    private final BundleIndex index;
    private final Shards shards;

    private Bundle(BundleIndex index, Shards shards) {
        this.index = index;
        this.shards = shards;
    }

    /** Opens a bundle, which the caller closes. */
    public static Bundle open(BundlePrefix prefix, FileAccess access) throws IOException {
        BundleIndex index = BundleIndex.open(prefix);
        return new Bundle(index, new Shards(prefix, index, access));
    }

    @Override
    public String format() {
        return "V2";
    }

    @Override
    public ByteOrder byteOrder() {
        return index.byteOrder();
    }

    @Override
    public int dataFileCount() {
        return index.shardCount();
    }

    @Override
    public Path dataFile(int number) {
        return shards.path(number);
    }

    @Override
    public boolean hasLinkableDataFiles() {
        return true;
    }

    @Override
    public TensorScan scan() throws IOException {
        return new BundleScan(index);
    }

    @Override
    public TensorScan entries() throws IOException {
        TableIterator at = index.entries();
        return () -> {
            while (at.valid()) {
                TensorInfo info = index.entry(at);
                at.next();
                if (!info.isPartitioned()) {
                    return info;
                }
            }
            return null;
        };
    }

    @Override
    public @Nullable TensorInfo find(String name) throws IOException {
        return index.find(TensorNames.encode(name));
    }

    @Override
    public @Nullable TensorInfo findSlice(TensorInfo tensor, TensorSlice slice) throws IOException {
        return index.find(new SliceKey(tensor.name(), slice).encode());
    }

    @Override
    public TensorReader open(TensorInfo info) {
        return new SliceAssembly(info, byteOrder(), new BundleTensor(index, shards, info));
    }

    @Override
    public String tensorFlowNotFound(String name) {
        return "Key " + name + " not found in checkpoint";
    }

    @Override
    public CheckpointException explain(DataLossException damage, int shard) {
        try {
            shards.get(shard, "");
        } catch (IOException e) {
            damage.addSuppressed(e);
        }
        return shards.explain(damage);
    }

    @Override
    public Totals verify(VerificationListener listener, OrderedWork work) throws IOException {
        return new BundleVerification(index, shards, listener, work).run();
    }

    @Override
    public void close() throws IOException {
        try (index) {
            shards.close();
        }
    }
}
