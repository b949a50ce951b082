package org.tfckpt.values;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;

/**
 * The tensors of two checkpoints, side by side. Both indexes are read once, in the order of names; if names are mapped,
 * the tensors of the first one are sorted by their new names.
 */
final class TensorPairs {
    private final Checkpoint a;
    private final Checkpoint b;
    private final @Nullable UnaryOperator<String> mapping;
    private final Predicate<TensorInfo> filterA;
    private final Predicate<TensorInfo> filterB;
    /** Whether both formats can hold an object graph. */
    private final boolean comparesObjectGraphs;

    TensorPairs(
            Checkpoint a,
            Checkpoint b,
            @Nullable UnaryOperator<String> mapping,
            Predicate<TensorInfo> filterA,
            Predicate<TensorInfo> filterB) {
        this.a = a;
        this.b = b;
        this.mapping = mapping;
        this.filterA = filterA;
        this.filterB = filterB;
        this.comparesObjectGraphs = a.format().equals(b.format());
    }

    /** Receives tensors, in the order of the names in the second checkpoint. */
    interface Consumer {
        /** Called for each tensor; null for the side that does not have it. */
        void accept(@Nullable TensorInfo a, @Nullable TensorInfo b) throws IOException;
    }

    private record Named(String name, TensorInfo info) {}

    private Iterator<Named> named() throws IOException {
        Iterator<TensorInfo> tensors = a.tensorIterator();
        UnaryOperator<String> names = mapping;
        if (names == null) {
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return tensors.hasNext();
                }

                @Override
                public Named next() {
                    TensorInfo info = tensors.next();
                    return new Named(info.name(), info);
                }
            };
        }
        List<Named> all = new ArrayList<>();
        tensors.forEachRemaining(info -> all.add(new Named(names.apply(info.name()), info)));
        all.sort(Comparator.comparing(Named::name, TensorNames.ORDER));
        return all.iterator();
    }

    void forEach(Consumer consumer) throws IOException {
        Iterator<Named> ofA = named();
        Iterator<TensorInfo> ofB = b.tensorIterator();
        TensorInfo next = next(ofB);
        boolean found = false;
        while (ofA.hasNext()) {
            Named tensor = ofA.next();
            int order = compare(next, tensor.name);
            while (next != null && order < 0) {
                reportB(next, found, consumer);
                found = false;
                next = next(ofB);
                order = compare(next, tensor.name);
            }
            boolean both = next != null && order == 0;
            found |= both;
            if (isCompared(tensor.info) && filterA.test(tensor.info)) {
                consumer.accept(tensor.info, both ? next : null);
            }
        }
        while (next != null) {
            reportB(next, found, consumer);
            found = false;
            next = next(ofB);
        }
    }

    private void reportB(TensorInfo tensor, boolean found, Consumer consumer) throws IOException {
        if (!found && isCompared(tensor) && filterB.test(tensor)) {
            consumer.accept(null, tensor);
        }
    }

    private boolean isCompared(TensorInfo tensor) {
        return comparesObjectGraphs || !tensor.name().equals(ObjectKeys.OBJECT_GRAPH);
    }

    private static @Nullable TensorInfo next(Iterator<TensorInfo> tensors) {
        return tensors.hasNext() ? tensors.next() : null;
    }

    private static int compare(@Nullable TensorInfo tensor, String name) {
        return tensor == null ? 1 : TensorNames.ORDER.compare(tensor.name(), name);
    }
}
