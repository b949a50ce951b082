package org.tfckpt.format.table;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
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
 * <p>Safe from many threads; an iterator belongs to one.
 */
public final class Table implements Closeable {
    private final ByteSource source;
    private final Footer footer;
    private final Block index;
    private final long size;
    /** Lookups of neighbours read one block once. */
    private volatile @Nullable ReadBlock latest;

    private record ReadBlock(BlockHandle handle, Block block) {
        boolean isAt(BlockHandle other) {
            return handle.offset() == other.offset() && handle.size() == other.size();
        }
    }

    /** Not a lambda: the first one that a JVM links takes longer than listing a checkpoint. */
    private final class Blocks implements TableIterator.Loader {
        @Override
        public Block load(ByteBuffer handle) throws IOException {
            return block(handle);
        }
    }

    private Table(ByteSource source, Footer footer, Block index, long size) {
        this.source = source;
        this.footer = footer;
        this.index = index;
        this.size = size;
    }

    /**
     * Opens a table.
     *
     * @param source the file; the table closes it, also if opening fails
     * @return the table
     * @throws DataLossException with TensorFlow's text, if the file is not a table or its index block is damaged
     * @throws IOException if the file cannot be read
     */
    public static Table open(ByteSource source) throws IOException {
        try {
            Footer footer = Footer.read(source);
            return new Table(source, footer, Block.read(source, footer.index()), source.size());
        } catch (IOException | RuntimeException e) {
            source.close();
            throw e;
        }
    }

    /**
     * The file.
     *
     * @return its name for messages
     */
    public String name() {
        return source.name();
    }

    /**
     * An iterator over all entries, not yet positioned.
     *
     * @return a new one
     */
    public TableIterator iterator() {
        return new TableIterator(indexIterator(), new Blocks(), size);
    }

    BlockIterator indexIterator() {
        return new BlockIterator(index);
    }

    Footer footer() {
        return footer;
    }

    /** The block of an index entry's value; bytes after the handle are passed over. */
    Block block(ByteBuffer value) throws IOException {
        BlockHandle handle = handle(value);
        ReadBlock known = latest;
        if (known == null || !known.isAt(handle)) {
            known = new ReadBlock(handle, Block.read(source, handle));
            latest = known;
        }
        return known.block;
    }

    BlockHandle handle(ByteBuffer handle) throws DataLossException {
        try {
            return BlockHandle.decode(handle);
        } catch (MalformedBytesException e) {
            throw new DataLossException(
                    ProblemKind.TABLE,
                    "bad block handle",
                    ErrorContext.at(source.name(), footer.index().offset()),
                    e);
        }
    }

    ByteSource source() {
        return source;
    }

    /** The metaindex block, which nobody needs but a verification. */
    Block metaindex() throws IOException {
        return Block.read(source, footer.metaindex());
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
