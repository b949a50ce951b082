package org.tfckpt.format.bundle;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.TextFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.table.TableBuilder;
import org.tfckpt.format.table.TableIterator;
import org.tfckpt.proto.BundleEntryProto;
import org.tfckpt.proto.BundleHeaderProto;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorNames;

/**
 * Makes one checkpoint of several, whose data files become its data files: what a sharded save of TensorFlow ends with
 * (MergeV2Checkpoints). No value is read.
 *
 * <p>It differs from TensorFlow's where that loses something: the data files are linked, not renamed, so that the inputs
 * are whole until the merged checkpoint is; and the header counts the data files that there are.
 */
public final class BundleMerge {
    private final BundlePrefix destination;
    private final Options options;
    private final IndexEntries entries = new IndexEntries();
    /** In the order in which entries mention them, which is their order in the merged checkpoint. */
    private final Map<Path, Integer> dataFiles = new LinkedHashMap<>();

    private final List<Input> merged = new ArrayList<>();
    private @Nullable BundleHeaderProto header;

    /**
     * How checkpoints are merged.
     *
     * @param allowMissing whether inputs that are not there are passed over, as long as there is one
     * @param deleteDirectories whether directories of inputs are deleted that are empty after it
     * @param overwrite whether a checkpoint that is at the destination is replaced
     */
    public record Options(boolean allowMissing, boolean deleteDirectories, boolean overwrite) {}

    private record Input(BundlePrefix prefix, int shards) {}

    private BundleMerge(BundlePrefix destination, Options options) {
        this.destination = destination;
        this.options = options;
    }

    /**
     * Merges.
     *
     * @param inputs the checkpoints, which are taken away
     * @param destination where the merged one will be
     * @param options how
     * @throws CheckpointException with TensorFlow's words, if they do not go together; then nothing has changed
     * @throws IOException if they cannot be read, or the merged one cannot be written
     */
    public static void run(List<BundlePrefix> inputs, BundlePrefix destination, Options options) throws IOException {
        BundleMerge merge = new BundleMerge(destination, options);
        for (BundlePrefix input : inputs) {
            merge.add(input);
        }
        merge.write();
        merge.removeInputs();
    }

    private void add(BundlePrefix input) throws IOException {
        if (!Files.exists(input.index())) {
            if (options.allowMissing) {
                return;
            }
            throw new CheckpointException(
                    "allow_missing_files was set to false and " + input + " did not exist.", ErrorContext.NONE);
        }
        try (BundleIndex index = BundleIndex.open(input)) {
            addHeader(index);
            int shards = index.header().shardCount();
            merged.add(new Input(input, shards));
            for (TableIterator at = index.entries(); at.valid(); at.next()) {
                add(input, shards, at.key(), parse(index, at));
            }
        }
    }

    private void addHeader(BundleIndex index) throws IOException {
        BundleHeaderProto other;
        try (TableIterator at = index.table().iterator()) {
            at.seekToFirst();
            other = BundleHeaderProto.parseFrom(bytes(at.value()));
        }
        BundleHeaderProto first = header;
        if (first == null) {
            header = other;
            return;
        }
        if (first.getEndiannessValue() != other.getEndiannessValue()) {
            throw new CheckpointException(
                    "Merging bundles with conflicting endianness; inputs corrupted?",
                    ErrorContext.at(index.name(), -1));
        }
        if (!first.getVersion().equals(other.getVersion())) {
            throw new CheckpointException(
                    "Merging bundles with different format versions: merged " + text(first) + " vs. curr "
                            + text(other),
                    ErrorContext.at(index.name(), -1));
        }
    }

    private static String text(BundleHeaderProto header) {
        return "{" + TextFormat.printer().emittingSingleLine(true).printToString(header.getVersion()) + "}";
    }

    private static byte[] bytes(ByteBuffer value) {
        byte[] bytes = new byte[value.remaining()];
        value.get(bytes);
        return bytes;
    }

    private static BundleEntryProto parse(BundleIndex index, TableIterator at) throws DataLossException {
        try {
            // Also fields that we do not know of come along in this way.
            return BundleEntryProto.parseFrom(bytes(at.value()));
        } catch (InvalidProtocolBufferException e) {
            String name = TensorNames.decode(at.key());
            throw new DataLossException(
                    ProblemKind.ENTRY,
                    "Entry for key " + name + " not parseable.",
                    ErrorContext.at(index.name(), -1).ofTensor(name),
                    e);
        }
    }

    private void add(BundlePrefix input, int shards, byte[] key, BundleEntryProto entry) throws IOException {
        String name = TensorNames.decode(key);
        byte[] known = entries.get(key);
        if (known == null) {
            if (entry.getShardId() < 0) {
                throw damage(input, name, "Invalid shard in bundle entry: key " + name);
            }
            int shard = dataFiles.computeIfAbsent(input.data(entry.getShardId(), shards), file -> dataFiles.size());
            entries.put(key, entry.toBuilder().setShardId(shard).build().toByteArray());
            return;
        }
        BundleEntryProto before = BundleEntryProto.parseFrom(known);
        if (before.getSlicesCount() == 0) {
            throw damage(
                    input, name, "Duplicate tensor keyed by " + name + " encountered, when merging prefix: " + input);
        }
        if (entry.getSlicesCount() == 0) {
            throw damage(
                    input,
                    name,
                    "Duplicate tensor keyed by " + name + "; attempting to merge in a non-slice bundle entry");
        }
        if (before.getDtypeValue() != entry.getDtypeValue()
                || !before.getShape().equals(entry.getShape())) {
            throw damage(input, name, "Slices of tensor " + name + " differ in dtype or shape of the whole");
        }
        entries.put(
                key,
                before.toBuilder().addAllSlices(entry.getSlicesList()).build().toByteArray());
    }

    private static CheckpointException damage(BundlePrefix input, String name, String problem) {
        return new CheckpointException(
                problem, ErrorContext.at(input.index().toString(), -1).ofTensor(name));
    }

    private void write() throws IOException {
        BundleHeaderProto common = header;
        if (common == null) {
            throw new CheckpointException(
                    "At least one prefix checkpoint file must exist, but none existed.", ErrorContext.NONE);
        }
        TemporaryFiles files = BundleWriter.begin(destination, options.overwrite);
        try (files) {
            for (Map.Entry<Path, Integer> file : dataFiles.entrySet()) {
                adopt(files, file.getValue(), file.getKey());
            }
            if (dataFiles.isEmpty()) {
                // TensorFlow's checkpoints have a data file even without tensors.
                new ShardFile(0, files.shard(0)).close();
            }
            new AtomicReplacement(destination, files, Math.max(1, dataFiles.size()), options.overwrite)
                    .run((file, count) -> entries.write(
                            file, common.toBuilder().setNumShards(count).build(), TableBuilder.Options.DEFAULT));
        } catch (java.nio.file.FileAlreadyExistsException e) {
            throw e;
        } catch (IOException e) {
            throw BundleWriter.cannotWrite(destination, e);
        }
    }

    private static void adopt(TemporaryFiles files, int shard, Path file) throws IOException {
        try {
            files.adopt(shard, file);
        } catch (NoSuchFileException e) {
            throw BundleWriter.missing(file, e);
        }
    }

    /** The index first: without it the rest is no checkpoint. What cannot be taken away does no harm. */
    private void removeInputs() throws IOException {
        for (Input input : merged) {
            if (isDestination(input.prefix)) {
                continue;
            }
            AtomicReplacement.removeUnlessInUse(input.prefix.index());
            for (int shard = 0; shard < input.shards; shard++) {
                Path file = input.prefix.data(shard, input.shards);
                // One that no entry mentions has nothing in it, or something that is not ours to judge.
                if (dataFiles.containsKey(file) || (Files.exists(file) && Files.size(file) == 0)) {
                    AtomicReplacement.removeUnlessInUse(file);
                }
            }
            Path directory = input.prefix.directory().toAbsolutePath();
            if (options.deleteDirectories
                    && !Files.isSameFile(directory, destination.directory().toAbsolutePath())) {
                // Not if something is in it.
                AtomicReplacement.removeUnlessInUse(directory);
            }
        }
    }

    private boolean isDestination(BundlePrefix input) throws IOException {
        return input.base().equals(destination.base())
                && Files.isSameFile(
                        input.directory().toAbsolutePath(),
                        destination.directory().toAbsolutePath());
    }
}
