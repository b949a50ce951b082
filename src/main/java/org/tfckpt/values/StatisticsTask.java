package org.tfckpt.values;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.Tensor;
import org.tfckpt.scan.TensorChunks;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.StringVector;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorSlice;

/** Computes the statistics of one tensor. */
final class StatisticsTask extends Task {
    private final Checkpoint checkpoint;
    private final TensorInfo info;
    private final AccumulatorPool pool;
    /** Accumulators of this tensor, one for each thread that has processed a chunk. */
    private final Queue<Accumulator> accumulators = new ConcurrentLinkedQueue<>();

    private @Nullable TensorStatistics result;

    StatisticsTask(Checkpoint checkpoint, TensorInfo info, AccumulatorPool pool) {
        this.checkpoint = checkpoint;
        this.info = info;
        this.pool = pool;
    }

    TensorInfo info() {
        return info;
    }

    @Nullable
    TensorStatistics result() {
        return result;
    }

    @Override
    long size() {
        return info.dtype().isFixedWidth() ? info.shape().elementCount().orElse(0) : 0;
    }

    @Override
    Iterator<Piece> open() throws IOException {
        if (!info.dtype().isFixedWidth()) {
            return Collections.emptyIterator();
        }
        Tensor whole = TensorChunks.open(checkpoint, info);
        return info.isPartitioned()
                ? info.slices().stream().map(slice -> slice(whole, slice)).iterator()
                : List.of(piece(whole, null)).iterator();
    }

    private Piece slice(Tensor whole, TensorSlice slice) {
        try {
            return piece(whole, slice);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Piece piece(Tensor whole, @Nullable TensorSlice slice) throws IOException {
        TensorChunks chunks = chunks(checkpoint, whole, slice);
        return new Piece(null, chunks.elements(), chunks);
    }

    @Override
    void process(Piece piece, long first, List<ByteBuffer> elements) {
        Accumulator mine = accumulators.poll();
        Accumulator accumulator = mine == null ? pool.take(info.dtype()) : mine;
        accumulator.add(elements.get(0));
        accumulators.add(accumulator);
    }

    @Override
    void finish() throws IOException {
        if (info.dtype() == DataType.DT_STRING) {
            result = new TensorStatistics(info, null, null, lengths());
        } else if (!info.dtype().isFixedWidth()) {
            checkpoint.tensor(info).check();
            result = new TensorStatistics(info, null, null, null);
        } else {
            Accumulator all = accumulators.poll();
            if (all == null) {
                all = pool.take(info.dtype());
            }
            for (Accumulator more = accumulators.poll(); more != null; more = accumulators.poll()) {
                all.merge(more);
                pool.giveBack(info.dtype(), more);
            }
            result = new TensorStatistics(info, all.summary(), all.histogram(), null);
            pool.giveBack(info.dtype(), all);
        }
    }

    private TensorStatistics.@Nullable StringLengths lengths() throws IOException {
        Tensor tensor = checkpoint.tensor(info);
        tensor.check();
        long count = tensor.shape().elements();
        long min = Long.MAX_VALUE;
        long max = 0;
        long total = 0;
        StringVector part;
        for (int at = 0; at < count; at += part.size()) {
            part = tensor.stringPart(at);
            for (int i = 0; i < part.size(); i++) {
                min = Math.min(min, part.length(i));
                max = Math.max(max, part.length(i));
            }
            total += part.byteSize();
        }
        return count == 0 ? null : new TensorStatistics.StringLengths(min, max, total);
    }
}
