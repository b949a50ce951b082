package org.tfckpt.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tfckpt.io.ByteSource;

/**
 * A region that is assembled from parts of stored slices when it is read. Bytes within one run of one slice are
 * returned as a view; others are copied run by run.
 */
final class AssembledData implements TensorData {
    /** Shorter runs are read several at a time. */
    private static final int SPAN = 1 << 16;

    private final long size;
    private final ByteOrder order;
    /** Sorted by their offset in the region. */
    private final Piece[] pieces;
    /** For each piece, the largest end in the region of the pieces up to it. */
    private final long[] reach;

    /** The part of the region that one stored slice holds. */
    record Piece(TensorData data, Runs runs) {}

    AssembledData(long size, ByteOrder order, List<Piece> pieces) {
        this.size = size;
        this.order = order;
        this.pieces = pieces.toArray(new Piece[0]);
        Arrays.sort(this.pieces, Comparator.comparingLong(piece -> piece.runs().regionStart()));
        this.reach = new long[this.pieces.length];
        long furthest = 0;
        for (int i = 0; i < reach.length; i++) {
            furthest = Math.max(furthest, this.pieces[i].runs().regionEnd());
            reach[i] = furthest;
        }
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public ByteOrder order() {
        return order;
    }

    @Override
    public void check() throws IOException {
        for (Piece piece : pieces) {
            piece.data().check();
        }
    }

    @Override
    public ByteBuffer read(long offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, size);
        ByteBuffer view = length == 0 ? null : view(offset, length);
        if (view != null) {
            return view;
        }
        ByteBuffer bytes = ByteBuffer.allocate(length);
        readInto(offset, bytes);
        return bytes.flip().order(order);
    }

    private @Nullable ByteBuffer view(long offset, int length) throws IOException {
        for (int i = firstReaching(offset);
                i < pieces.length && pieces[i].runs().regionStart() <= offset;
                i++) {
            Runs runs = pieces[i].runs();
            Runs.Cursor at = runs.from(offset);
            if (at.valid() && at.region() <= offset) {
                long within = offset - at.region();
                return length <= runs.length() - within
                        ? pieces[i].data().read(at.part() + within, length).order(order)
                        : null;
            }
        }
        return null;
    }

    /** Returns the first piece that ends after an offset. */
    private int firstReaching(long offset) {
        int low = 0;
        int high = reach.length;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (reach[middle] > offset) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    @Override
    public void readInto(long offset, ByteBuffer target) throws IOException {
        Objects.checkFromIndexSize(offset, target.remaining(), size);
        long end = offset + target.remaining();
        for (int i = firstReaching(offset);
                i < pieces.length && pieces[i].runs().regionStart() < end;
                i++) {
            copy(pieces[i], offset, end, target);
        }
        target.position(target.limit());
    }

    /** Copies the bytes of a piece that lie between {@code from} and {@code to} in the region. */
    private static void copy(Piece piece, long from, long to, ByteBuffer target) throws IOException {
        Runs runs = piece.runs();
        boolean single = runs.length() >= SPAN || !runs.isDense();
        Runs.Cursor at = runs.from(from);
        while (at.valid() && at.region() < to) {
            if (single) {
                long start = Math.max(at.region(), from);
                int length = (int) (Math.min(at.region() + runs.length(), to) - start);
                ByteBuffer into = target.slice(target.position() + (int) (start - from), length);
                piece.data().readInto(at.part() + start - at.region(), into);
                at.next();
            } else {
                copySpan(piece, at, from, to, target);
            }
        }
    }

    /** Reads several short runs at once and copies them. */
    private static void copySpan(Piece piece, Runs.Cursor at, long from, long to, ByteBuffer target)
            throws IOException {
        Runs runs = piece.runs();
        long skipped = Math.max(0, from - at.region());
        long first = at.part() + skipped;
        Runs.Cursor last = runs.from(to - 1);
        long spanEnd = last.valid() ? last.part() + runs.length() : runs.partEnd();
        ByteBuffer span = piece.data().read(first, (int) Math.min(SPAN, spanEnd - first));
        while (at.valid() && at.region() < to) {
            long start = Math.max(at.region(), from);
            int length = (int) (Math.min(at.region() + runs.length(), to) - start);
            long within = at.part() + start - at.region() - first;
            if (within + length > span.limit()) {
                return;
            }
            try {
                target.put(target.position() + (int) (start - from), span, (int) within, length);
            } catch (IllegalStateException e) {
                throw unmapped(piece.data(), e);
            }
            at.next();
        }
    }

    @Override
    public void forEach(ByteSource.Consumer consumer) throws IOException {
        for (long done = 0; done < size; done += PART) {
            ByteBuffer part = read(done, (int) Math.min(PART, size - done));
            try {
                consumer.accept(part);
            } catch (IllegalStateException e) {
                throw unmapped(this, e);
            }
        }
    }

    /** Handles an access to a part that failed: reading it again throws if its file was closed. */
    private static IllegalStateException unmapped(TensorData data, IllegalStateException cause) throws IOException {
        try {
            data.read(0, 1);
            return cause;
        } catch (IllegalStateException closed) {
            closed.addSuppressed(cause);
            return closed;
        }
    }
}
