package org.tfckpt.format.table;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ProblemKind;

/**
 * Iterates over a table in key order, and seeks in it, one data block at a time.
 *
 * <p>A damaged block causes an exception when it is reached, never an early end. Not thread-safe. An iterator that is
 * neither closed nor advanced to the end keeps the memory of a block until it is garbage-collected.
 */
public final class TableIterator implements Closeable {
    private final BlockIterator index;
    private final Loader blocks;
    private final long fileSize;
    private @Nullable BlockIterator block;
    private long bytesRead;

    /** Reads the data block for the value of an index entry. The iterator releases it. */
    interface Loader {
        Block load(ByteBuffer handle) throws IOException;
    }

    TableIterator(BlockIterator index, Loader blocks, long fileSize) {
        this.index = index;
        this.blocks = blocks;
        this.fileSize = fileSize;
    }

    /** Returns whether the iterator is at an entry: not before it is positioned, and after the last entry. */
    public boolean valid() {
        return block != null && block.valid();
    }

    /** Returns a copy of the entry's key. */
    public byte[] key() {
        return Arrays.copyOf(keyBytes(), keyLength());
    }

    /**
     * Returns the entry's key without copying it: the first {@link #keyLength()} bytes of an array that changes when
     * the iterator moves.
     */
    public byte[] keyBytes() {
        return current().keyBytes();
    }

    /** Returns the length of the entry's key in bytes. */
    public int keyLength() {
        return current().keyLength();
    }

    /** Compares the entry's key with another key, as unsigned bytes. */
    public int compareKey(byte[] other) {
        return current().compareKey(other);
    }

    /**
     * Returns the entry's value: a view at position 0, not to be written to; see {@link Table#open} and {@link
     * Table#openForDecoding} for how long it is valid.
     */
    public ByteBuffer value() {
        return current().value();
    }

    private BlockIterator current() {
        if (block == null || !block.valid()) {
            throw new IllegalStateException("the iterator is not at an entry");
        }
        return block;
    }

    /** Moves to the first entry. */
    public void seekToFirst() throws IOException {
        bytesRead = 0;
        index.seekToFirst();
        enterBlock(null);
        skipEmptyBlocks();
    }

    /** Moves to the first entry whose key is greater than or equal to the target. */
    public void seek(byte[] target) throws IOException {
        bytesRead = 0;
        index.seek(target);
        enterBlock(target);
        skipEmptyBlocks();
    }

    /** Moves to the next entry. */
    public void next() throws IOException {
        current().next();
        skipEmptyBlocks();
    }

    /**
     * Moves forward to the first entry whose key is greater than or equal to the target; does nothing if the iterator
     * is at or after it. Skips whole blocks by the index and reads entries one by one within a block, so no entry is
     * read twice, regardless of restart points and the number of calls. A block that cannot be read is treated as empty
     * afterwards.
     */
    public void advanceTo(byte[] target) throws IOException {
        if (index.valid() && index.compareKey(target) < 0) {
            while (index.valid() && index.compareKey(target) < 0) {
                index.next();
            }
            enterBlock(null);
            skipEmptyBlocks();
        }
        while (valid() && compareKey(target) < 0) {
            next();
        }
    }

    private void skipEmptyBlocks() throws IOException {
        while (block != null && !block.valid()) {
            index.next();
            enterBlock(null);
        }
    }

    /** Moves to the block of the index entry, and in it to a target, or to the first entry. */
    private void enterBlock(byte @Nullable [] target) throws IOException {
        close();
        if (!index.valid()) {
            return;
        }
        Block next = blocks.load(index.value());
        BlockIterator entered = new BlockIterator(next);
        block = entered;
        // The index of a small hostile file could refer to one large block a thousand times.
        bytesRead += next.storedSize();
        if (bytesRead > fileSize) {
            throw new DataLossException(
                    ProblemKind.TABLE,
                    "blocks of the table overlap",
                    next.place().mismatch(fileSize + " bytes", bytesRead));
        }
        if (target == null) {
            entered.seekToFirst();
        } else {
            entered.seek(target);
        }
    }

    /** Releases the current block. The iterator may be positioned again. */
    @Override
    public void close() {
        if (block != null) {
            Block left = block.block();
            block = null;
            left.release();
        }
    }
}
