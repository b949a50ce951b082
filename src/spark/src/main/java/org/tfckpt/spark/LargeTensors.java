package org.tfckpt.spark;

import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorSlice;
import org.tfckpt.values.PartialScan;

/**
 * The first of two jobs for checkpoints that several tasks read: tasks compute checksums and statistics of the parts of
 * large tensors, which are then combined. For {@code problems} they check all entries of V2 checkpoints, so that one task
 * can verify the rest. What does not come out as intact is read as a whole by the second job, which then reports the
 * same problem as the tool does.
 */
final class LargeTensors {
    private LargeTensors() {}

    /**
     * A stored tensor or slice, in TensorFlow's notation; {@code target} is the number of its checkpoint, and {@code
     * slices} the number of slices of the tensor, 0 if it is not partitioned.
     */
    private record Key(
            int target,
            String tensor,
            int dtype,
            List<Long> shape,
            int slices,
            String slice,
            @Nullable Stored stored) implements Serializable {
        static Key of(int target, TensorInfo tensor, String slice, TensorInfo.@Nullable Storage storage) {
            List<Long> dimensions = new ArrayList<>();
            for (long dimension : tensor.shape().toArray()) {
                dimensions.add(dimension);
            }
            return new Key(
                    target,
                    tensor.name(),
                    tensor.dtypeNumber(),
                    dimensions,
                    tensor.slices().size(),
                    slice,
                    storage == null
                            ? null
                            : new Stored(
                                    storage.shard(),
                                    storage.offset(),
                                    storage.size(),
                                    storage.crc32c(),
                                    storage.hasCrc32c()));
        }

        TensorInfo info() {
            Shape dimensions =
                    Shape.of(shape.stream().mapToLong(Long::longValue).toArray());
            return new TensorInfo(tensor, dtype, dimensions, null, List.of());
        }
    }

    /** A place in a file that can be serialized. */
    private record Stored(int shard, long offset, long size, int crc32c, boolean hasCrc32c) implements Serializable {
        TensorInfo.Storage storage() {
            return new TensorInfo.Storage(shard, offset, size, crc32c, hasCrc32c);
        }
    }

    /** A part of a tensor, or null if it cannot be read. */
    private record Part(@Nullable PartialScan scan) implements Serializable {
        Part add(Part other) {
            return scan == null || other.scan == null ? new Part(null) : new Part(scan.add(other.scan));
        }
    }

    /**
     * Runs the job on those parts of checkpoints that have several. Returns what was found out about each checkpoint,
     * see {@link Split}; nothing about one that cannot be read.
     */
    static Map<Target, Map<String, Object[]>> find(
            JavaSparkContext spark,
            List<Split> splits,
            SourceOptions options,
            PartialScan.Depth depth,
            Broadcast<SerializableConfiguration> configuration) {
        List<Target> targets = splits.stream().map(Split::target).distinct().toList();
        TableKind table = options.table();
        // Spark's serializer may be Kryo, which does not know records.
        List<byte[]> tasks = new ArrayList<>();
        for (Split split : splits) {
            tasks.add(JavaObjects.bytes(split));
        }
        byte[] all = spark.parallelize(tasks, tasks.size())
                .map(task -> {
                    Split split = (Split) JavaObjects.object(task);
                    HashMap<Key, Part> found = new HashMap<>();
                    try (OpenFiles files = new OpenFiles(configuration.value().value())) {
                        int number = targets.indexOf(split.target());
                        new Scan(files, number, split, table, depth, options.names(), found).run();
                    }
                    return JavaObjects.bytes(found);
                })
                .treeReduce(LargeTensors::merged);
        Map<Key, Part> parts = parts(all);
        return table == TableKind.PROBLEMS ? unchecked(targets, parts) : intact(targets, parts, table);
    }

    @SuppressWarnings("unchecked")
    private static Map<Key, Part> parts(byte[] bytes) {
        return (Map<Key, Part>) JavaObjects.object(bytes);
    }

    private static byte[] merged(byte[] left, byte[] right) {
        HashMap<Key, Part> merged = new HashMap<>(parts(left));
        parts(right).forEach((key, part) -> merged.merge(key, part, Part::add));
        return JavaObjects.bytes(merged);
    }

    /** Reads a split. */
    private record Scan(
            OpenFiles files,
            int number,
            Split split,
            TableKind table,
            PartialScan.Depth depth,
            Predicate<String> names,
            Map<Key, Part> found) {
        private static final TensorInfo NOTHING = new TensorInfo("", 0, Shape.of(), null, List.of());

        void run() throws IOException {
            try (OpenFiles.Opened opened = files.open(split.target())) {
                run(opened.checkpoint());
            } catch (UncheckedIOException e) {
                failed(Objects.requireNonNull(e.getCause()));
            } catch (IOException e) {
                failed(e);
            }
        }

        private void failed(IOException e) throws IOException {
            // Throws what is worth another attempt.
            Failure.of(e, split.target());
            add(NOTHING, "", null, null);
        }

        private void run(Checkpoint checkpoint) throws IOException {
            boolean entries = table == TableKind.PROBLEMS;
            if (entries && !checkpoint.format().equals("V2")) {
                add(NOTHING, "", null, null);
                return;
            }
            Iterator<TensorInfo> tensors = entries ? checkpoint.entries().iterator() : checkpoint.tensorIterator();
            Pieces pieces = new Pieces(checkpoint, tensors, split, tensor -> entries || names.test(tensor.name()));
            for (Pieces.Piece piece = pieces.next(); piece != null; piece = pieces.next()) {
                TensorInfo tensor = piece.tensor();
                try {
                    if (piece.isLarge()) {
                        large(checkpoint, tensor, pieces.ranges(piece));
                    } else if (entries && tensor.dtype().isFixedWidth() && tensor.storage() != null) {
                        check(checkpoint, tensor, tensor.storage());
                    }
                } catch (CheckpointException | IllegalArgumentException e) {
                    add(tensor, "", tensor.storage(), null);
                }
            }
        }

        private void large(Checkpoint checkpoint, TensorInfo tensor, List<Pieces.Range> ranges) throws IOException {
            for (Pieces.Range range : ranges) {
                TensorSlice slice = range.slice();
                Optional<TensorInfo> stored = slice == null ? Optional.of(tensor) : checkpoint.findSlice(tensor, slice);
                PartialScan scan = PartialScan.of(checkpoint, tensor, slice, range.first(), range.count(), depth);
                add(
                        tensor,
                        slice == null ? "" : slice.toString(),
                        stored.map(TensorInfo::storage).orElse(null),
                        scan);
            }
        }

        private void check(Checkpoint checkpoint, TensorInfo entry, TensorInfo.Storage storage) throws IOException {
            PartialScan scan =
                    PartialScan.of(checkpoint, entry, null, 0, entry.shape().elements(), depth);
            if (!scan.isIntact(storage)) {
                add(entry, "", storage, null);
            }
        }

        private void add(
                TensorInfo tensor, String slice, TensorInfo.@Nullable Storage storage, @Nullable PartialScan scan) {
            found.merge(Key.of(number, tensor, slice, storage), new Part(scan), Part::add);
        }
    }

    private static boolean isIntact(Key key, Part part) {
        return part.scan != null && key.stored != null && part.scan.isIntact(key.stored.storage());
    }

    /** For each checkpoint whose entries were checked, returns those that are not intact. */
    private static Map<Target, Map<String, Object[]>> unchecked(List<Target> targets, Map<Key, Part> parts) {
        Map<Target, Map<String, Object[]>> found = new HashMap<>();
        targets.forEach(target -> found.put(target, new HashMap<>()));
        Set<Target> unknown = new HashSet<>();
        parts.forEach((key, part) -> {
            Target target = targets.get(key.target);
            if (key.stored == null) {
                unknown.add(target);
            } else if (!isIntact(key, part)) {
                found.computeIfAbsent(target, any -> new HashMap<>())
                        .put(key.stored.storage().toString(), new Object[0]);
            }
        });
        found.keySet().removeAll(unknown);
        return found;
    }

    /** Returns the intact large tensors of each checkpoint, with their rows. */
    private static Map<Target, Map<String, Object[]>> intact(
            List<Target> targets, Map<Key, Part> parts, TableKind table) {
        Map<List<Object>, List<Map.Entry<Key, Part>>> tensors = new HashMap<>();
        parts.entrySet()
                .forEach(part -> tensors.computeIfAbsent(
                                List.of(part.getKey().target, part.getKey().tensor), any -> new ArrayList<>())
                        .add(part));
        Map<Target, Map<String, Object[]>> found = new HashMap<>();
        targets.forEach(target -> found.put(target, new HashMap<>()));
        for (List<Map.Entry<Key, Part>> slices : tensors.values()) {
            Key key = slices.get(0).getKey();
            boolean complete = slices.size() == Math.max(1, key.slices)
                    && slices.stream().allMatch(slice -> isIntact(slice.getKey(), slice.getValue()));
            if (complete) {
                Target target = targets.get(key.target);
                Function<PartialScan, Object[]> row = scan -> table == TableKind.STATS
                        ? StatisticsRows.of(target, scan.statistics(key.info()))
                        : new Object[0];
                slices.stream()
                        .map(slice -> slice.getValue().scan)
                        .reduce(PartialScan::addStatistics)
                        .ifPresent(scan -> found.computeIfAbsent(target, any -> new HashMap<>())
                                .put(key.tensor, row.apply(scan)));
            }
        }
        return found;
    }
}
