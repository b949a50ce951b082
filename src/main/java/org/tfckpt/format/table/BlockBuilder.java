package org.tfckpt.format.table;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Builds the contents of a block: prefix-compressed entries, then restart points.
 *
 * <p>Does not check the order of keys. The block is byte for byte the same as TensorFlow's.
 */
public final class BlockBuilder {
    /** The maximum length of a varint32. */
    private static final int VARINT32 = 5;

    private final int restartInterval;
    private byte[] bytes = new byte[1 << 12];
    private int length;
    private int[] restarts = new int[16];
    private int restartCount = 1;
    private int sinceRestart;
    private byte[] lastKey = {};

    /**
     * Creates a builder of an empty block.
     *
     * @param restartInterval the number of entries after which a key is stored in full, at least 1
     */
    public BlockBuilder(int restartInterval) {
        if (restartInterval < 1) {
            throw new IllegalArgumentException("restart interval must be positive, not " + restartInterval);
        }
        this.restartInterval = restartInterval;
    }

    /**
     * Adds an entry.
     *
     * @param key its key
     * @param value its value
     * @throws IllegalArgumentException if the block would exceed 2 GiB
     */
    public void add(byte[] key, byte[] value) {
        reserve(3L * VARINT32 + key.length + value.length);
        int shared = 0;
        if (sinceRestart < restartInterval) {
            int mismatch = Arrays.mismatch(lastKey, key);
            shared = mismatch < 0 ? key.length : mismatch;
        } else {
            if (restartCount == restarts.length) {
                restarts = Arrays.copyOf(restarts, 2 * restartCount);
            }
            restarts[restartCount++] = length;
            sinceRestart = 0;
        }
        varint32(shared);
        varint32(key.length - shared);
        varint32(value.length);
        append(key, shared);
        append(value, 0);
        lastKey = key;
        sinceRestart++;
    }

    private void reserve(long more) {
        // Including the restart points.
        long needed = length + more + Integer.BYTES * (restartCount + 2L);
        if (needed > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("a block of " + needed + " bytes exceeds 2 GiB");
        }
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(Math.max(needed, 2L * bytes.length), Integer.MAX_VALUE - 8));
        }
    }

    private void varint32(int number) {
        int rest = number;
        while (rest > 0x7f) {
            bytes[length++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        bytes[length++] = (byte) rest;
    }

    private void append(byte[] from, int start) {
        System.arraycopy(from, start, bytes, length, from.length - start);
        length += from.length - start;
    }

    /**
     * Returns whether the block has no entries.
     *
     * @return true for a new builder and after {@link #reset()}
     */
    public boolean isEmpty() {
        return length == 0;
    }

    /**
     * Returns the size of the block, including restart points.
     *
     * @return the size in bytes
     */
    public int size() {
        return length + Integer.BYTES * (restartCount + 1);
    }

    /**
     * Returns the contents of the block.
     *
     * @return a new array
     */
    public byte[] contents() {
        ByteBuffer contents = ByteBuffer.allocate(size()).order(ByteOrder.LITTLE_ENDIAN);
        contents.put(bytes, 0, length);
        for (int i = 0; i < restartCount; i++) {
            contents.putInt(restarts[i]);
        }
        return contents.putInt(restartCount).array();
    }

    /** Starts a new block. */
    public void reset() {
        length = 0;
        restartCount = 1;
        sinceRestart = 0;
        lastKey = new byte[0];
    }
}
