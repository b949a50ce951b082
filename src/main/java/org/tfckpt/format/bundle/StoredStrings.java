package org.tfckpt.format.bundle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.LongConsumer;
import java.util.zip.CRC32C;
import org.tfckpt.format.StringData;
import org.tfckpt.io.Crc32cSum;
import org.tfckpt.io.MalformedBytesException;
import org.tfckpt.io.MaskedCrc32c;
import org.tfckpt.io.SequentialReader;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.StringVector;
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

    private final StoredEntry entry;
    private final StringOffsets offsets;
    private long dataStart;
    private long dataSize;
    /** The checksum of all that precedes the data. */
    private int crcOfLengths;

    private boolean checked;

    private StoredStrings(StoredEntry entry, StringOffsets offsets) {
        this.entry = entry;
        this.offsets = offsets;
    }

    /** Opens the elements: the lengths are read and checked, the bytes are not read. */
    static StringData open(StoredEntry entry) throws IOException {
        long count = entry.info().shape().elements();
        if (count > MAX_COUNT) {
            throw new UnsupportedFormatException(
                    "a string tensor of " + count + " elements does not fit an array", entry.place());
        }
        requirePossible(entry);
        StringOffsets offsets = new StringOffsets((int) count);
        StoredStrings strings = new StoredStrings(entry, offsets);
        strings.readLengths(offsets::add);
        return strings;
    }

    /**
     * Checks lengths and bytes without keeping either; returns the number of bytes that the tensor takes. If they
     * exceed the size of the entry, they are not read: otherwise every entry could cause a read of the whole file.
     */
    static long verify(StoredEntry entry) throws IOException {
        requirePossible(entry);
        StoredStrings strings = new StoredStrings(entry, new StringOffsets(0));
        strings.readLengths(length -> {});
        long size = strings.dataStart + strings.dataSize - entry.storage().offset();
        if (size <= entry.storage().size()) {
            strings.check();
        }
        return size;
    }

    /** Checks, before anything is allocated, that the entry is large enough for the elements and within the file. */
    private static void requirePossible(StoredEntry entry) throws IOException {
        long count = entry.info().shape().elements();
        if (entry.storage().size() < count) {
            throw entry.damage(
                    ProblemKind.SIZE,
                    "Invalid size in bundle entry: key " + entry.info().name() + "; stored size "
                            + entry.storage().size() + "; expected size is at least " + count);
        }
        entry.requireBytes(count);
    }

    private void readLengths(LongConsumer lengths) throws IOException {
        long start = entry.storage().offset();
        if (entry.storage().size() == 0) {
            dataStart = start;
            return;
        }
        try {
            SequentialReader in = new SequentialReader(entry.shard(), start);
            CRC32C crc = new CRC32C();
            LengthChecksum checksum = new LengthChecksum(crc, entry.order());
            long available = entry.shard().size();
            long count = entry.info().shape().elements();
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
            long end = start + entry.storage().size();
            if (in.position() > end) {
                throw entry.damage(ProblemKind.STRING_LENGTHS, "String lengths longer than expected offset " + end);
            }
            checksum.flush();
            checkLengths(crc, in.fixed32(entry.order()));
            dataStart = in.position();
        } catch (MalformedBytesException e) {
            throw entry.damage(ProblemKind.STRING_LENGTHS, "String length is not a " + e.getMessage());
        } catch (DataLossException e) {
            throw entry.ofTensor(e);
        }
    }

    private CheckpointException lengthsTooLong(long at, long available, long length) {
        return entry.damage(
                ProblemKind.STRING_LENGTHS,
                "String lengths add up to more than the file holds",
                ErrorContext.at(entry.shard().name(), at)
                        .ofTensor(entry.info().name())
                        .mismatch(
                                "at most " + available + " bytes", dataSize + " and " + Long.toUnsignedString(length)));
    }

    private void checkLengths(CRC32C crc, int masked) throws CheckpointException {
        int stored = MaskedCrc32c.unmask(masked);
        int computed = (int) crc.getValue();
        if (stored != computed) {
            throw entry.damage(
                    ProblemKind.STRING_LENGTHS,
                    String.format(
                            "The length checksum does not match: expected %08d but actual is %08d",
                            Integer.toUnsignedLong(stored), Integer.toUnsignedLong(computed)));
        }
        // The checksum of the entry also covers the four bytes of this one, as stored.
        crc.update(ByteBuffer.allocate(Integer.BYTES)
                .order(entry.order())
                .putInt(masked)
                .flip());
        crcOfLengths = (int) crc.getValue();
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
                    ErrorContext.at(entry.shard().name(), start)
                            .ofTensor(entry.info().name()));
        }
        return StringVector.of(entry.read(start, Math.toIntExact(length)), offsets.range(first, count));
    }

    @Override
    public synchronized void check() throws IOException {
        if (checked || entry.storage().size() == 0) {
            return;
        }
        entry.requireChecksum(Crc32cSum.of(crcOfLengths, entry.crc32c(dataStart, dataSize), dataSize));
        checked = true;
    }
}
