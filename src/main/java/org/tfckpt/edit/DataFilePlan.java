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
import org.tfckpt.tensor.TensorSlice;

/**
 * Decides which data files of one checkpoint are linked, and which tensors are written from the others.
 *
 * <p>A data file is linked if everything in it is kept unchanged. Otherwise the tensors to keep are written in the
 * order of the file, so that no bytes of dropped tensors remain, unless links are required.
 */
final class DataFilePlan {
    /** Stands for tensors without a location in a data file. */
    static final int NO_SHARD = Integer.MAX_VALUE;

    private final Checkpoint checkpoint;
    private final List<RewrittenTensor> duplicates = new ArrayList<>();
    private final List<RewrittenTensor> referenced = new ArrayList<>();
    private final NavigableMap<Integer, List<RewrittenTensor>> written = new TreeMap<>();
    private final NavigableSet<Integer> linked = new TreeSet<>();

    // Bytes by data file: of all tensors, of kept tensors, and of tensors kept unchanged.
    private final NavigableMap<Integer, Long> stored = new TreeMap<>();
    private final Map<Integer, Long> kept = new TreeMap<>();
    private final Map<Integer, Long> unchanged = new TreeMap<>();

    private long droppedTensors;
    private long droppedBytes;

    DataFilePlan(
            Checkpoint checkpoint,
            Collection<RewrittenTensor> tensors,
            Predicate<RewrittenTensor> isUnchanged,
            Linking linking)
            throws IOException {
        this.checkpoint = checkpoint;
        Set<String> sources = new HashSet<>();
        List<RewrittenTensor> firsts = new ArrayList<>();
        for (RewrittenTensor tensor : tensors) {
            // Tensors must not share bytes, so a second name needs a second copy.
            (sources.add(tensor.source().name()) ? firsts : duplicates).add(tensor);
        }
        count(sources);
        List<RewrittenTensor> linkable = new ArrayList<>();
        for (RewrittenTensor tensor : firsts) {
            List<TensorInfo.Storage> locations = locations(tensor.source());
            locations.forEach(at -> kept.merge(at.shard(), at.size(), Long::sum));
            if (!locations.isEmpty() && isUnchanged.test(tensor)) {
                linkable.add(tensor);
                locations.forEach(at -> unchanged.merge(at.shard(), at.size(), Long::sum));
            }
        }
        unchanged.forEach((shard, bytes) -> {
            if (linking == Linking.REQUIRED || bytes.equals(stored.get(shard))) {
                linked.add(shard);
            }
        });
        unlinkIncomplete(linkable);
        assign(firsts, isUnchanged);
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
            TensorInfo.Storage location = all.next().storage();
            if (location != null) {
                stored.merge(location.shard(), location.size(), Long::sum);
            }
        }
    }

    /** Returns the locations of a tensor or of its slices; empty if the format does not store tensors in data files. */
    private List<TensorInfo.Storage> locations(TensorInfo tensor) throws IOException {
        TensorInfo.Storage storage = tensor.storage();
        if (storage != null) {
            return List.of(storage);
        }
        List<TensorInfo.Storage> locations = new ArrayList<>(tensor.slices().size());
        for (TensorSlice slice : tensor.slices()) {
            checkpoint.findSlice(tensor, slice).map(TensorInfo::storage).ifPresent(locations::add);
        }
        return locations;
    }

    private List<Integer> shards(RewrittenTensor tensor) throws IOException {
        return locations(tensor.source()).stream()
                .map(TensorInfo.Storage::shard)
                .toList();
    }

    /** Links all slices of a tensor or none, which may exclude further data files. */
    private void unlinkIncomplete(List<RewrittenTensor> linkable) throws IOException {
        boolean settled = false;
        while (!settled) {
            settled = true;
            for (RewrittenTensor tensor : linkable) {
                List<Integer> shards = shards(tensor);
                if (!linked.containsAll(shards)) {
                    settled &= !linked.removeAll(shards);
                }
            }
        }
    }

    private void assign(List<RewrittenTensor> firsts, Predicate<RewrittenTensor> isUnchanged) throws IOException {
        for (RewrittenTensor tensor : firsts) {
            List<Integer> shards = shards(tensor);
            if (!shards.isEmpty() && linked.containsAll(shards) && isUnchanged.test(tensor)) {
                referenced.add(tensor);
            } else {
                written.computeIfAbsent(shards.isEmpty() ? NO_SHARD : shards.get(0), none -> new ArrayList<>())
                        .add(tensor);
            }
        }
        for (List<RewrittenTensor> tensors : written.values()) {
            tensors.sort(Comparator.comparingLong(DataFilePlan::offset)
                    .thenComparing(tensor -> tensor.source().name(), TensorNames.ORDER));
        }
    }

    /** Sorts tensors without a location last. */
    private static long offset(RewrittenTensor tensor) {
        TensorInfo.Storage storage = tensor.source().storage();
        return storage == null ? Long.MAX_VALUE : storage.offset();
    }

    Checkpoint checkpoint() {
        return checkpoint;
    }

    NavigableSet<Integer> linked() {
        return linked;
    }

    /** Returns all data files that the index refers to. */
    NavigableSet<Integer> shards() {
        return stored.navigableKeySet();
    }

    /** Returns the tensors in linked data files. */
    List<RewrittenTensor> referenced() {
        return referenced;
    }

    /** Returns the tensors to write, by data file and in their order in it. */
    NavigableMap<Integer, List<RewrittenTensor>> written() {
        return written;
    }

    /** Returns tensors that are already kept under another name. */
    List<RewrittenTensor> duplicates() {
        return duplicates;
    }

    long droppedTensors() {
        return droppedTensors;
    }

    /** Returns the number of bytes of values in a data file. */
    long bytes(int shard) {
        return stored.getOrDefault(shard, 0L);
    }

    long linkedBytes() {
        return linked.stream().mapToLong(this::bytes).sum();
    }

    /** Returns the number of bytes of dropped tensors in linked data files. */
    long unusedBytes() {
        return linked.stream()
                .mapToLong(shard -> bytes(shard) - unchanged.getOrDefault(shard, 0L))
                .sum();
    }

    /** Returns the number of bytes of dropped tensors that the new checkpoint does not contain. */
    long savedBytes() {
        if (stored.isEmpty()) {
            return droppedBytes;
        }
        return stored.keySet().stream()
                .filter(shard -> !linked.contains(shard))
                .mapToLong(shard -> bytes(shard) - kept.getOrDefault(shard, 0L))
                .sum();
    }
}
