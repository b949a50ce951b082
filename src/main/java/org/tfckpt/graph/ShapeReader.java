package org.tfckpt.graph;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.Shape;

/**
 * Reads shapes.
 *
 * <pre>
 * TensorShapeProto 2 dim { 1 size } (repeated) | 3 unknown_rank
 * </pre>
 */
final class ShapeReader {
    private ShapeReader() {}

    /** Reads the message that the reader is in; null if not even the rank is known. */
    static @Nullable Shape read(WireReader in) throws IOException {
        LongList dimensions = new LongList();
        boolean unknown = false;
        while (in.next()) {
            switch (in.field()) {
                case 2 -> dimensions.add(dimension(in));
                case 3 -> unknown = in.varint() != 0;
                default -> in.skip();
            }
        }
        return unknown ? null : Shape.of(dimensions.toArray());
    }

    private static long dimension(WireReader in) throws IOException {
        long outer = in.enter();
        long size = 0;
        while (in.next()) {
            if (in.field() == 1) {
                size = in.varint();
            } else {
                in.skip();
            }
        }
        in.leave(outer);
        return size;
    }
}
