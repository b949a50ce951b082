package org.tfckpt.format;

import java.io.IOException;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;
import org.tfckpt.tensor.TensorSlice;

/** Some tensors of a file under other names and with their axes in another order, as a format of its own. */
public final class ArrangedTensors extends FilterFormatReader {
    private final NavigableMap<String, Arranged> tensors = new TreeMap<>(TensorNames.ORDER);

    private record Arranged(TensorInfo info, TensorInfo source, List<Integer> axes) {}

    /** Creates a reader without tensors of a file whose reader the caller closes. */
    public ArrangedTensors(FormatReader all) {
        super(all);
    }

    /**
     * Adds a tensor with a new name; for each of its axes, {@code axes} has the axis in the source, or is empty if
     * their order does not change. Returns the source of the tensor that had the name before, or null.
     */
    public @Nullable TensorInfo put(String name, TensorInfo source, List<Integer> axes) {
        TensorInfo info = axes.isEmpty()
                ? new TensorInfo(name, source.dtypeNumber(), source.shape(), source.storage(), source.slices())
                : new TensorInfo(name, source.dtypeNumber(), source.shape().permuted(axes), null, List.of());
        Arranged before = tensors.put(name, new Arranged(info, source, axes));
        return before == null ? null : before.source;
    }

    private Arranged arranged(TensorInfo info) {
        Arranged tensor = tensors.get(info.name());
        if (tensor == null) {
            throw new IllegalArgumentException("there is no tensor " + info);
        }
        return tensor;
    }

    @Override
    public TensorScan scan() {
        Iterator<Arranged> each = tensors.values().iterator();
        return () -> each.hasNext() ? each.next().info : null;
    }

    @Override
    public @Nullable TensorInfo find(String name) {
        Arranged tensor = tensors.get(name);
        return tensor == null ? null : tensor.info;
    }

    @Override
    public @Nullable TensorInfo findSlice(TensorInfo tensor, TensorSlice slice) throws IOException {
        return all.findSlice(arranged(tensor).source, slice);
    }

    @Override
    public TensorReader open(TensorInfo info) {
        Arranged tensor = arranged(info);
        TensorReader reader = all.open(tensor.source);
        return tensor.axes.isEmpty() ? reader : new Permuted(tensor, reader, all.format()).reader();
    }

    private static final class Permuted extends StoredArray {
        private final Arranged tensor;
        private final TensorReader source;

        Permuted(Arranged tensor, TensorReader source, String format) {
            super(tensor.info, source.order(), format);
            this.tensor = tensor;
            this.source = source;
        }

        @Override
        public TensorData data(int slice) throws IOException {
            Shape shape = tensor.source.shape();
            return PermutedData.of(
                    source.data(TensorSlice.full(shape.rank())),
                    shape.toArray(),
                    tensor.axes.stream().mapToInt(axis -> axis).toArray(),
                    info().dtype().width());
        }
    }
}
