package org.tfckpt.format.table;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ProblemKind;

/**
 * Walks a table in the order of its keys, or seeks in it, a data block at a time.
 *
 * <p>A damaged block is an exception when it is reached, never an early end. Not safe from many threads. An iterator that
 * is neither closed nor walked to its end costs the memory of a block until it is collected.
 */
public final class TableIterator implements Closeable {
    private final BlockIterator index;
    private final Loader blocks;
    private final long fileSize;
    private @Nullable BlockIterator block;
    private long read;

    /** Reads the data block that an index entry's value names, for the iterator to release. */
    interface Loader {
        Block load(ByteBuffer handle) throws IOException;
    }

    TableIterator(BlockIterator index, Loader blocks, long fileSize) {
        this.index = index;
        this.blocks = blocks;
        this.fileSize = fileSize;
    }

    /**
     * Whether there is an entry here.
     *
     * @return false before the first positioning and past the last entry
     */
    public boolean valid() {
        return block != null && block.valid();
    }

    /**
     * A copy of the entry's key.
     *
     * @return the bytes
     */
    public byte[] key() {
        return Arrays.copyOf(keyBytes(), keyLength());
    }

    /**
     * The entry's key without copying: the first {@link #keyLength()} bytes of an array that changes with the next step.
     *
     * @return the array
     */
    public byte[] keyBytes() {
        return current().keyBytes();
    }

    /**
     * The length of the entry's key.
     *
     * @return bytes
     */
    public int keyLength() {
        return current().keyLength();
    }

    /**
     * Compares the entry's key with another, as unsigned bytes.
     *
     * @param other the other key
     * @return negative, zero or positive
     */
    public int compareKey(byte[] other) {
        return current().compareKey(other);
    }

    /**
     * The entry's value.
     *
     * @return a view that nobody writes into, position 0; how long it is valid is the {@linkplain Table table's} matter
     */
    public ByteBuffer value() {
        return current().value();
    }

    private BlockIterator current() {
        if (block == null || !block.valid()) {
            throw new IllegalStateException("no entry here");
        }
        return block;
    }

    /**
     * Moves to the first entry.
     *
     * @throws IOException if a block cannot be read
     */
    public void seekToFirst() throws IOException {
        read = 0;
        index.seekToFirst();
        enterBlock();
        if (block != null) {
            block.seekToFirst();
            skipEmptyBlocks();
        }
    }

    /**
     * Moves to the first entry whose key is at least the target.
     *
     * @param target the key looked for
     * @throws IOException if a block cannot be read
     */
    public void seek(byte[] target) throws IOException {
        read = 0;
        index.seek(target);
        enterBlock();
        if (block != null) {
            block.seek(target);
            skipEmptyBlocks();
        }
    }

    /**
     * Moves to the next entry.
     *
     * @throws IOException if a block cannot be read
     */
    public void next() throws IOException {
        current().next();
        skipEmptyBlocks();
    }

    /**
     * Moves on to the first entry whose key is at least the target, if that is not behind: an entry at a time within a
     * block, past whole blocks by the index alone. Whatever restart points the blocks have, and however often this is
     * called, no entry is passed twice; a block that cannot be read is not tried again, and has no entries.
     *
     * @param target the key looked for
     * @throws IOException if a block cannot be read
     */
    public void advanceTo(byte[] target) throws IOException {
        if (index.valid() && index.compareKey(target) < 0) {
            while (index.valid() && index.compareKey(target) < 0) {
                index.next();
            }
            enterBlock();
            if (block != null) {
                block.seekToFirst();
                skipEmptyBlocks();
            }
        }
        while (valid() && compareKey(target) < 0) {
            next();
        }
    }

    private void skipEmptyBlocks() throws IOException {
        while (block != null && !block.valid()) {
            index.next();
            enterBlock();
            if (block != null) {
                block.seekToFirst();
            }
        }
    }

    private void enterBlock() throws IOException {
        close();
        if (!index.valid()) {
            return;
        }
        Block next = blocks.load(index.value());
        block = new BlockIterator(next);
        // A small file could name one large block a thousand times.
        read += next.storedSize();
        if (read > fileSize) {
            throw new DataLossException(
                    ProblemKind.TABLE,
                    "blocks of the table overlap",
                    next.place().mismatch(fileSize + " bytes", read));
        }
    }

    /** Lets the block go; there is no entry here any more, until the iterator is positioned anew. */
    @Override
    public void close() {
        if (block != null) {
            Block left = block.block();
            block = null;
            left.release();
        }
    }
}
