package org.tfckpt.format.bundle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;
import org.tfckpt.format.StringData;
import org.tfckpt.io.ByteSource;
import org.tfckpt.io.Crc32cSum;
import org.tfckpt.io.MalformedBytesException;
import org.tfckpt.io.MaskedCrc32c;
import org.tfckpt.io.SequentialReader;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.StringVector;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.UnsupportedFormatException;

/**
 * The strings of one entry, read from its shard.
 *
 * <pre>
 * varint64 length, per element | masked CRC32C of the lengths, in the bundle's byte order | bytes, per element
 * </pre>
 *
 * The entry's checksum covers the lengths as {@link LengthChecksum} takes them, the four bytes, then the bytes.
 */
final class StoredStrings implements StringData {
    private static final int MAX_COUNT = Integer.MAX_VALUE - 9;

    private final ByteSource shard;
    private final Shards shards;
    private final TensorInfo info;
    private final TensorInfo.Storage storage;
    private final ByteOrder order;
    private final StringOffsets offsets;
    private long dataStart;
    private long dataSize;
    /** The checksum of all that precedes the data. */
    private int crcOfLengths;

    private boolean checked;

    private StoredStrings(
            ByteSource shard,
            Shards shards,
            TensorInfo info,
            TensorInfo.Storage storage,
            ByteOrder order,
            StringOffsets offsets) {
        this.shard = shard;
        this.shards = shards;
        this.info = info;
        this.storage = storage;
        this.order = order;
        this.offsets = offsets;
    }

    /** Opens the elements: the lengths are read and checked, the bytes are not read. */
    static StringData open(
            ByteSource shard, Shards shards, TensorInfo info, TensorInfo.Storage storage, ByteOrder order)
            throws IOException {
        long count = info.shape().elements();
        if (count > MAX_COUNT) {
            throw new UnsupportedFormatException(
                    "a string tensor of " + count + " elements does not fit an array",
                    ErrorContext.at(shard.name(), storage.offset()).ofTensor(info.name()));
        }
        requirePossible(shard, shards, info, storage);
        StringOffsets offsets = new StringOffsets((int) count);
        StoredStrings strings = new StoredStrings(shard, shards, info, storage, order, offsets);
        strings.readLengths(offsets::add);
        return strings;
    }

    /**
     * Checks lengths and bytes without keeping either; returns the number of bytes that the tensor takes. If they
     * exceed the size of the entry, they are not read: otherwise every entry could cause a read of the whole file.
     */
    static long verify(ByteSource shard, Shards shards, TensorInfo info, TensorInfo.Storage storage, ByteOrder order)
            throws IOException {
        requirePossible(shard, shards, info, storage);
        StoredStrings strings = new StoredStrings(shard, shards, info, storage, order, new StringOffsets(0));
        strings.readLengths(length -> {});
        long size = strings.dataStart + strings.dataSize - storage.offset();
        if (size <= storage.size()) {
            strings.check();
        }
        return size;
    }

    /** Checks, before anything is allocated, that the entry is large enough for the elements and within the file. */
    private static void requirePossible(ByteSource shard, Shards shards, TensorInfo info, TensorInfo.Storage storage)
            throws IOException {
        long count = info.shape().elements();
        if (storage.size() < count) {
            throw shards.explain(new DataLossException(
                    ProblemKind.SIZE,
                    "Invalid size in bundle entry: key " + info.name() + "; stored size " + storage.size()
                            + "; expected size is at least " + count,
                    ErrorContext.at(shard.name(), storage.offset()).ofTensor(info.name())));
        }
        try {
            shard.requireRange(storage.offset(), count);
        } catch (DataLossException e) {
            throw StoredTensor.ofTensor(e, shards, info);
        }
    }

    private void readLengths(LongConsumer lengths) throws IOException {
        if (storage.size() == 0) {
            dataStart = storage.offset();
            return;
        }
        try {
            SequentialReader in = new SequentialReader(shard, storage.offset());
            CRC32C crc = new CRC32C();
            LengthChecksum checksum = new LengthChecksum(crc, order);
            long available = shard.size();
            long count = info.shape().elements();
            for (long i = 0; i < count; i++) {
                long length = in.varint64();
                checksum.add(length);
                // dataSize is at most the size of the file, so that this cannot overflow.
                if (length < 0 || length > available - dataSize) {
                    throw lengthsTooLong(in.position(), available, length);
                }
                dataSize += length;
                lengths.accept(length);
            }
            if (in.position() > storage.offset() + storage.size()) {
                throw damage(
                        ProblemKind.STRING_LENGTHS,
                        "String lengths longer than expected offset " + (storage.offset() + storage.size()));
            }
            checksum.flush();
            checkLengths(crc, in.fixed32(order));
            dataStart = in.position();
        } catch (MalformedBytesException e) {
            throw damage(ProblemKind.STRING_LENGTHS, "String length is not a " + e.getMessage());
        } catch (DataLossException e) {
            throw StoredTensor.ofTensor(e, shards, info);
        }
    }

    private CheckpointException lengthsTooLong(long at, long available, long length) {
        return shards.explain(new DataLossException(
                ProblemKind.STRING_LENGTHS,
                "String lengths add up to more than the file holds",
                ErrorContext.at(shard.name(), at)
                        .ofTensor(info.name())
                        .mismatch(
                                "at most " + available + " bytes",
                                dataSize + " and " + Long.toUnsignedString(length))));
    }

    private void checkLengths(CRC32C crc, int masked) throws CheckpointException {
        int stored = MaskedCrc32c.unmask(masked);
        int computed = (int) crc.getValue();
        if (stored != computed) {
            throw damage(
                    ProblemKind.STRING_LENGTHS,
                    String.format(
                            "The length checksum does not match: expected %08d but actual is %08d",
                            Integer.toUnsignedLong(stored), Integer.toUnsignedLong(computed)));
        }
        // The checksum of the entry also covers the four bytes of this one, as stored.
        crc.update(
                ByteBuffer.allocate(Integer.BYTES).order(order).putInt(masked).flip());
        crcOfLengths = (int) crc.getValue();
    }

    private CheckpointException damage(ProblemKind kind, String problem) {
        return shards.explain(new DataLossException(
                kind, problem, ErrorContext.at(shard.name(), storage.offset()).ofTensor(info.name())));
    }

    @Override
    public int count() {
        return offsets.count();
    }

    @Override
    public long maxLength(int index) {
        return offsets.get(index + 1) - offsets.get(index);
    }

    @Override
    public StringVector read(int first, int count) throws IOException {
        long start = dataStart + offsets.get(first);
        long length = offsets.get(first + count) - offsets.get(first);
        if (count == 1 && length > Integer.MAX_VALUE) {
            throw new UnsupportedFormatException(
                    "a string of " + length + " bytes does not fit a buffer",
                    ErrorContext.at(shard.name(), start).ofTensor(info.name()));
        }
        try {
            return StringVector.of(shard.read(start, Math.toIntExact(length)), offsets.range(first, count));
        } catch (DataLossException e) {
            throw StoredTensor.ofTensor(e, shards, info);
        }
    }

    @Override
    public synchronized void check() throws IOException {
        if (checked || storage.size() == 0) {
            return;
        }
        CRC32C crc = new CRC32C();
        try {
            shard.forEach(dataStart, dataSize, crc::update);
        } catch (DataLossException e) {
            throw StoredTensor.ofTensor(e, shards, info);
        }
        int all = Crc32cSum.of(crcOfLengths, (int) crc.getValue(), dataSize);
        StoredTensor.requireChecksum(all, shards, info, storage, shard.name());
        checked = true;
    }
}
