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
 * Writes a table, byte for byte as TensorFlow does: a block is cut where it does so, and the index keys are its own.
 *
 * <p>A block is held in memory until it is full, and a key and a handle per block until the end.
 */
public final class TableBuilder {
    /** A key and value of this many block sizes do not go into a block that was begun. */
    private static final int OVERLY_LARGE = 2;

    private final OutputStream out;
    private final Options options;
    private final BlockBuilder block;
    private final BlockBuilder index = new BlockBuilder(1);
    private long position;
    private byte @Nullable [] lastKey;
    /** The block that was written last, while its index key waits for the key behind it. */
    private @Nullable BlockHandle pending;

    private boolean finished;

    /**
     * How a table is laid out.
     *
     * @param blockSize the size from which a data block is finished
     * @param restartInterval after how many entries a key is spelled out
     * @param compressor null for plain blocks
     */
    public record Options(
            int blockSize, int restartInterval, @Nullable BlockCompressor compressor) {
        /** What TensorFlow writes checkpoints with. */
        public static final Options DEFAULT = new Options(262_144, 16, null);
    }

    /**
     * A builder of an empty table.
     *
     * @param out takes the table; it is neither flushed nor closed
     * @param options the layout
     */
    public TableBuilder(OutputStream out, Options options) {
        this.out = out;
        this.options = options;
        this.block = new BlockBuilder(options.restartInterval);
    }

    /**
     * Adds an entry.
     *
     * @param key above every key before it, as unsigned bytes
     * @param value its value
     * @throws IllegalArgumentException if the key is not above the one before
     * @throws IOException if a block cannot be written
     */
    public void add(byte[] key, byte[] value) throws IOException {
        requireUnfinished();
        if (lastKey != null) {
            if (Arrays.compareUnsigned(lastKey, key) >= 0) {
                throw new IllegalArgumentException("keys must increase");
            }
            if ((long) key.length + value.length >= (long) OVERLY_LARGE * options.blockSize) {
                finishBlock();
            }
            if (pending != null) {
                addToIndex(IndexKeys.separator(lastKey, key), pending);
            }
        }
        lastKey = key.clone();
        block.add(lastKey, value);
        if (block.size() >= options.blockSize) {
            finishBlock();
        }
    }

    private void requireUnfinished() {
        if (finished) {
            throw new IllegalStateException("the table is finished");
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
     * Writes what is left: the last block, the metaindex and index blocks, and the footer.
     *
     * @return the length of the table in bytes
     * @throws IOException if it cannot be written
     */
    public long finish() throws IOException {
        requireUnfinished();
        finished = true;
        finishBlock();
        BlockHandle metaindex = write(new BlockBuilder(options.restartInterval).contents());
        if (lastKey != null && pending != null) {
            addToIndex(IndexKeys.successor(lastKey), pending);
        }
        BlockHandle indexHandle = write(index.contents());
        out.write(new Footer(metaindex, indexHandle).encode());
        return position + Footer.LENGTH;
    }

    private BlockHandle write(byte[] contents) throws IOException {
        byte[] compressed = options.compressor == null ? null : options.compressor.compress(contents);
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
