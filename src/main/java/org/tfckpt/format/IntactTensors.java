package org.tfckpt.format;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.tfckpt.io.OrderedWork;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;
import org.tfckpt.tensor.TensorSlice;

/**
 * The intact tensors of a damaged checkpoint, as a format of its own. The entries are read once, when it is created, so
 * that later calls do not read damaged blocks of the index.
 */
public final class IntactTensors extends FilterFormatReader {
    private final NavigableMap<String, TensorInfo> tensors = new TreeMap<>(TensorNames.ORDER);

    private IntactTensors(FormatReader all) {
        super(all);
    }

    /**
     * Verifies a damaged checkpoint, which the caller closes, and keeps the entries of the intact tensors in memory.
     * One consumer receives the problems that affect a tensor, the other one the harmless ones.
     */
    public static IntactTensors of(FormatReader all, String name, Consumer<Problem> lost, Consumer<Problem> harmless)
            throws IOException {
        IntactTensors intact = new IntactTensors(all);
        all.verify(
                new VerificationListener() {
                    @Override
                    public void problem(Problem problem) {
                        harmless.accept(problem);
                    }

                    @Override
                    public void lost(Problem problem) {
                        lost.accept(problem);
                    }

                    @Override
                    public void damagedFile(Problem problem) {
                        lost.accept(problem);
                    }

                    @Override
                    public void intact(TensorInfo tensor) {
                        if (intact.tensors.putIfAbsent(tensor.name(), tensor) != null) {
                            lost.accept(new Problem(
                                    name,
                                    -1,
                                    tensor.name(),
                                    ProblemKind.KEY_ORDER,
                                    "another tensor has the same name"));
                        }
                    }
                },
                OrderedWork.alone());
        return intact;
    }

    public void remove(String tensor) {
        tensors.remove(tensor);
    }

    @Override
    public boolean hasLinkableDataFiles() {
        return all.hasLinkableDataFiles();
    }

    @Override
    public TensorScan scan() {
        Iterator<TensorInfo> each = tensors.values().iterator();
        return () -> each.hasNext() ? each.next() : null;
    }

    @Override
    public TensorScan entries() throws IOException {
        NavigableMap<String, TensorInfo> stored = new TreeMap<>(TensorNames.ORDER);
        for (TensorInfo tensor : tensors.values()) {
            List<TensorInfo> slices = slices(tensor);
            (slices.isEmpty() ? List.of(tensor) : slices).forEach(entry -> stored.put(entry.name(), entry));
        }
        Iterator<TensorInfo> each = stored.values().iterator();
        return () -> each.hasNext() ? each.next() : null;
    }

    /**
     * Returns the entries of the slices; none if the tensor is stored whole or the format has no entries for slices.
     */
    private List<TensorInfo> slices(TensorInfo tensor) throws IOException {
        List<TensorInfo> slices = new ArrayList<>();
        for (TensorSlice slice : tensor.slices()) {
            TensorInfo stored = all.findSlice(tensor, slice);
            if (stored != null) {
                slices.add(stored);
            }
        }
        return slices;
    }

    @Override
    public @Nullable TensorInfo find(String name) throws IOException {
        TensorInfo known = tensors.get(name);
        if (known != null || name.isEmpty() || name.charAt(0) != 0) {
            return known;
        }
        SliceKey slice = SliceKey.decode(TensorNames.encode(name));
        return slice != null && tensors.containsKey(slice.name()) ? all.find(name) : null;
    }

    @Override
    public @Nullable TensorInfo findSlice(TensorInfo tensor, TensorSlice slice) throws IOException {
        return tensors.containsKey(tensor.name()) ? all.findSlice(tensor, slice) : null;
    }

    @Override
    public TensorReader open(TensorInfo info) {
        return all.open(info);
    }

    @Override
    public @Nullable String tensorFlowNotFound(String name) {
        return all.tensorFlowNotFound(name);
    }
}
