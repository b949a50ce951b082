package org.tfckpt.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Converts elements between little-endian and big-endian. */
public final class ByteSwap {
    private ByteSwap() {}

    /**
     * Returns a little-endian copy of all remaining elements with the bytes of each unit reversed. The position of
     * {@code from} does not change. Throws {@link IllegalArgumentException} unless a unit has 1, 2, 4 or 8 bytes, and
     * the length is a multiple of it.
     */
    public static ByteBuffer swapped(ByteBuffer from, int unit) {
        ByteBuffer out =
                ByteBuffer.allocate(from.remaining()).put(from.duplicate()).flip();
        swap(out, unit);
        return out.order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Reverses the bytes of each unit in place, as {@link #swapped} does. The position does not change. */
    public static void swap(ByteBuffer elements, int unit) {
        if (elements.remaining() % unit != 0) {
            throw new IllegalArgumentException(elements.remaining() + " bytes are not a multiple of " + unit);
        }
        ByteBuffer bytes = elements.duplicate();
        for (int at = bytes.position(); at < bytes.limit(); at += unit) {
            switch (unit) {
                case 1 -> {}
                case 2 -> bytes.putShort(at, Short.reverseBytes(bytes.getShort(at)));
                case 4 -> bytes.putInt(at, Integer.reverseBytes(bytes.getInt(at)));
                case 8 -> bytes.putLong(at, Long.reverseBytes(bytes.getLong(at)));
                default -> throw new IllegalArgumentException("unit of " + unit + " bytes");
            }
        }
    }
}
