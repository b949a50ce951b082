package org.tfckpt.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32C;
import org.tfckpt.format.table.BlockBuilder;
import org.tfckpt.io.MaskedCrc32c;
import org.tfckpt.io.Varint;

/**
 * The blocks of a table, for tests that damage one: change a block, then write the table with matching handles and
 * checksums. Nothing is validated.
 */
public final class RawTable {
    private static final int FOOTER = 48;
    private static final long MAGIC = 0xdb4775248b80fb57L;

    private final List<RawBlock> blocks = new ArrayList<>();
    private RawBlock metaindex = new RawBlock(new byte[0], new BlockBuilder(16).contents(), 0);
    private RawBlock parsedIndex = metaindex;
    private UnaryOperator<RawBlock> index = made -> made;

    /**
     * A stored block.
     *
     * @param indexKey the key in the index block
     * @param stored the bytes without the trailer
     * @param type 0 plain, 1 Snappy, or an invalid one
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    public record RawBlock(byte[] indexKey, byte[] stored, int type) {
        /** Returns the uncompressed bytes. */
        public byte[] contents() {
            return type == 1 ? SnappyReference.uncompress(stored) : stored;
        }

        public RawBlock withStored(byte[] bytes) {
            return new RawBlock(indexKey, bytes, type);
        }

        public RawBlock withType(int other) {
            return new RawBlock(indexKey, stored, other);
        }

        public RawBlock withIndexKey(byte[] key) {
            return new RawBlock(key, stored, type);
        }
    }

    /** Parses a table. */
    public static RawTable parse(byte[] table) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(table).order(ByteOrder.LITTLE_ENDIAN);
            ByteBuffer footer = bytes.duplicate().position(table.length - FOOTER);
            RawTable raw = new RawTable();
            raw.metaindex = block(table, new byte[0], footer);
            raw.parsedIndex = block(table, new byte[0], footer);
            ByteBuffer index = ByteBuffer.wrap(raw.parsedIndex.contents());
            int restarts = index.order(ByteOrder.LITTLE_ENDIAN).getInt(index.limit() - Integer.BYTES);
            index.limit(index.limit() - Integer.BYTES * (restarts + 1));
            while (index.hasRemaining()) {
                // Index blocks do not share prefixes of keys.
                Varint.read64(index);
                byte[] key = new byte[(int) Varint.read64(index)];
                Varint.read64(index);
                index.get(key);
                raw.blocks.add(block(table, key, index));
            }
            return raw;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static RawBlock block(byte[] table, byte[] key, ByteBuffer handle) throws IOException {
        int offset = (int) Varint.read64(handle);
        int end = offset + (int) Varint.read64(handle);
        return new RawBlock(key, Arrays.copyOfRange(table, offset, end), table[end]);
    }

    /** Returns the data blocks, as a list that may be changed. */
    public List<RawBlock> blocks() {
        return blocks;
    }

    /** Returns the parsed index block; {@link #toBytes} writes a new one. */
    public RawBlock parsedIndex() {
        return parsedIndex;
    }

    /** Changes one data block. */
    public RawTable block(int number, UnaryOperator<RawBlock> change) {
        blocks.set(number, change.apply(blocks.get(number)));
        return this;
    }

    /** Adds a data block. */
    public RawTable add(RawBlock block) {
        blocks.add(block);
        return this;
    }

    /** Changes the index block that {@link #toBytes} writes. */
    public RawTable index(UnaryOperator<RawBlock> change) {
        index = change;
        return this;
    }

    /** Changes the metaindex block. */
    public RawTable metaindex(UnaryOperator<RawBlock> change) {
        metaindex = change.apply(metaindex);
        return this;
    }

    /** Returns the bytes of the file. */
    public byte[] toBytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        BlockBuilder indexBlock = new BlockBuilder(1);
        for (RawBlock block : blocks) {
            indexBlock.add(block.indexKey(), write(out, block));
        }
        byte[] metaindexHandle = write(out, metaindex);
        byte[] indexHandle = write(out, index.apply(new RawBlock(new byte[0], indexBlock.contents(), 0)));
        ByteBuffer footer = ByteBuffer.allocate(FOOTER).order(ByteOrder.LITTLE_ENDIAN);
        footer.put(metaindexHandle).put(indexHandle).putLong(FOOTER - Long.BYTES, MAGIC);
        out.writeBytes(footer.array());
        return out.toByteArray();
    }

    private static byte[] write(ByteArrayOutputStream out, RawBlock block) {
        byte[] handle = handle(out.size(), block.stored().length);
        CRC32C crc = new CRC32C();
        crc.update(block.stored());
        crc.update(block.type());
        out.writeBytes(block.stored());
        out.writeBytes(ByteBuffer.allocate(5)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put((byte) block.type())
                .putInt(MaskedCrc32c.mask((int) crc.getValue()))
                .array());
        return handle;
    }

    /** Returns an encoded block handle. */
    public static byte[] handle(long offset, long size) {
        ByteBuffer handle = ByteBuffer.allocate(2 * Varint.MAX_LENGTH_64);
        Varint.write64(handle, offset);
        Varint.write64(handle, size);
        return Arrays.copyOf(handle.array(), handle.position());
    }

    /** Returns a table with other handles in its footer. */
    public static byte[] withHandles(byte[] table, byte[] handles) {
        byte[] changed = table.clone();
        Arrays.fill(changed, table.length - FOOTER, table.length - Long.BYTES, (byte) 0);
        System.arraycopy(handles, 0, changed, table.length - FOOTER, handles.length);
        return changed;
    }
}
