package org.tfckpt.format.table;

import java.util.Arrays;

/** Short keys for the index block: any key between two blocks tells them apart. */
final class IndexKeys {
    private IndexKeys() {}

    /** A key ≥ {@code last} and &lt; {@code next}, by LevelDB's rule: not always the shortest there is. */
    static byte[] separator(byte[] last, byte[] next) {
        int i = Arrays.mismatch(last, next);
        boolean onePrefixesTheOther = i < 0 || i >= last.length || i >= next.length;
        // 0xff + 1 is 0x100, above every byte: such a key stays whole too.
        if (onePrefixesTheOther || (last[i] & 0xff) + 1 >= (next[i] & 0xff)) {
            return last;
        }
        return cutAndIncremented(last, i);
    }

    /** A short key ≥ {@code key}, for behind the last block. */
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
