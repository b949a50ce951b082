package org.tfckpt.format.table;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.tfckpt.io.MaskedCrc32c;

/**
 * Writes a table, byte for byte as TensorFlow does, with the same boundaries of blocks and the same index keys.
 *
 * <p>One block is held in memory, and a key and a handle for each block written.
 */
public final class TableBuilder {
    /** TensorFlow finishes the current block before an entry of at least this many block sizes. */
    private static final int OVERLY_LARGE = 2;

    private final OutputStream out;
    private final int blockSize;
    private final int restartInterval;
    private final @Nullable BlockCompressor compressor;
    private final BlockBuilder block;
    private final BlockBuilder index = new BlockBuilder(1);
    private long position;
    private byte @Nullable [] lastKey;
    /** The last block written. Its index key depends on the next key. */
    private @Nullable BlockHandle pending;

    private boolean finished;

    /**
     * Creates a builder of an empty table, laid out as TensorFlow's: uncompressed blocks of 256 KiB, and a full key
     * every 16 entries. The stream is neither flushed nor closed.
     */
    public TableBuilder(OutputStream out) {
        this(out, 1 << 18, 16, null);
    }

    /**
     * Creates a builder of an empty table, whose data blocks are finished at a size in bytes, and have a full key after
     * every {@code restartInterval} entries. The stream is neither flushed nor closed.
     */
    public TableBuilder(OutputStream out, int blockSize, int restartInterval, @Nullable BlockCompressor compressor) {
        this.out = out;
        this.blockSize = blockSize;
        this.restartInterval = restartInterval;
        this.compressor = compressor;
        this.block = new BlockBuilder(restartInterval);
    }

    /**
     * Adds an entry. Throws {@link IllegalArgumentException} if its key is not greater than the previous key (unsigned
     * bytes).
     */
    public void add(byte[] key, byte[] value) throws IOException {
        requireUnfinished();
        if (lastKey != null) {
            if (Arrays.compareUnsigned(lastKey, key) >= 0) {
                throw new IllegalArgumentException("keys must be in ascending order");
            }
            if ((long) key.length + value.length >= (long) OVERLY_LARGE * blockSize) {
                finishBlock();
            }
            if (pending != null) {
                addToIndex(IndexKeys.separator(lastKey, key), pending);
            }
        }
        lastKey = key.clone();
        block.add(lastKey, value);
        if (block.size() >= blockSize) {
            finishBlock();
        }
    }

    private void requireUnfinished() {
        if (finished) {
            throw new IllegalStateException("the table is already finished");
        }
    }

    private void finishBlock() throws IOException {
        if (!block.isEmpty()) {
            pending = write(block.contents());
            block.reset();
        }
    }

    private void addToIndex(byte[] key, BlockHandle handle) {
        ByteBuffer value = ByteBuffer.allocate(BlockHandle.MAX_LENGTH);
        handle.encode(value);
        index.add(key, Arrays.copyOf(value.array(), value.position()));
        pending = null;
    }

    /**
     * Writes the last data block, the metaindex and index blocks, and the footer; returns the length of the table in
     * bytes.
     */
    public long finish() throws IOException {
        requireUnfinished();
        finished = true;
        finishBlock();
        BlockHandle metaindex = write(new BlockBuilder(restartInterval).contents());
        if (lastKey != null && pending != null) {
            addToIndex(IndexKeys.successor(lastKey), pending);
        }
        BlockHandle indexHandle = write(index.contents());
        out.write(new Footer(metaindex, indexHandle).encode());
        return position + Footer.LENGTH;
    }

    private BlockHandle write(byte[] contents) throws IOException {
        byte[] compressed = compressor == null ? null : compressor.compress(contents);
        byte[] stored = contents;
        byte type = Block.PLAIN;
        if (compressed != null && compressed.length < contents.length - contents.length / 8) {
            stored = compressed;
            type = Block.SNAPPY;
        }
        CRC32C crc = new CRC32C();
        crc.update(stored);
        crc.update(type);
        ByteBuffer trailer = ByteBuffer.allocate(BlockHandle.TRAILER_LENGTH).order(ByteOrder.LITTLE_ENDIAN);
        trailer.put(type).putInt(MaskedCrc32c.mask((int) crc.getValue()));
        out.write(stored);
        out.write(trailer.array());
        BlockHandle handle = new BlockHandle(position, stored.length);
        position += stored.length + (long) BlockHandle.TRAILER_LENGTH;
        return handle;
    }
}
