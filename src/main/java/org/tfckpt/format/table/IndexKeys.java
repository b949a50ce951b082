package org.tfckpt.format.table;

import java.util.Arrays;

/** Computes short keys for the index block: any key that separates two blocks will do. */
final class IndexKeys {
    private IndexKeys() {}

    /** Returns a key ≥ {@code last} and &lt; {@code next}, by LevelDB's rule; not always the shortest one. */
    static byte[] separator(byte[] last, byte[] next) {
        int i = Arrays.mismatch(last, next);
        boolean onePrefixesTheOther = i < 0 || i >= last.length || i >= next.length;
        // 0xff + 1 is 0x100, greater than every byte, so a key with 0xff there is not shortened.
        if (onePrefixesTheOther || (last[i] & 0xff) + 1 >= (next[i] & 0xff)) {
            return last;
        }
        return cutAndIncremented(last, i);
    }

    /** Returns a short key ≥ {@code key}, for the last block. */
    static byte[] successor(byte[] key) {
        for (int i = 0; i < key.length; i++) {
            if (key[i] != (byte) 0xff) {
                return cutAndIncremented(key, i);
            }
        }
        return key;
    }

    private static byte[] cutAndIncremented(byte[] key, int last) {
        byte[] cut = Arrays.copyOf(key, last + 1);
        cut[last]++;
        return cut;
    }
}
