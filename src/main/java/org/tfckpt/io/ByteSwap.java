package org.tfckpt.io;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Turns the bytes of elements around. */
public final class ByteSwap {
    private ByteSwap() {}

    /**
     * Copies elements with their bytes turned around.
     *
     * @param from takes all that remains, a multiple of the unit
     * @param unit bytes that are turned around together: 1, 2, 4 or 8
     * @return a new little-endian buffer at position 0
     * @throws IllegalArgumentException for another unit, or a length that is not a multiple of it
     */
    public static ByteBuffer swapped(ByteBuffer from, int unit) {
        if (from.remaining() % unit != 0) {
            throw new IllegalArgumentException(from.remaining() + " bytes are no multiple of " + unit);
        }
        ByteBuffer in = from.duplicate().order(ByteOrder.BIG_ENDIAN);
        ByteBuffer out = ByteBuffer.allocate(from.remaining()).order(ByteOrder.LITTLE_ENDIAN);
        while (in.hasRemaining()) {
            switch (unit) {
                case 1 -> out.put(in.get());
                case 2 -> out.putShort(in.getShort());
                case 4 -> out.putInt(in.getInt());
                case 8 -> out.putLong(in.getLong());
                default -> throw new IllegalArgumentException("no element has a unit of " + unit + " bytes");
            }
        }
        return out.flip();
    }
}
