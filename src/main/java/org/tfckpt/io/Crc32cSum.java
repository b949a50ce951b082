package org.tfckpt.io;

/**
 * The CRC32C of two byte strings one after the other, out of those of each: so that several threads can check one
 * tensor.
 *
 * <p>A checksum is a polynomial over GF(2) modulo the generator P, bit 31 the coefficient of x^0. To append n bytes is
 * to multiply by x^(8n); what is appended is added.
 */
public final class Crc32cSum {
    private static final int GENERATOR = 0x82f63b78;
    private static final int ONE = 1 << 31;
    /** x^8: one byte further. */
    private static final int BYTE = ONE >>> 8;

    private Crc32cSum() {}

    /**
     * The checksum of both.
     *
     * @param first the checksum of the first bytes
     * @param second the checksum of those behind
     * @param secondLength the number of those behind
     * @return the checksum of all
     */
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
