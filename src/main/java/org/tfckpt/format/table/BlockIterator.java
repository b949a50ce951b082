package org.tfckpt.format.table;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.tfckpt.tensor.DataLossException;

/**
 * Iterates over the entries of a block, and seeks in it.
 *
 * <pre>
 * varint32 shared | varint32 unshared | varint32 length of the value | unshared bytes of the key | value
 * </pre>
 *
 * The key consists of the first {@code shared} bytes of the previous key and the unshared bytes.
 */
final class BlockIterator {
    /**
     * The limit of the total length of keys, as a multiple of the block's size. An entry of three bytes can repeat a
     * key of any length, so that a small hostile block could take very long; real names are far below the limit.
     */
    private static final long MAX_EXPANSION = 64;
    /** The total length of keys that is permitted in a block of any size. */
    private static final long ALWAYS_ALLOWED = 1 << 20;

    private final Block block;
    private final ByteBuffer data;
    private final int end;
    private byte[] key = new byte[64];
    private int keyLength;
    private int start;
    private int shared;
    private int valueStart;
    private int next;
    private long keyBytesSeen;
    private boolean valid;

    BlockIterator(Block block) {
        this.block = block;
        this.data = block.contents();
        this.end = block.entriesEnd();
    }

    Block block() {
        return block;
    }

    boolean valid() {
        return valid;
    }

    /**
     * Returns an array that starts with the {@link #keyLength()} bytes of the key. It changes when the iterator moves.
     */
    byte[] keyBytes() {
        return key;
    }

    int keyLength() {
        return keyLength;
    }

    /** Returns the offset of this entry in the block. */
    int start() {
        return start;
    }

    /** Returns the number of bytes that the key shares with the previous key. */
    int shared() {
        return shared;
    }

    ByteBuffer value() {
        return data.slice(valueStart, next - valueStart).order(data.order());
    }

    void seekToFirst() throws DataLossException {
        next = 0;
        keyLength = 0;
        keyBytesSeen = 0;
        next();
    }

    /** Moves to the next entry. After the last one, the iterator is not valid. */
    void next() throws DataLossException {
        // A block without restart points has no entries; LevelDB for Java writes empty blocks in this way.
        valid = next < end && block.restartCount() > 0;
        if (!valid) {
            return;
        }
        start = next;
        long common = length();
        long unshared = length();
        long value = length();
        if (common > keyLength) {
            throw block.badEntry("at most " + keyLength + " shared bytes", common + " at " + start);
        }
        if (unshared + value > end - next) {
            throw block.badEntry(
                    "at most " + (end - next) + " bytes of key and value", unshared + value + " at " + start);
        }
        shared = (int) common;
        setKey((int) unshared);
        valueStart = next + (int) unshared;
        next = valueStart + (int) value;
    }

    private void setKey(int unshared) throws DataLossException {
        if (shared + unshared > key.length) {
            key = Arrays.copyOf(key, Math.max(shared + unshared, (int) Math.min(2L * key.length, 1 << 20)));
        }
        data.get(next, key, shared, unshared);
        keyLength = shared + unshared;
        keyBytesSeen += keyLength;
        if (keyBytesSeen > ALWAYS_ALLOWED + MAX_EXPANSION * end) {
            throw block.badEntry("keys of at most " + MAX_EXPANSION + " times the block's size", keyBytesSeen);
        }
    }

    /** Reads a varint32 at {@code next}. */
    private long length() throws DataLossException {
        long result = 0;
        for (int shift = 0; shift < 35 && next < end; shift += 7) {
            byte b = data.get(next++);
            result |= (b & 0x7fL) << shift;
            if (b >= 0) {
                return result;
            }
        }
        throw block.badEntry("a varint32", "none at " + Math.min(next, end));
    }

    /** Moves to the first entry whose key is greater than or equal to {@code target}, if the keys are sorted. */
    void seek(byte[] target) throws DataLossException {
        if (block.restartCount() == 0) {
            valid = false;
            return;
        }
        int low = 0;
        int high = block.restartCount() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            toRestart(middle);
            if (valid && compareKey(target) < 0) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        toRestart(low);
        while (valid && compareKey(target) < 0) {
            next();
        }
    }

    private void toRestart(int index) throws DataLossException {
        next = block.restart(index);
        // An entry at a restart point must not share bytes; without a previous key, sharing fails.
        keyLength = 0;
        keyBytesSeen = 0;
        next();
    }

    /** Compares this entry's key with another key, as unsigned bytes. */
    int compareKey(byte[] other) {
        return Arrays.compareUnsigned(key, 0, keyLength, other, 0, other.length);
    }
}
