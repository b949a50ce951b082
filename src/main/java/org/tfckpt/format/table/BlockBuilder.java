package org.tfckpt.format.table;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tfckpt.io.Varint;

/**
 * Builds the contents of a block: prefix-compressed entries, then restart points.
 *
 * <p>Does not check the order of keys. The block is byte for byte the same as TensorFlow's.
 */
public final class BlockBuilder {
    /** The maximum length of three varint32. */
    private static final int LENGTHS = 15;

    private final int restartInterval;
    private final ByteArrayOutputStream entries = new ByteArrayOutputStream();
    /** The restart points after the first one, which is 0. */
    private final List<Integer> restarts = new ArrayList<>();

    private int sinceRestart;
    private byte[] lastKey = {};

    /**
     * Creates a builder of an empty block, which stores a key in full after {@code restartInterval} entries, at least
     * 1.
     */
    public BlockBuilder(int restartInterval) {
        if (restartInterval < 1) {
            throw new IllegalArgumentException("restart interval must be positive, not " + restartInterval);
        }
        this.restartInterval = restartInterval;
    }

    /** Adds an entry. Throws {@link IllegalArgumentException} if the block would exceed 2 GiB. */
    public void add(byte[] key, byte[] value) {
        // Including the next restart point.
        long needed = (long) size() + Integer.BYTES + LENGTHS + key.length + value.length;
        if (needed > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("a block of " + needed + " bytes exceeds 2 GiB");
        }
        int shared = 0;
        if (sinceRestart < restartInterval) {
            int mismatch = Arrays.mismatch(lastKey, key);
            shared = mismatch < 0 ? key.length : mismatch;
        } else {
            restarts.add(entries.size());
            sinceRestart = 0;
        }
        ByteBuffer lengths = ByteBuffer.allocate(LENGTHS);
        Varint.write64(lengths, shared);
        Varint.write64(lengths, key.length - shared);
        Varint.write64(lengths, value.length);
        entries.write(lengths.array(), 0, lengths.position());
        entries.write(key, shared, key.length - shared);
        entries.writeBytes(value);
        lastKey = key;
        sinceRestart++;
    }

    /** Returns whether the block has no entries. */
    public boolean isEmpty() {
        return entries.size() == 0;
    }

    /** Returns the size of the block in bytes, including restart points. */
    public int size() {
        return entries.size() + Integer.BYTES * (restarts.size() + 2);
    }

    /** Returns the contents of the block in a new array. */
    public byte[] contents() {
        ByteBuffer contents = ByteBuffer.allocate(size()).order(ByteOrder.LITTLE_ENDIAN);
        contents.put(entries.toByteArray()).putInt(0);
        restarts.forEach(contents::putInt);
        return contents.putInt(restarts.size() + 1).array();
    }

    /** Starts a new block. */
    public void reset() {
        entries.reset();
        restarts.clear();
        sinceRestart = 0;
        lastKey = new byte[0];
    }
}
