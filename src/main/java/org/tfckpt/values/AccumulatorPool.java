package org.tfckpt.values;

import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.DataType;

/** Accumulators that are used again, because their tables take up to 4 MiB. Thread-safe. */
final class AccumulatorPool {
    private final boolean histograms;
    private final Map<DataType, Queue<Accumulator>> kept = new ConcurrentHashMap<>();

    AccumulatorPool(boolean histograms) {
        this.histograms = histograms;
    }

    boolean histograms() {
        return histograms;
    }

    private Queue<Accumulator> keptOf(DataType type) {
        return kept.computeIfAbsent(type, key -> new ConcurrentLinkedQueue<>());
    }

    /** Returns an empty accumulator for exclusive use. */
    Accumulator take(DataType type) {
        @Nullable Accumulator accumulator = keptOf(type).poll();
        return accumulator == null ? create(type, histograms) : accumulator;
    }

    /** Returns an empty accumulator. */
    static Accumulator create(DataType type, boolean histograms) {
        return switch (type) {
            case DT_FLOAT, DT_DOUBLE, DT_COMPLEX64, DT_COMPLEX128, DT_INT32, DT_QINT32, DT_UINT32 ->
                new RealAccumulator(type, histograms);
            case DT_INT64, DT_UINT64 -> new LongAccumulator(type, histograms);
            default -> new TallyAccumulator(type, histograms);
        };
    }

    void giveBack(DataType type, Accumulator accumulator) {
        accumulator.reset();
        keptOf(type).add(accumulator);
    }
}
