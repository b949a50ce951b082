package org.tfckpt.format.table;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.tfckpt.io.ByteSource;
import org.tfckpt.io.MalformedBytesException;
import org.tfckpt.io.MaskedCrc32c;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;

/**
 * A verified, uncompressed block.
 *
 * <pre>
 * stored block | type: 0 plain, 1 Snappy | masked CRC32C of block and type, fixed32
 *
 * entry* | restart[0] … restart[R-1], fixed32 each | R, fixed32
 * </pre>
 *
 * A restart is the offset of an entry whose key is stored in full. R may be 0 in a block without entries.
 *
 * <p>A block may be in memory that is reused after it. A user must hold a reference, received with the block or
 * acquired with {@link #retain}, and {@linkplain #release release} it once.
 */
final class Block {
    static final byte PLAIN = 0;
    static final byte SNAPPY = 1;

    private final ByteBuffer contents;
    private final int restartCount;
    private final int entriesEnd;
    private final ErrorContext place;
    private final int storedSize;
    private final @Nullable BlockMemory memory;

    private Block(ByteBuffer contents, int storedSize, ErrorContext place, @Nullable BlockMemory memory)
            throws DataLossException {
        this.contents = contents;
        this.memory = memory;
        this.storedSize = storedSize;
        this.place = place;
        int length = contents.limit();
        long count = length < Integer.BYTES
                ? Long.MAX_VALUE
                : Integer.toUnsignedLong(contents.getInt(length - Integer.BYTES));
        if (count > length / Integer.BYTES - 1) {
            throw new DataLossException(
                    ProblemKind.TABLE,
                    "the restart points of a block do not fit into it",
                    place.mismatch("restart points that fit " + length + " bytes", length < 4 ? "no count" : count)
                            .withTensorFlow("bad block contents"));
        }
        this.restartCount = (int) count;
        this.entriesEnd = length - Integer.BYTES * (restartCount + 1);
    }

    /** Reads a block into memory that is not reused, verifies the checksum of the stored bytes, and uncompresses it. */
    static Block read(ByteSource source, BlockHandle handle) throws IOException {
        int size = size(source, handle);
        ByteBuffer stored = source.read(handle.offset(), size + BlockHandle.TRAILER_LENGTH);
        return of(stored, ErrorContext.at(source.name(), handle.offset()), null);
    }

    /** Reads a block like {@link #read}, into memory that is reused after the block is released. */
    static Block readReusable(ByteSource source, BlockHandle handle) throws IOException {
        int length = size(source, handle) + BlockHandle.TRAILER_LENGTH;
        BlockMemory memory = BlockMemory.take(length);
        if (memory == null) {
            return read(source, handle);
        }
        Block block = null;
        try {
            ByteBuffer stored = memory.bytes(handle.offset(), length);
            source.readInto(handle.offset(), stored);
            block = of(stored.flip(), ErrorContext.at(source.name(), handle.offset()), memory);
            return block;
        } finally {
            if (block == null || block.memory == null) {
                memory.release();
            }
        }
    }

    /** Returns the size of a block, checked to be below 2 GiB but not against the file. */
    private static int size(ByteSource source, BlockHandle handle) throws IOException {
        if (handle.size() < 0 || handle.size() > Integer.MAX_VALUE - BlockHandle.TRAILER_LENGTH - 8) {
            if (handle.size() > 0) {
                // A size beyond the end of the file is reported as such, even if it is also too large for a block.
                long trailer = BlockHandle.TRAILER_LENGTH;
                source.requireRange(handle.offset(), Math.min(handle.size(), Long.MAX_VALUE - trailer) + trailer);
            }
            throw new DataLossException(
                    ProblemKind.TABLE,
                    "a block is too large",
                    ErrorContext.at(source.name(), handle.offset())
                            .mismatch("a block below 2 GiB", Long.toUnsignedString(handle.size()))
                            .withTensorFlow("handle.size() too big"));
        }
        return (int) handle.size();
    }

    private static Block of(ByteBuffer stored, ErrorContext place, @Nullable BlockMemory memory)
            throws DataLossException {
        int size = stored.limit() - BlockHandle.TRAILER_LENGTH;
        checkChecksum(stored, size, place);
        byte type = stored.get(size);
        ByteBuffer body = stored.slice(0, size);
        if (type == SNAPPY) {
            return new Block(uncompress(body, place).order(ByteOrder.LITTLE_ENDIAN), stored.limit(), place, null);
        }
        if (type != PLAIN) {
            throw new DataLossException(
                    ProblemKind.TABLE,
                    "a block is of an unknown type",
                    place.mismatch("0 or 1", type & 0xff).withTensorFlow("bad block type"));
        }
        return new Block(body.order(ByteOrder.LITTLE_ENDIAN), stored.limit(), place, memory);
    }

    private static void checkChecksum(ByteBuffer stored, int size, ErrorContext place) throws DataLossException {
        CRC32C crc = new CRC32C();
        crc.update(stored.slice(0, size + 1));
        int computed = (int) crc.getValue();
        int expected = MaskedCrc32c.unmask(stored.getInt(size + 1));
        if (computed != expected) {
            throw new DataLossException(
                    ProblemKind.BLOCK_CHECKSUM,
                    "the bytes of a block do not match their checksum",
                    place.mismatch(hex(expected), hex(computed)).withTensorFlow("block checksum mismatch"));
        }
    }

    private static String hex(int crc) {
        return String.format("crc32c %08x", crc);
    }

    private static ByteBuffer uncompress(ByteBuffer stored, ErrorContext place) throws DataLossException {
        byte[] compressed = new byte[stored.remaining()];
        stored.get(compressed);
        try {
            return ByteBuffer.wrap(SnappyDecoder.decode(compressed));
        } catch (MalformedBytesException e) {
            throw new DataLossException(
                    ProblemKind.TABLE,
                    "a compressed block cannot be uncompressed",
                    place.mismatch("Snappy", String.valueOf(e.getMessage()))
                            .withTensorFlow("corrupted compressed block contents"));
        }
    }

    /** Acquires a reference. Returns false if the memory may already have been reused. */
    boolean retain() {
        return memory == null || memory.retain();
    }

    /** Releases a reference. */
    void release() {
        if (memory != null) {
            memory.release();
        }
    }

    /** Returns the number of bytes of the file that the block takes, including its trailer. */
    int storedSize() {
        return storedSize;
    }

    /** Returns all bytes: entries, then restart points. */
    ByteBuffer contents() {
        return contents;
    }

    int restartCount() {
        return restartCount;
    }

    /** Returns the offset where the entries end and the restart points begin. */
    int entriesEnd() {
        return entriesEnd;
    }

    int restart(int index) throws DataLossException {
        int offset = contents.getInt(entriesEnd + Integer.BYTES * index);
        if (offset < 0 || offset > entriesEnd) {
            throw badEntry("a restart point within " + entriesEnd + " bytes", Integer.toUnsignedLong(offset));
        }
        return offset;
    }

    DataLossException badEntry(Object expected, Object found) {
        return new DataLossException(
                ProblemKind.TABLE,
                "an entry of a block is malformed",
                place.mismatch(expected, found).withTensorFlow("bad entry in block"));
    }

    ErrorContext place() {
        return place;
    }
}
