package org.tfckpt.format.bundle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;
import org.tfckpt.format.StringData;
import org.tfckpt.io.ByteSource;
import org.tfckpt.io.MalformedBytesException;
import org.tfckpt.io.MaskedCrc32c;
import org.tfckpt.io.SequentialReader;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.UnsupportedFormatException;

/**
 * Reads the stored form of a string tensor.
 *
 * <pre>
 * varint64 length, per element | masked CRC32C of the lengths, in the bundle's byte order | bytes, per element
 * </pre>
 *
 * The entry's checksum covers the lengths as {@link LengthChecksum} takes them, the four bytes, then the bytes.
 */
final class StringTensors {
    private static final int WINDOW = 1 << 16;

    private final ByteSource shard;
    private final Shards shards;
    private final TensorInfo info;
    private final TensorInfo.Storage storage;
    private final ByteOrder order;
    private final long count;
    private final CRC32C crc = new CRC32C();
    private long dataStart;
    private long dataSize;

    private StringTensors(
            ByteSource shard, Shards shards, TensorInfo info, TensorInfo.Storage storage, ByteOrder order, long count) {
        this.shard = shard;
        this.shards = shards;
        this.info = info;
        this.storage = storage;
        this.order = order;
        this.count = count;
    }

    /** Opens the elements: the lengths are read and checked, the bytes are not read. */
    static StringData open(
            ByteSource shard, Shards shards, TensorInfo info, TensorInfo.Storage storage, ByteOrder order)
            throws IOException {
        long count = info.shape().elements();
        if (count > Integer.MAX_VALUE - 8) {
            throw new UnsupportedFormatException(
                    "a string tensor of " + count + " elements does not fit an array",
                    ErrorContext.at(shard.name(), storage.offset()).ofTensor(info.name()));
        }
        StringTensors tensor = new StringTensors(shard, shards, info, storage, order, count);
        tensor.requirePossible();
        long[] ends = new long[(int) count];
        int[] next = {0};
        tensor.readLengths(length -> {
            int i = next[0]++;
            ends[i] = (i == 0 ? 0 : ends[i - 1]) + length;
        });
        return tensor.new Elements(ends);
    }

    /**
     * Checks lengths and bytes without keeping either; returns the number of bytes that the tensor takes. If they
     * exceed the size of the entry, they are not read: otherwise every entry could cause a read of the whole file.
     */
    static long verify(ByteSource shard, Shards shards, TensorInfo info, TensorInfo.Storage storage, ByteOrder order)
            throws IOException {
        StringTensors tensor = new StringTensors(
                shard, shards, info, storage, order, info.shape().elements());
        tensor.requirePossible();
        tensor.readLengths(length -> {});
        long size = tensor.dataStart + tensor.dataSize - storage.offset();
        if (size <= storage.size()) {
            tensor.checkBytes();
        }
        return size;
    }

    /** Checks, before anything is allocated, that the entry is large enough for the elements and within the file. */
    private void requirePossible() throws IOException {
        if (storage.size() < count) {
            throw damage(
                    ProblemKind.SIZE,
                    "Invalid size in bundle entry: key " + info.name() + "; stored size " + storage.size()
                            + "; expected size is at least " + count);
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
            LengthChecksum checksum = new LengthChecksum(crc, order);
            long available = shard.size();
            for (long i = 0; i < count; i++) {
                long length = in.varint64();
                checksum.add(length);
                // dataSize is at most the size of the file, so that this cannot overflow.
                if (length < 0 || length > available - dataSize) {
                    lengthsTooLong(in.position(), available, length);
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
            checkLengths(in.fixed32(order));
            dataStart = in.position();
        } catch (MalformedBytesException e) {
            throw damage(ProblemKind.STRING_LENGTHS, "String length is not a " + e.getMessage());
        } catch (DataLossException e) {
            throw StoredTensor.ofTensor(e, shards, info);
        }
    }

    private void lengthsTooLong(long at, long available, long length) throws CheckpointException {
        throw shards.explain(new DataLossException(
                ProblemKind.STRING_LENGTHS,
                "String lengths add up to more than the file holds",
                ErrorContext.at(shard.name(), at)
                        .ofTensor(info.name())
                        .mismatch(
                                "at most " + available + " bytes",
                                dataSize + " and " + Long.toUnsignedString(length))));
    }

    private void checkLengths(int masked) throws CheckpointException {
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
    }

    private void checkBytes() throws IOException {
        if (storage.size() == 0) {
            return;
        }
        try {
            shard.forEach(dataStart, dataSize, crc::update);
        } catch (DataLossException e) {
            throw StoredTensor.ofTensor(e, shards, info);
        }
        StoredTensor.requireChecksum((int) crc.getValue(), shards, info, storage, shard.name());
    }

    private CheckpointException damage(ProblemKind kind, String problem) {
        return shards.explain(new DataLossException(
                kind, problem, ErrorContext.at(shard.name(), storage.offset()).ofTensor(info.name())));
    }

    /** Bytes that were read ahead, and their offset in the data. */
    private record Window(long start, ByteBuffer bytes) {
        boolean holds(long from, long length) {
            return from >= start && from + length <= start + bytes.limit();
        }
    }

    private final class Elements implements StringData {
        private final long[] ends;
        private volatile boolean checked;
        /** The index after the last one read: only sequential access reads ahead. */
        private volatile int next;

        private volatile Window window = new Window(0, ByteBuffer.allocate(0));

        Elements(long[] ends) {
            this.ends = ends;
        }

        @Override
        public int count() {
            return ends.length;
        }

        @Override
        public long length(int index) {
            return ends[index] - start(index);
        }

        private long start(int index) {
            return index == 0 ? 0 : ends[index - 1];
        }

        @Override
        public byte[] get(int index) throws IOException {
            long length = length(index);
            if (length > Integer.MAX_VALUE - 8) {
                throw new UnsupportedFormatException(
                        "A string of " + length + " bytes does not fit an array",
                        ErrorContext.at(shard.name(), dataStart + start(index)).ofTensor(info.name()));
            }
            boolean inOrder = index == next;
            next = index + 1;
            Window known = window;
            if (!known.holds(start(index), length)) {
                if (!inOrder || length > WINDOW / 2) {
                    return read(start(index), length);
                }
                byte[] ahead = read(start(index), Math.min(WINDOW, dataSize - start(index)));
                known = new Window(start(index), ByteBuffer.wrap(ahead));
                window = known;
            }
            byte[] bytes = new byte[(int) length];
            known.bytes.get((int) (start(index) - known.start), bytes);
            return bytes;
        }

        private byte[] read(long start, long length) throws IOException {
            try {
                shard.requireRange(dataStart + start, length);
                byte[] bytes = new byte[(int) length];
                shard.readInto(dataStart + start, ByteBuffer.wrap(bytes));
                return bytes;
            } catch (DataLossException e) {
                throw StoredTensor.ofTensor(e, shards, info);
            }
        }

        @Override
        public void check() throws IOException {
            if (!checked) {
                verify(shard, shards, info, storage, order);
                checked = true;
            }
        }
    }
}
