package org.tfckpt.format.table;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.tfckpt.tensor.DataLossException;

/**
 * Walks the entries of a block, or seeks among them.
 *
 * <pre>
 * varint32 shared | varint32 unshared | varint32 length of the value | unshared bytes of the key | value
 * </pre>
 *
 * The key is the first {@code shared} bytes of the key before it, then the unshared ones.
 */
final class BlockIterator {
    /** Keys that share all with the one before cost three bytes and may be of any length. No honest name comes near. */
    private static final long MAX_EXPANSION = 64;

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

    /** The key's bytes are the first {@link #keyLength()}; the array changes with the next step. */
    byte[] keyBytes() {
        return key;
    }

    int keyLength() {
        return keyLength;
    }

    /** Where this entry begins in the block. */
    int start() {
        return start;
    }

    /** How many bytes of the key were taken from the key before. */
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

    /** Moves to the next entry; past the last one the iterator is not valid. */
    void next() throws DataLossException {
        // Without restart points there are no entries: LevelDB for Java writes such empty blocks.
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

    /** A varint32 at {@code next}. */
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

    /** Moves to the first entry whose key is at least {@code target}, if the keys are sorted. */
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
        // The entry there must not share anything; with no key before it, sharing fails.
        keyLength = 0;
        keyBytesSeen = 0;
        next();
    }

    /** This entry's key against another, as unsigned bytes. */
    int compareKey(byte[] other) {
        return Arrays.compareUnsigned(key, 0, keyLength, other, 0, other.length);
    }
}
