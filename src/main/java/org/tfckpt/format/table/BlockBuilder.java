package org.tfckpt.format.table;

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

    private static final int MAX_SIZE = Integer.MAX_VALUE - 8;

    private final int restartInterval;
    private ByteBuffer entries = ByteBuffer.allocate(1 << 12);
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
        if (needed > MAX_SIZE) {
            throw new IllegalArgumentException("a block of " + needed + " bytes exceeds 2 GiB");
        }
        if (needed > entries.capacity()) {
            int grown = (int) Math.min(Math.max(needed, 2L * entries.capacity()), MAX_SIZE);
            entries = ByteBuffer.allocate(grown).put(entries.flip());
        }
        int shared = 0;
        if (sinceRestart < restartInterval) {
            int mismatch = Arrays.mismatch(lastKey, key);
            shared = mismatch < 0 ? key.length : mismatch;
        } else {
            restarts.add(entries.position());
            sinceRestart = 0;
        }
        Varint.write64(entries, shared);
        Varint.write64(entries, key.length - shared);
        Varint.write64(entries, value.length);
        entries.put(key, shared, key.length - shared).put(value);
        lastKey = key;
        sinceRestart++;
    }

    /** Returns whether the block has no entries. */
    public boolean isEmpty() {
        return entries.position() == 0;
    }

    /** Returns the size of the block in bytes, including restart points. */
    public int size() {
        return entries.position() + Integer.BYTES * (restarts.size() + 2);
    }

    /** Returns the contents of the block in a new array. */
    public byte[] contents() {
        ByteBuffer contents = ByteBuffer.allocate(size()).order(ByteOrder.LITTLE_ENDIAN);
        contents.put(entries.duplicate().flip()).putInt(0);
        restarts.forEach(contents::putInt);
        return contents.putInt(restarts.size() + 1).array();
    }

    /** Starts a new block. */
    public void reset() {
        entries.clear();
        restarts.clear();
        sinceRestart = 0;
        lastKey = new byte[0];
    }
}
