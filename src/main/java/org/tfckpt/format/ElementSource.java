package org.tfckpt.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.tfckpt.io.ByteSource;
import org.tfckpt.io.ByteSwap;
import org.tfckpt.tensor.DataType;

/** Supplies the bytes of a tensor of fixed width to a writer, once. */
@FunctionalInterface
public interface ElementSource {
    /** Small enough that converted bytes are still in a core's cache when they are written. */
    int PIECE = 1 << 18;

    /**
     * Passes all bytes to a consumer, in order, in buffers of whole elements that have the byte order of the buffer.
     */
    void forEach(ByteSource.Consumer consumer) throws IOException;

    /**
     * Returns the same elements in a byte order. The source throws {@link IllegalArgumentException} if they have more
     * or fewer bytes than the shape of the tensor takes.
     */
    default ElementSource converted(ByteOrder order, DataType dtype, long size, String tensor) {
        return consumer -> {
            long[] done = {0};
            forEach(part -> {
                done[0] += part.remaining();
                if (done[0] > size) {
                    throw wrongSize(tensor, "more", size);
                }
                if (dtype.swapUnit() == 1 || part.order() == order) {
                    consumer.accept(part);
                } else {
                    inPieces(
                            part,
                            piece -> consumer.accept(
                                    ByteSwap.swapped(piece, dtype.swapUnit()).order(order)));
                }
            });
            if (done[0] != size) {
                throw wrongSize(tensor, "fewer", size);
            }
        };
    }

    private static IllegalArgumentException wrongSize(String tensor, String how, long size) {
        return new IllegalArgumentException(
                "tensor '" + tensor + "' has " + how + " values than its shape, which takes " + size + " bytes");
    }

    /**
     * Passes a part, whose position does not change, to a consumer in pieces of {@link #PIECE} bytes in its byte order.
     */
    static void inPieces(ByteBuffer part, ByteSource.Consumer consumer) throws IOException {
        for (int at = part.position(); at < part.limit(); at += PIECE) {
            consumer.accept(part.slice(at, Math.min(PIECE, part.limit() - at)).order(part.order()));
        }
    }
}
