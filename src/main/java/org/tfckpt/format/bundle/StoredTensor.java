package org.tfckpt.format.bundle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.TensorData;
import org.tfckpt.io.ByteSource;
import org.tfckpt.io.MaskedCrc32c;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorInfo;

/** The bytes of one entry, read from its shard. */
final class StoredTensor implements TensorData {
    private static final int PART = 1 << 18;
    /** Tensors up to this size are read when they are opened: asking for the size of the file would take longer. */
    private static final int SMALL = 1 << 16;

    private final ByteSource shard;
    private final Shards shards;
    private final TensorInfo info;
    private final TensorInfo.Storage storage;
    private final ByteOrder order;
    private volatile boolean checked;
    /** The bytes that were read on opening, for the first access only: a mapped file may be truncated later. */
    private @Nullable ByteBuffer found;

    private StoredTensor(
            ByteSource shard,
            Shards shards,
            TensorInfo info,
            TensorInfo.Storage storage,
            ByteOrder order,
            @Nullable ByteBuffer found) {
        this.found = found;
        this.shard = shard;
        this.shards = shards;
        this.info = info;
        this.storage = storage;
        this.order = order;
    }

    /** Opens the bytes of an entry, and checks that they are within the shard. */
    static StoredTensor open(
            ByteSource shard, Shards shards, TensorInfo info, TensorInfo.Storage storage, ByteOrder order)
            throws IOException {
        try {
            shard.requireRange(storage.offset(), storage.size());
        } catch (DataLossException e) {
            throw ofTensor(e, shards, info);
        }
        return new StoredTensor(shard, shards, info, storage, order, null);
    }

    /** Opens a tensor that is not one of many slices; a small one is read now. */
    static StoredTensor openWhole(
            ByteSource shard, Shards shards, TensorInfo info, TensorInfo.Storage storage, ByteOrder order)
            throws IOException {
        if (storage.size() < 0 || storage.size() > SMALL) {
            return open(shard, shards, info, storage, order);
        }
        try {
            ByteBuffer found = shard.read(storage.offset(), (int) storage.size());
            return new StoredTensor(shard, shards, info, storage, order, found.order(order));
        } catch (DataLossException e) {
            throw ofTensor(e, shards, info);
        }
    }

    @Override
    public long size() {
        return storage.size();
    }

    @Override
    public ByteOrder order() {
        return order;
    }

    @Override
    public ByteBuffer readChecked() throws IOException {
        ByteBuffer bytes = found;
        found = null;
        if (bytes == null) {
            return TensorData.super.readChecked();
        }
        check(bytes);
        return bytes;
    }

    private void check(ByteBuffer bytes) throws IOException {
        CRC32C crc = new CRC32C();
        try {
            crc.update(bytes.duplicate());
        } catch (IllegalStateException e) {
            throw shard.unmappedDuringRead(e);
        }
        requireChecksum((int) crc.getValue(), shards, info, storage, shard.name());
        checked = true;
    }

    @Override
    public void check() throws IOException {
        ByteBuffer bytes = found;
        found = null;
        // Unlike a mapping, a copy stays valid after other accesses.
        if (bytes != null && !bytes.isDirect()) {
            check(bytes);
        } else if (!checked) {
            checkOnce();
        }
    }

    private synchronized void checkOnce() throws IOException {
        if (checked) {
            return;
        }
        requireChecksum(crc32c(0, storage.size()));
        checked = true;
    }

    /** Returns the checksum of a part of the bytes. */
    int crc32c(long offset, long length) throws IOException {
        CRC32C crc = new CRC32C();
        try {
            shard.forEach(storage.offset() + offset, length, crc::update);
        } catch (DataLossException e) {
            throw ofTensor(e, shards, info);
        }
        return (int) crc.getValue();
    }

    /** Compares the checksum of all bytes with that of the entry. */
    void requireChecksum(int computed) throws CheckpointException {
        requireChecksum(computed, shards, info, storage, shard.name());
    }

    static void requireChecksum(int computed, Shards shards, TensorInfo info, TensorInfo.Storage storage, String file)
            throws CheckpointException {
        int stored = MaskedCrc32c.unmask(storage.crc32c());
        if (stored != computed) {
            String text = String.format(
                    "TensorBundle at %s shard %d (%d bytes): Checksum does not match: stored %08d vs. calculated on the"
                            + " restored bytes %d",
                    shards.prefix(),
                    storage.shard(),
                    storage.size(),
                    Integer.toUnsignedLong(stored),
                    Integer.toUnsignedLong(computed));
            throw shards.explain(new DataLossException(
                    ProblemKind.TENSOR_CHECKSUM,
                    "the bytes of the tensor do not match their checksum",
                    ErrorContext.at(file, storage.offset())
                            .ofTensor(info.name())
                            .withTensorFlow(text)));
        }
    }

    @Override
    public ByteBuffer read(long offset, int length) throws IOException {
        ByteBuffer bytes = found;
        found = null;
        requireWithin(offset, length);
        if (bytes != null && bytes.limit() == length) {
            return bytes;
        }
        try {
            return shard.read(storage.offset() + offset, length).order(order);
        } catch (DataLossException e) {
            throw ofTensor(e, shards, info);
        }
    }

    @Override
    public void readInto(long offset, ByteBuffer target) throws IOException {
        found = null;
        requireWithin(offset, target.remaining());
        try {
            shard.readInto(storage.offset() + offset, target);
        } catch (DataLossException e) {
            throw ofTensor(e, shards, info);
        }
    }

    @Override
    public void readRuns(long from, long distance, int length, int count, byte[] target) throws IOException {
        if (count > 0) {
            requireWithin(from, (count - 1) * distance + length);
        }
        try {
            shard.readRuns(storage.offset() + from, distance, length, count, target);
        } catch (DataLossException e) {
            throw ofTensor(e, shards, info);
        }
    }

    @Override
    public void forEach(ByteSource.Consumer consumer) throws IOException {
        for (long done = 0; done < size(); done += PART) {
            ByteBuffer part = read(done, (int) Math.min(PART, size() - done));
            try {
                consumer.accept(part);
            } catch (IllegalStateException e) {
                throw shard.unmappedDuringRead(e);
            }
        }
    }

    @Override
    public void forEachChecked(ByteSource.Consumer consumer) throws IOException {
        if (checked) {
            forEach(consumer);
            return;
        }
        CRC32C crc = new CRC32C();
        forEach(part -> {
            crc.update(part.duplicate());
            consumer.accept(part);
        });
        requireChecksum((int) crc.getValue());
        checked = true;
    }

    private void requireWithin(long offset, long length) {
        if (offset < 0 || length < 0 || offset > storage.size() - length) {
            throw new IndexOutOfBoundsException("bytes " + offset + " to " + (offset + length) + " of the "
                    + storage.size() + " bytes of tensor '" + info.name() + "'");
        }
    }

    /** Adds the name of this tensor to an exception that has none, and explains it if the checkpoint was replaced. */
    static CheckpointException ofTensor(DataLossException damage, Shards shards, TensorInfo info) {
        return shards.explain(
                damage.context().tensor() != null
                        ? damage
                        : new DataLossException(
                                damage.kind(),
                                damage.problem(),
                                damage.context().ofTensor(info.name()),
                                damage));
    }

    /** Checks that the size of the entry is that of its shape and dtype, with TensorFlow's message. */
    static void requireSize(TensorInfo info, TensorInfo.Storage storage, long elements, String file)
            throws CheckpointException {
        int width = info.dtype().width();
        boolean equal = elements <= Long.MAX_VALUE / width && elements * width == storage.size();
        if (!equal) {
            String expected = elements <= Long.MAX_VALUE / width ? String.valueOf(elements * width) : "beyond 2^63";
            throw new DataLossException(
                    ProblemKind.SIZE,
                    "the size in the entry does not fit dtype and shape",
                    ErrorContext.at(file, -1)
                            .ofTensor(info.name())
                            .mismatch(expected + " bytes", storage.size())
                            .withTensorFlow("Invalid size in bundle entry: key " + info.name() + "; stored size "
                                    + storage.size() + "; expected size " + expected));
        }
    }
}
