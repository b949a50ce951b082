package org.tfckpt.edit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.tfckpt.Checkpoint;
import org.tfckpt.Linking;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;

/**
 * Which data files of one checkpoint are taken whole, and which tensors are copied out of the others.
 *
 * <p>A data file is taken whole if all that is in it is wanted as it is: then not a byte of it needs to be touched. Where
 * something was dropped the rest is copied, in its order, so that no bytes are left that belong to nobody; unless links
 * are asked for.
 */
final class InputLayout {
    /** For what lies in no data file: the values of V1. */
    static final int NO_SHARD = Integer.MAX_VALUE;

    private final Checkpoint checkpoint;
    private final List<RewrittenTensor> others = new ArrayList<>();
    private final List<RewrittenTensor> referred = new ArrayList<>();
    private final NavigableMap<Integer, List<RewrittenTensor>> copied = new TreeMap<>();
    private final NavigableSet<Integer> whole = new TreeSet<>();

    private final NavigableMap<Integer, Long> stored = new TreeMap<>();
    private final Map<Integer, Long> taken = new TreeMap<>();
    private final Map<Integer, Long> shared = new TreeMap<>();
    private long droppedTensors;
    private long droppedBytes;

    InputLayout(
            Checkpoint checkpoint,
            Collection<RewrittenTensor> tensors,
            Predicate<RewrittenTensor> stays,
            Linking linking)
            throws IOException {
        this.checkpoint = checkpoint;
        Set<String> sources = new HashSet<>();
        List<RewrittenTensor> firsts = new ArrayList<>();
        for (RewrittenTensor tensor : tensors) {
            // A second name needs a second place: no two tensors share bytes.
            (sources.add(tensor.source().name()) ? firsts : others).add(tensor);
        }
        count(sources);
        List<RewrittenTensor> same = new ArrayList<>();
        for (RewrittenTensor tensor : firsts) {
            List<TensorInfo.Storage> places = TensorLocations.of(checkpoint, tensor.source());
            places.forEach(place -> taken.merge(place.shard(), place.size(), Long::sum));
            if (!places.isEmpty() && stays.test(tensor)) {
                same.add(tensor);
                places.forEach(place -> shared.merge(place.shard(), place.size(), Long::sum));
            }
        }
        shared.forEach((shard, bytes) -> {
            if (linking == Linking.REQUIRED || bytes.equals(stored.get(shard))) {
                whole.add(shard);
            }
        });
        split(firsts, same, stays);
    }

    private void count(Set<String> sources) throws IOException {
        for (Iterator<TensorInfo> all = checkpoint.tensorIterator(); all.hasNext(); ) {
            TensorInfo tensor = all.next();
            if (!sources.contains(tensor.name())) {
                droppedTensors++;
                droppedBytes += Math.max(0, tensor.byteSize());
            }
        }
        for (Iterator<TensorInfo> all = checkpoint.entries().iterator(); all.hasNext(); ) {
            TensorInfo.Storage place = all.next().storage();
            if (place != null) {
                stored.merge(place.shard(), place.size(), Long::sum);
            }
        }
    }

    /** A tensor of several slices is taken from whole data files or copied, all of it: that may split further files. */
    private void split(List<RewrittenTensor> firsts, List<RewrittenTensor> same, Predicate<RewrittenTensor> stays)
            throws IOException {
        boolean settled = false;
        while (!settled) {
            settled = true;
            for (RewrittenTensor tensor : same) {
                List<Integer> shards = shards(tensor);
                if (!whole.containsAll(shards)) {
                    settled &= !whole.removeAll(shards);
                }
            }
        }
        for (RewrittenTensor tensor : firsts) {
            List<Integer> shards = shards(tensor);
            if (!shards.isEmpty() && whole.containsAll(shards) && stays.test(tensor)) {
                referred.add(tensor);
            } else {
                copied.computeIfAbsent(shards.isEmpty() ? NO_SHARD : shards.get(0), none -> new ArrayList<>())
                        .add(tensor);
            }
        }
        for (List<RewrittenTensor> tensors : copied.values()) {
            tensors.sort(Comparator.comparingLong(InputLayout::offset)
                    .thenComparing(tensor -> tensor.source().name(), TensorNames.ORDER));
        }
    }

    private List<Integer> shards(RewrittenTensor tensor) throws IOException {
        return TensorLocations.of(checkpoint, tensor.source()).stream()
                .map(TensorInfo.Storage::shard)
                .toList();
    }

    /** What has no place of its own comes after what has one. */
    private static long offset(RewrittenTensor tensor) {
        TensorInfo.Storage storage = tensor.source().storage();
        return storage == null ? Long.MAX_VALUE : storage.offset();
    }

    Checkpoint checkpoint() {
        return checkpoint;
    }

    /** The data files that are taken whole. */
    NavigableSet<Integer> whole() {
        return whole;
    }

    /** The data files that there are, by the index. */
    NavigableSet<Integer> shards() {
        return stored.navigableKeySet();
    }

    /** The tensors in data files that are taken whole. */
    List<RewrittenTensor> referred() {
        return referred;
    }

    /** What is written anew, by the data file that it comes from and in its order there. */
    NavigableMap<Integer, List<RewrittenTensor>> copied() {
        return copied;
    }

    /** Further names of tensors. */
    List<RewrittenTensor> others() {
        return others;
    }

    long droppedTensors() {
        return droppedTensors;
    }

    /** Bytes of values in a data file. */
    long bytes(int shard) {
        return stored.getOrDefault(shard, 0L);
    }

    long wholeBytes() {
        return whole.stream().mapToLong(this::bytes).sum();
    }

    long unusedBytes() {
        return whole.stream()
                .mapToLong(shard -> bytes(shard) - shared.getOrDefault(shard, 0L))
                .sum();
    }

    /** Bytes that no data file of the new checkpoint holds any more. */
    long savedBytes() {
        if (stored.isEmpty()) {
            return droppedBytes;
        }
        return stored.keySet().stream()
                .filter(shard -> !whole.contains(shard))
                .mapToLong(shard -> bytes(shard) - taken.getOrDefault(shard, 0L))
                .sum();
    }
}
