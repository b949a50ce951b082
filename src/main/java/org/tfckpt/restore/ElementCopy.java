package org.tfckpt.restore;

import java.io.IOException;
import java.nio.ByteBuffer;
import org.tfckpt.Tensor;
import org.tfckpt.io.ByteSwap;

/** Copies a tensor's elements into a buffer, in the buffer's byte order. */
final class ElementCopy {
    private ElementCopy() {}

    static void copy(Tensor tensor, ByteBuffer target) throws IOException {
        int start = target.position();
        tensor.read(0, target);
        if (!tensor.order().equals(target.order())) {
            ByteSwap.swap(
                    target.duplicate().flip().position(start), tensor.dtype().swapUnit());
        }
    }
}
