package org.tfckpt.values;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.Tensor;
import org.tfckpt.TensorDigest;
import org.tfckpt.io.OrderedWork;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.StringVector;
import org.tfckpt.tensor.TensorInfo;

/**
 * Finds tensors with equal values: the same dtype, shape and elements; names, byte order and slices may differ. Only
 * tensors that may be equal by dtype, shape and stored checksum are read; then their digests decide.
 */
public final class Duplicates {
    private final ScanOptions options;
    private final List<Checkpoint> checkpoints;
    private final BiPredicate<Checkpoint, TensorInfo> selection;
    private final Consumer<DataLossException> damage;
    /** What identifies the data files of tensors, by checkpoint and shard. */
    private final Map<List<Object>, Object> files = new HashMap<>();

    private Duplicates(
            List<Checkpoint> checkpoints,
            BiPredicate<Checkpoint, TensorInfo> selection,
            ScanOptions options,
            Consumer<DataLossException> damage) {
        this.checkpoints = checkpoints;
        this.selection = selection;
        this.damage = damage;
        this.options = options;
    }

    /**
     * A tensor of one of several checkpoints.
     *
     * @param checkpoint the checkpoint
     * @param info the tensor
     */
    public record Member(Checkpoint checkpoint, TensorInfo info) {}

    /**
     * Tensors with equal values. Immutable.
     *
     * @param tensors at least two tensors, in the order of the checkpoints and of names
     * @param sha256 the digest of their values, as {@link TensorDigest} computes it
     * @param wastedBytes the size of all copies but one; bytes that several tensors share, also in linked files, count once
     */
    public record Group(List<Member> tensors, String sha256, long wastedBytes) {
        /**
         * Makes an immutable copy of the list.
         *
         * @param tensors the tensors
         * @param sha256 the digest
         * @param wastedBytes the size of all copies but one
         */
        public Group {
            tensors = List.copyOf(tensors);
        }
    }

    /** What is equal without reading values, if the values are. */
    private record Key(int dtype, Shape shape) {}

    /**
     * Finds equal tensors in checkpoints. Tensors without elements are ignored.
     *
     * @param checkpoints open checkpoints
     * @param selection the tensors to consider
     * @param options the threads to use
     * @return the groups of equal tensors, those that waste most first
     * @throws IOException if a checkpoint cannot be read, or a tensor that may be equal to another one is damaged
     */
    public static List<Group> find(
            List<Checkpoint> checkpoints, BiPredicate<Checkpoint, TensorInfo> selection, ScanOptions options)
            throws IOException {
        return find(checkpoints, selection, options, problem -> {
            throw new UncheckedIOException(problem);
        });
    }

    /**
     * Finds equal tensors in checkpoints, even if some are damaged. Tensors without elements are ignored.
     *
     * @param checkpoints open checkpoints
     * @param selection the tensors to consider
     * @param options the threads to use
     * @param damage receives the damage of tensors that may be equal to others, which are in no group; called on the
     *     calling thread, in an order that does not depend on the number of threads
     * @return the groups of equal tensors, those that waste most first
     * @throws IOException if a checkpoint cannot be read
     */
    public static List<Group> find(
            List<Checkpoint> checkpoints,
            BiPredicate<Checkpoint, TensorInfo> selection,
            ScanOptions options,
            Consumer<DataLossException> damage)
            throws IOException {
        try {
            return new Duplicates(List.copyOf(checkpoints), selection, options, damage).find();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private List<Group> find() throws IOException {
        List<List<Member>> candidates = new ArrayList<>();
        for (List<Member> similar : byKey().values()) {
            candidates.addAll(byChecksum(similar));
        }
        candidates.removeIf(similar -> similar.size() < 2);
        List<Group> groups = new ArrayList<>();
        Map<Member, String> digests = digests(candidates);
        for (List<Member> similar : candidates) {
            Map<String, List<Member>> equal = new LinkedHashMap<>();
            for (Member member : similar) {
                String digest = digests.get(member);
                if (digest != null) {
                    equal.computeIfAbsent(digest, key -> new ArrayList<>()).add(member);
                }
            }
            for (Map.Entry<String, List<Member>> same : equal.entrySet()) {
                if (same.getValue().size() > 1) {
                    groups.add(new Group(same.getValue(), same.getKey(), wasted(same.getValue())));
                }
            }
        }
        groups.sort(Comparator.comparingLong(Group::wastedBytes).reversed());
        return groups;
    }

    /** Returns the digests of all tensors but those that are damaged. */
    private Map<Member, String> digests(List<List<Member>> candidates) throws IOException {
        Map<Member, String> digests = new ConcurrentHashMap<>();
        try (OrderedWork work = new OrderedWork(options.executor(), options.threads())) {
            for (Member member : candidates.stream().flatMap(List::stream).toList()) {
                work.add(new OrderedWork.Job() {
                    private @Nullable DataLossException failure;

                    @Override
                    public void run() throws IOException {
                        try {
                            digests.put(member, TensorDigest.sha256(member.checkpoint.tensor(member.info)));
                        } catch (DataLossException e) {
                            failure = e;
                        }
                    }

                    @Override
                    public void finish() {
                        if (failure != null) {
                            damage.accept(failure);
                        }
                    }
                });
            }
            work.finish();
        }
        return digests;
    }

    private Map<Key, List<Member>> byKey() throws IOException {
        Map<Key, List<Member>> all = new LinkedHashMap<>();
        for (Checkpoint checkpoint : checkpoints) {
            try (Stream<TensorInfo> tensors = checkpoint.tensors()) {
                tensors.filter(info -> selection.test(checkpoint, info))
                        .filter(info -> info.shape().elementCount().orElse(0) > 0)
                        .filter(info -> PairTask.canCompare(info.dtype(), info.dtype()))
                        .forEach(info -> all.computeIfAbsent(
                                        new Key(info.dtypeNumber(), info.shape()), key -> new ArrayList<>(1))
                                .add(new Member(checkpoint, info)));
            }
        }
        return all;
    }

    /** Divides tensors by their checksums, if all have one of the same kind. */
    private static Collection<List<Member>> byChecksum(List<Member> similar) {
        Map<Long, List<Member>> byChecksum = new LinkedHashMap<>();
        for (Member member : similar) {
            TensorInfo.Storage storage = member.info.storage();
            if (storage == null || !storage.hasCrc32c() || !haveSameOrder(member, similar.get(0))) {
                return List.of(similar);
            }
            byChecksum
                    .computeIfAbsent((long) storage.crc32c(), checksum -> new ArrayList<>())
                    .add(member);
        }
        return byChecksum.values();
    }

    private static boolean haveSameOrder(Member a, Member b) {
        return a.info.dtype().swapUnit() == 1
                || a.checkpoint
                        .tensor(a.info)
                        .order()
                        .equals(b.checkpoint.tensor(b.info).order());
    }

    private long wasted(List<Member> equal) throws IOException {
        Set<Object> places = new HashSet<>();
        long bytes = 0;
        for (Member member : equal) {
            TensorInfo.Storage storage = member.info.storage();
            Object place = storage == null
                    ? List.of(member.checkpoint.prefix(), member.info.name())
                    : List.of(
                            files.computeIfAbsent(
                                    List.of(member.checkpoint, storage.shard()),
                                    shard -> identity(member.checkpoint.dataFile(storage.shard()))),
                            storage.offset());
            if (places.add(place)) {
                bytes += size(member);
            }
        }
        return bytes - size(equal.get(0));
    }

    /** Identifies a data file: linked files, as {@code rewrite} makes them, are one. */
    private static Object identity(Path file) {
        if (!file.getFileSystem().equals(FileSystems.getDefault())) {
            return file;
        }
        try {
            Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
            return key == null ? file : key;
        } catch (IOException e) {
            return file;
        }
    }

    /** Returns the size of a tensor in its file, or of its values if the index does not contain it. */
    private static long size(Member member) throws IOException {
        if (member.info.byteSize() >= 0 || member.info.dtype() != DataType.DT_STRING) {
            return Math.max(0, member.info.byteSize());
        }
        Tensor tensor = member.checkpoint.tensor(member.info);
        long bytes = 0;
        StringVector part;
        for (int at = 0; at < tensor.shape().elements(); at += part.size()) {
            part = tensor.stringPart(at);
            bytes += part.byteSize();
        }
        return bytes;
    }
}
