package org.tfckpt.format.table;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.tfckpt.io.ByteSource;
import org.tfckpt.io.MalformedBytesException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;

/**
 * A sorted table of byte strings in a file. Opening reads the footer and the index block; a data block is read when an
 * iterator reaches it.
 *
 * <p>Thread-safe, but an iterator must be used by one thread at a time.
 */
public final class Table implements Closeable {
    private final ByteSource source;
    private final Footer footer;
    private final Block index;
    private final long size;
    private final boolean reuse;
    /** The last data block read: lookups of neighbouring keys read it once. The table holds a reference to it. */
    private final AtomicReference<@Nullable ReadBlock> latest = new AtomicReference<>();

    private record ReadBlock(BlockHandle handle, Block block) {
        boolean isAt(BlockHandle other) {
            return handle.offset() == other.offset() && handle.size() == other.size();
        }
    }

    /** Not a lambda: linking the first lambda in a JVM takes longer than listing a checkpoint. */
    private final class Blocks implements TableIterator.Loader {
        @Override
        public Block load(ByteBuffer handle) throws IOException {
            return block(handle);
        }
    }

    private Table(ByteSource source, Footer footer, Block index, long size, boolean reuse) {
        this.source = source;
        this.footer = footer;
        this.index = index;
        this.size = size;
        this.reuse = reuse;
    }

    /**
     * Opens a table whose values stay valid after the iterator moves. The file is closed with the table, or if opening
     * fails. Throws {@link DataLossException} with TensorFlow's message if it is not a table or its index block is
     * damaged.
     */
    public static Table open(ByteSource source) throws IOException {
        return open(source, false);
    }

    /**
     * Opens a table like {@link #open}, but with values that are valid only until their iterator moves or is closed.
     */
    public static Table openForDecoding(ByteSource source) throws IOException {
        return open(source, true);
    }

    private static Table open(ByteSource source, boolean reuse) throws IOException {
        try {
            long size = source.size();
            Footer footer = Footer.read(source, size);
            return new Table(source, footer, Block.read(source, footer.index()), size, reuse);
        } catch (IOException | RuntimeException e) {
            source.close();
            throw e;
        }
    }

    /** Returns the name of the file for messages. */
    public String name() {
        return source.name();
    }

    /** Returns the size of the file in bytes when it was opened. */
    public long size() {
        return size;
    }

    /** Creates an iterator over all entries. It must be positioned before use. */
    public TableIterator iterator() {
        return new TableIterator(indexIterator(), new Blocks(), size);
    }

    BlockIterator indexIterator() {
        return new BlockIterator(index);
    }

    Footer footer() {
        return footer;
    }

    /**
     * Returns the block for the value of an index entry. The caller releases it. Bytes after the handle are ignored.
     */
    Block block(ByteBuffer value) throws IOException {
        BlockHandle handle = handle(value);
        ReadBlock known = latest.get();
        if (known != null && known.isAt(handle) && known.block.retain()) {
            return known.block;
        }
        // Released before the next block is read, so that its memory can be reused.
        keep(null);
        Block block = reuse ? Block.readReusable(source, handle) : Block.read(source, handle);
        block.retain();
        keep(new ReadBlock(handle, block));
        return block;
    }

    private void keep(@Nullable ReadBlock block) {
        ReadBlock before = latest.getAndSet(block);
        if (before != null) {
            before.block.release();
        }
    }

    BlockHandle handle(ByteBuffer handle) throws DataLossException {
        try {
            return BlockHandle.decode(handle);
        } catch (MalformedBytesException e) {
            throw new DataLossException(
                    ProblemKind.TABLE,
                    "the offset and size of a block are malformed",
                    ErrorContext.at(source.name(), footer.index().offset()).withTensorFlow("bad block handle"),
                    e);
        }
    }

    /** Returns the file, which the table closes. */
    public ByteSource source() {
        return source;
    }

    /** Reads the metaindex block, which only the verification uses. */
    Block metaindex() throws IOException {
        return Block.read(source, footer.metaindex());
    }

    @Override
    public void close() throws IOException {
        source.close();
        keep(null);
    }
}
