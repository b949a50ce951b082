package org.tfckpt.values;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.Tensor;
import org.tfckpt.scan.DoubleReader;
import org.tfckpt.scan.TensorChunks;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Elements;
import org.tfckpt.tensor.StringVector;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorSlice;

/** Compares the values of two tensors of the same shape. */
final class PairTask extends Task {
    private static final StringVector NO_STRINGS = StringVector.of(ByteBuffer.allocate(0), IntBuffer.allocate(1));

    private final Checkpoint checkpointA;
    private final TensorInfo a;
    private final Checkpoint checkpointB;
    private final TensorInfo b;
    private final Tolerance tolerance;
    private final RegionIndex index;
    private final Queue<PairAccumulator> accumulators = new ConcurrentLinkedQueue<>();

    private @Nullable TensorDifference result;

    PairTask(Checkpoint checkpointA, TensorInfo a, Checkpoint checkpointB, TensorInfo b, Tolerance tolerance) {
        this.checkpointA = checkpointA;
        this.a = a;
        this.checkpointB = checkpointB;
        this.b = b;
        this.tolerance = tolerance;
        this.index = new RegionIndex(a.shape());
    }

    /** Returns whether the values of two dtypes can be compared. */
    static boolean canCompare(DataType a, DataType b) {
        boolean known = a.isFixedWidth() || a == DataType.DT_STRING || a == DataType.DT_VARIANT;
        return (a == b && known)
                || (DoubleReader.isFloat(a) && DoubleReader.isFloat(b))
                || (Elements.isInteger(a) && Elements.isInteger(b));
    }

    TensorInfo a() {
        return a;
    }

    TensorInfo b() {
        return b;
    }

    @Nullable
    TensorDifference result() {
        return result;
    }

    @Override
    long size() {
        return a.dtype().isFixedWidth() ? a.shape().elementCount().orElse(0) : 0;
    }

    @Override
    Iterator<Piece> open() throws IOException {
        if (!a.dtype().isFixedWidth()) {
            return Collections.emptyIterator();
        }
        Tensor wholeA = TensorChunks.open(checkpointA, a);
        Tensor wholeB = TensorChunks.open(checkpointB, b);
        List<TensorSlice> slices = a.isPartitioned() ? a.slices() : b.slices();
        return slices.isEmpty()
                ? List.of(piece(wholeA, wholeB, null)).iterator()
                : slices.stream().map(slice -> slice(wholeA, wholeB, slice)).iterator();
    }

    private Piece slice(Tensor wholeA, Tensor wholeB, TensorSlice slice) {
        try {
            return piece(wholeA, wholeB, slice);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Piece piece(Tensor wholeA, Tensor wholeB, @Nullable TensorSlice slice) throws IOException {
        TensorChunks chunksA = chunks(checkpointA, wholeA, slice);
        return new Piece(slice, chunksA.elements(), chunksA, chunks(checkpointB, wholeB, slice));
    }

    private PairAccumulator newAccumulator() {
        return new PairAccumulator(a.dtype(), b.dtype(), tolerance);
    }

    @Override
    void process(Piece piece, long first, List<ByteBuffer> elements) {
        PairAccumulator mine = accumulators.poll();
        PairAccumulator accumulator = mine == null ? newAccumulator() : mine;
        int count = elements.get(0).limit() / a.dtype().width();
        accumulator.add(elements.get(0), elements.get(1), count, index.of(piece.region(), first));
        accumulators.add(accumulator);
    }

    @Override
    void finish() throws IOException {
        if (!a.dtype().isFixedWidth()) {
            result = a.dtype() == DataType.DT_STRING ? strings() : variants();
            return;
        }
        PairAccumulator all = accumulators.poll();
        if (all == null) {
            all = newAccumulator();
        }
        for (PairAccumulator more = accumulators.poll(); more != null; more = accumulators.poll()) {
            all.merge(more);
        }
        List<Long> at = all.maxAt() < 0 ? null : index.byDimension(all.maxAt());
        result = new TensorDifference(a, b, all.counts(), all.measures(), at);
    }

    private TensorDifference strings() throws IOException {
        Tensor stringsA = checkpointA.tensor(a);
        Tensor stringsB = checkpointB.tensor(b);
        stringsA.check();
        stringsB.check();
        long count = a.shape().elements();
        long different = 0;
        long first = -1;
        StringVector partA = NO_STRINGS;
        StringVector partB = NO_STRINGS;
        int startA = 0;
        int startB = 0;
        for (int i = 0; i < count; i++) {
            if (i == startA + partA.size()) {
                startA = i;
                partA = stringsA.stringPart(i);
            }
            if (i == startB + partB.size()) {
                startB = i;
                partB = stringsB.stringPart(i);
            }
            if (!partA.get(i - startA).equals(partB.get(i - startB))) {
                first = first >= 0 ? first : i;
                different++;
            }
        }
        return withoutNumbers(different, first);
    }

    private TensorDifference variants() throws IOException {
        List<Tensor.Variant> variantsA = checkpointA.tensor(a).variants();
        List<Tensor.Variant> variantsB = checkpointB.tensor(b).variants();
        long different = 0;
        long first = -1;
        for (int i = 0; i < variantsA.size(); i++) {
            boolean equal = variantsA.get(i).equals(variantsB.get(i));
            first = equal || first >= 0 ? first : i;
            different += equal ? 0 : 1;
        }
        return withoutNumbers(different, first);
    }

    private TensorDifference withoutNumbers(long different, long first) {
        TensorDifference.Counts counts = new TensorDifference.Counts(different, different, -1, -1);
        return new TensorDifference(a, b, counts, null, first < 0 ? null : index.byDimension(first));
    }
}
