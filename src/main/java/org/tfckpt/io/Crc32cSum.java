package org.tfckpt.io;

/**
 * Combines the CRC32C checksums of consecutive byte sequences, so that several threads can check one tensor.
 *
 * <p>A checksum is a polynomial over GF(2) modulo the generator P, with the coefficient of x^0 in bit 31. Appending n
 * bytes multiplies it by x^(8n) and adds the checksum of these bytes.
 */
public final class Crc32cSum {
    private static final int GENERATOR = 0x82f63b78;
    private static final int ONE = 1 << 31;
    /** x^8, which appends one byte. */
    private static final int BYTE = ONE >>> 8;

    private Crc32cSum() {}

    /** Returns the checksum of two consecutive sequences from their checksums and the length of the second in bytes. */
    public static int of(int first, int second, long secondLength) {
        int shifted = first;
        int power = BYTE;
        for (long rest = secondLength; rest != 0; rest >>>= 1) {
            if ((rest & 1) != 0) {
                shifted = product(power, shifted);
            }
            power = product(power, power);
        }
        return shifted ^ second;
    }

    private static int product(int a, int b) {
        int sum = 0;
        int term = b;
        for (int bits = a; bits != 0; bits <<= 1) {
            sum ^= bits < 0 ? term : 0;
            term = (term >>> 1) ^ ((term & 1) != 0 ? GENERATOR : 0);
        }
        return sum;
    }
}
