package org.tfckpt.restore;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.tfckpt.Tensor;

/** Copies elements into the byte order that their new place has. */
final class ElementCopy {
    private ElementCopy() {}

    static void copy(Tensor tensor, ByteBuffer target) throws IOException {
        int unit = tensor.dtype().swapUnit();
        boolean swap = unit > 1 && !tensor.order().equals(target.order());
        int start = target.position();
        tensor.forEachPart(target::put);
        if (swap) {
            swap(target, start, unit);
        }
    }

    /** Turns the elements around where they are: the target is the caller's, and may be as large as a buffer can be. */
    private static void swap(ByteBuffer target, int start, int unit) {
        ByteBuffer view = target.duplicate().order(ByteOrder.BIG_ENDIAN);
        for (int at = start; at < target.position(); at += unit) {
            switch (unit) {
                case Short.BYTES -> view.putShort(at, Short.reverseBytes(view.getShort(at)));
                case Integer.BYTES -> view.putInt(at, Integer.reverseBytes(view.getInt(at)));
                default -> view.putLong(at, Long.reverseBytes(view.getLong(at)));
            }
        }
    }
}
