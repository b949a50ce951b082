package org.tfckpt.format.bundle;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TextFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.table.TableBuilder;
import org.tfckpt.format.table.TableIterator;
import org.tfckpt.proto.BundleEntryProto;
import org.tfckpt.proto.BundleHeaderProto;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.TensorNames;

/**
 * Merges checkpoints into one that uses their data files, as TensorFlow does at the end of a sharded save
 * (MergeV2Checkpoints). No value is read.
 *
 * <p>Two differences from TensorFlow avoid data loss: data files are linked, not renamed, so the inputs stay complete
 * until the merged checkpoint is; and the header has the actual number of data files.
 */
public final class BundleMerge {
    private final BundleDestination destination;
    private final Set<Option> options;
    private final IndexEntries entries = new IndexEntries();
    /** The data files and their new numbers, in the order in which entries refer to them. */
    private final Map<Path, Integer> dataFiles = new LinkedHashMap<>();

    private final List<Input> merged = new ArrayList<>();
    private @Nullable BundleHeaderProto header;

    /** How checkpoints are merged. */
    public enum Option {
        /** Ignore inputs that do not exist, if at least one does. */
        ALLOW_MISSING,
        /** Do not delete the directories of inputs that are empty after the merge. */
        KEEP_DIRECTORIES,
        /** Replace an existing checkpoint at the destination. */
        OVERWRITE
    }

    private record Input(BundlePrefix prefix, int shards) {}

    private BundleMerge(BundlePrefix destination, Set<Option> options) {
        this.destination = new BundleDestination(destination, options.contains(Option.OVERWRITE));
        this.options = options;
    }

    /**
     * Merges checkpoints and deletes the inputs. If they cannot be merged, throws {@link CheckpointException} and
     * changes nothing.
     */
    public static void run(List<BundlePrefix> inputs, BundlePrefix destination, Set<Option> options)
            throws IOException {
        BundleMerge merge = new BundleMerge(destination, options);
        for (BundlePrefix input : inputs) {
            merge.add(input);
        }
        merge.write();
        merge.deleteInputs();
    }

    private void add(BundlePrefix input) throws IOException {
        if (!Files.exists(input.index())) {
            if (options.contains(Option.ALLOW_MISSING)) {
                return;
            }
            throw new CheckpointException(
                    "the checkpoint '" + input + "' does not exist",
                    ErrorContext.NONE.withTensorFlow(
                            "allow_missing_files was set to false and " + input + " did not exist."));
        }
        try (BundleIndex index = BundleIndex.open(input)) {
            addHeader(index);
            int shards = index.shardCount();
            merged.add(new Input(input, shards));
            for (TableIterator at = index.entries(); at.valid(); at.next()) {
                add(input, shards, at.key(), parse(index, at));
            }
        }
    }

    private void addHeader(BundleIndex index) throws IOException {
        BundleHeaderProto other = index.header();
        BundleHeaderProto first = header;
        if (first == null) {
            header = other;
            return;
        }
        if (first.getEndiannessValue() != other.getEndiannessValue()) {
            throw new CheckpointException(
                    "the checkpoints differ in byte order",
                    ErrorContext.at(index.name(), -1)
                            .withTensorFlow("Merging bundles with conflicting endianness; inputs corrupted?"));
        }
        if (!first.getVersion().equals(other.getVersion())) {
            throw new CheckpointException(
                    "the checkpoints differ in their format versions",
                    ErrorContext.at(index.name(), -1)
                            .withTensorFlow("Merging bundles with different format versions: merged " + text(first)
                                    + " vs. curr " + text(other)));
        }
    }

    private static String text(BundleHeaderProto header) {
        return "{" + TextFormat.printer().emittingSingleLine(true).printToString(header.getVersion()) + "}";
    }

    private static BundleEntryProto parse(BundleIndex index, TableIterator at) throws DataLossException {
        ByteBuffer value = at.value();
        byte[] bytes = new byte[value.remaining()];
        value.get(bytes);
        try {
            // The generated class preserves unknown fields.
            return BundleEntryProto.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw index.unparsable(TensorNames.decode(at.key()), e);
        }
    }

    private void add(BundlePrefix input, int shards, byte[] key, BundleEntryProto entry) throws IOException {
        String name = TensorNames.decode(key);
        byte[] known = entries.get(key);
        if (known == null) {
            if (entry.getShardId() < 0) {
                throw damage(
                        input,
                        name,
                        "the entry refers to data file " + entry.getShardId(),
                        "Invalid shard in bundle entry: key " + name);
            }
            int shard = dataFiles.computeIfAbsent(input.data(entry.getShardId(), shards), file -> dataFiles.size());
            entries.put(key, entry.toBuilder().setShardId(shard).build().toByteArray());
            return;
        }
        BundleEntryProto before = BundleEntryProto.parseFrom(known);
        if (before.getSlicesCount() == 0) {
            throw damage(
                    input,
                    name,
                    "two checkpoints contain the tensor",
                    "Duplicate tensor keyed by " + name + " encountered, when merging prefix: " + input);
        }
        if (entry.getSlicesCount() == 0) {
            throw damage(
                    input,
                    name,
                    "the tensor is partitioned in one checkpoint and not in another",
                    "Duplicate tensor keyed by " + name + "; attempting to merge in a non-slice bundle entry");
        }
        if (before.getDtypeValue() != entry.getDtypeValue()
                || !before.getShape().equals(entry.getShape())) {
            throw damage(
                    input, name, "the slices of the tensor differ in the dtype or shape of the whole tensor", null);
        }
        entries.put(
                key,
                before.toBuilder().addAllSlices(entry.getSlicesList()).build().toByteArray());
    }

    private static CheckpointException damage(BundlePrefix input, String name, String problem, @Nullable String text) {
        return new CheckpointException(
                problem,
                ErrorContext.at(input.index().toString(), -1).ofTensor(name).withTensorFlow(text));
    }

    private void write() throws IOException {
        BundleHeaderProto common = header;
        if (common == null) {
            throw new CheckpointException(
                    "none of the checkpoints exists",
                    ErrorContext.NONE.withTensorFlow(
                            "At least one prefix checkpoint file must exist, but none existed."));
        }
        try (TemporaryFiles files = destination.prepare()) {
            for (Map.Entry<Path, Integer> file : dataFiles.entrySet()) {
                if (!files.link(file.getValue(), file.getKey())) {
                    files.copy(file.getValue(), file.getKey(), bytes -> {});
                }
            }
            if (dataFiles.isEmpty()) {
                // TensorFlow's checkpoints have a data file even without tensors.
                new ShardFile(0, files.shard(0), bytes -> {}).close();
            }
            new AtomicReplacement(destination.prefix(), files, Math.max(1, dataFiles.size()), destination.overwrite())
                    .run((file, count) -> entries.write(
                            file, common.toBuilder().setNumShards(count).build(), TableBuilder::new));
        } catch (IOException e) {
            throw destination.describe(e);
        }
    }

    /** Deletes the index first: data files without an index do no harm if they cannot be deleted. */
    private void deleteInputs() throws IOException {
        for (Input input : merged) {
            if (isDestination(input.prefix)) {
                continue;
            }
            AtomicReplacement.deleteUnlessInUse(input.prefix.index());
            for (int shard = 0; shard < input.shards; shard++) {
                Path file = input.prefix.data(shard, input.shards);
                // A data file that no entry refers to is kept unless it is empty.
                if (dataFiles.containsKey(file) || (Files.exists(file) && Files.size(file) == 0)) {
                    AtomicReplacement.deleteUnlessInUse(file);
                }
            }
            Path directory = input.prefix.directory().toAbsolutePath();
            if (!options.contains(Option.KEEP_DIRECTORIES)
                    && !Files.isSameFile(
                            directory, destination.prefix().directory().toAbsolutePath())) {
                // Fails, and is ignored, if the directory is not empty.
                AtomicReplacement.deleteUnlessInUse(directory);
            }
        }
    }

    private boolean isDestination(BundlePrefix input) throws IOException {
        return input.base().equals(destination.prefix().base())
                && Files.isSameFile(
                        input.directory().toAbsolutePath(),
                        destination.prefix().directory().toAbsolutePath());
    }
}
