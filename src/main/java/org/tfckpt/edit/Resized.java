package org.tfckpt.edit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.AbstractList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Tensor;
import org.tfckpt.ValueSource;
import org.tfckpt.format.ElementSource;
import org.tfckpt.io.ByteSwap;
import org.tfckpt.tensor.Shape;

/**
 * A tensor with another shape of the same rank: the old values where the shapes overlap, the others from another tensor
 * or zero. Values are read run by run.
 */
final class Resized implements ValueSource.Parts {
    private static final byte[] EMPTY = {};

    private final FloatCast old;
    private final @Nullable FloatCast rest;
    private final Shape shape;
    private final Overlap overlap;

    /** Creates the resized tensor. The rest has the new shape and the same dtype; null stands for zeros. */
    Resized(FloatCast old, Shape shape, @Nullable FloatCast rest) {
        this.old = old;
        this.rest = rest;
        this.shape = shape;
        this.overlap = new Overlap(old.shape(), shape);
    }

    @Override
    public void forEachPart(Tensor.PartConsumer consumer) throws IOException {
        long size = shape.elements() * old.dtype().width();
        ByteBuffer part = ByteBuffer.allocate((int) Math.min(ElementSource.PIECE, size));
        for (long done = 0; done < size; done += part.limit()) {
            read(done, part.clear().limit((int) Math.min(part.capacity(), size - done)));
            consumer.accept(part.flip().order(old.order()));
        }
    }

    private void read(long position, ByteBuffer target) throws IOException {
        int width = old.dtype().width();
        long[] next = {position};
        overlap.<IOException>forEachRun(position / width, target.remaining() / width, (from, count) -> {
            ByteBuffer part = target.slice(target.position(), (int) count * width);
            if (from >= 0) {
                old.read(from * width, part);
            } else {
                readRest(next[0], part);
            }
            next[0] += count * width;
            target.position(target.position() + (int) count * width);
        });
    }

    private void readRest(long position, ByteBuffer target) throws IOException {
        if (rest == null) {
            while (target.hasRemaining()) {
                target.put((byte) 0);
            }
            return;
        }
        rest.read(position, target);
        if (rest.order() != old.order()) {
            ByteSwap.swap(target.flip(), old.dtype().swapUnit());
        }
    }

    /** Returns a resized tensor of strings; those outside of the overlap are taken from another one, or are empty. */
    static List<byte[]> strings(Tensor old, Shape shape, @Nullable Tensor rest) throws IOException {
        old.check();
        if (rest != null) {
            rest.check();
        }
        Overlap overlap = new Overlap(old.shape(), shape);
        int size = Math.toIntExact(shape.elements());
        return new AbstractList<>() {
            @Override
            public byte[] get(int index) {
                byte[][] found = {EMPTY};
                try {
                    overlap.<IOException>forEachRun(index, 1, (from, count) -> {
                        if (from >= 0) {
                            found[0] = old.asStringVector((int) from, 1).bytes(0);
                        } else if (rest != null) {
                            found[0] = rest.asStringVector(index, 1).bytes(0);
                        }
                    });
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                return found[0];
            }

            @Override
            public int size() {
                return size;
            }
        };
    }
}
