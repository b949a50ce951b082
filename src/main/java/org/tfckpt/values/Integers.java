package org.tfckpt.values;

/** Integers of 64 bits, signed or not. */
final class Integers {
    private Integers() {}

    /** Returns the nearest double. */
    static double toDouble(long bits, boolean unsigned) {
        // The last bit only decides whether the result is rounded up.
        return unsigned && bits < 0 ? ((bits >>> 1) | (bits & 1)) * 2.0 : bits;
    }
}
