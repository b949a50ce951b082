package org.tfckpt.edit;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.CheckpointWriter;
import org.tfckpt.Linking;
import org.tfckpt.Sharding;
import org.tfckpt.Tensor;
import org.tfckpt.ValueSource;
import org.tfckpt.WriteOptions;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.tensor.ShapeAndSlice;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorSlice;

/** Carries a plan out: data file by data file, each from its beginning to its end. */
final class RewriteExecutor {
    /** Data files are begun here, one for each that they come from. */
    private static final Sharding AS_THEY_COME = Sharding.ofMaxBytes(Long.MAX_VALUE);

    private final Specification wanted;
    private final List<InputLayout> inputs;
    private final byte @Nullable [] objects;
    private final CheckpointWriter writer;
    private final List<RewrittenTensor> late = new ArrayList<>();
    private int linkedFiles;
    private long linkedBytes;

    private RewriteExecutor(
            Specification wanted, List<InputLayout> inputs, byte @Nullable [] objects, CheckpointWriter writer) {
        this.wanted = wanted;
        this.inputs = inputs;
        this.objects = objects;
        this.writer = writer;
    }

    /** What was linked and written in the end. */
    record Done(int linkedFiles, long linkedBytes, long writtenBytes) {}

    static Done run(
            Specification wanted,
            List<InputLayout> inputs,
            byte @Nullable [] objects,
            Path prefix,
            boolean overwrite,
            Watch watch)
            throws IOException {
        WriteOptions options = WriteOptions.DEFAULT
                .withOrder(wanted.targetOrder())
                .withAlignment(wanted.alignment)
                .withSharding(wanted.sharding == null ? AS_THEY_COME : wanted.sharding);
        try (CheckpointWriter writer = CheckpointWriter.open(prefix, overwrite ? options.overwriting() : options)) {
            writer.onProgress(watch::add);
            RewriteExecutor execution = new RewriteExecutor(wanted, inputs, objects, writer);
            execution.write();
            writer.finish();
            return new Done(execution.linkedFiles, execution.linkedBytes, watch.done());
        }
    }

    /** Adds up. */
    static final class Watch {
        private final RewriteProgress progress;
        private final long total;
        private long done;

        Watch(RewriteProgress progress, long total) {
            this.progress = progress;
            this.total = total;
        }

        private void add(long bytes) {
            done += bytes;
            progress.at(done, total);
        }

        long done() {
            return done;
        }
    }

    private void write() throws IOException {
        for (InputLayout input : inputs) {
            NavigableSet<Integer> shards = new TreeSet<>(input.whole());
            shards.addAll(input.copied().keySet());
            for (int shard : shards) {
                write(input, shard);
            }
            for (RewrittenTensor tensor : input.referred()) {
                writer.addReference(input.checkpoint(), tensor.source(), tensor.name());
            }
        }
        inputs.forEach(input -> late.addAll(input.others()));
        for (RewrittenTensor tensor : late) {
            write(wanted.inputs.get(tensor.input()), tensor);
        }
    }

    private void write(InputLayout input, int shard) throws IOException {
        List<RewrittenTensor> tensors = input.copied().getOrDefault(shard, List.of());
        if (input.whole().contains(shard)) {
            if (writer.linkShard(input.checkpoint(), shard, wanted.linking)) {
                linkedFiles++;
                linkedBytes += input.bytes(shard);
            }
            // Behind all data files that are shared: these have their numbers before anything is written anew.
            late.addAll(tensors);
            return;
        }
        if (wanted.sharding == null) {
            writer.beginShard();
        }
        for (RewrittenTensor tensor : tensors) {
            write(input.checkpoint(), tensor);
        }
    }

    private void write(Checkpoint checkpoint, RewrittenTensor tensor) throws IOException {
        TensorInfo source = tensor.source();
        if (objects != null && tensor.name().equals(ObjectKeys.OBJECT_GRAPH)) {
            writer.add(tensor.name(), source.shape(), ValueSource.ofStrings(List.of(objects)));
        } else if (tensor.isCast()) {
            cast(checkpoint.tensor(source), tensor);
        } else if (wanted.whole && source.isPartitioned()) {
            Tensor values = checkpoint.tensor(source);
            if (source.dtype().isFixedWidth()) {
                values.check();
            }
            writer.add(tensor.name(), source.shape(), ValueSource.of(values));
        } else {
            writer.copy(checkpoint, source, tensor.name());
        }
    }

    private void cast(Tensor values, RewrittenTensor tensor) throws IOException {
        TensorInfo source = tensor.source();
        if (wanted.whole || !source.isPartitioned()) {
            writer.add(tensor.name(), source.shape(), FloatCast.of(values, tensor.dtype()));
            return;
        }
        for (TensorSlice slice : source.slices()) {
            writer.addSlice(
                    tensor.name(),
                    new ShapeAndSlice(source.shape(), slice),
                    FloatCast.of(values.slice(slice), tensor.dtype()));
        }
    }

    /** Whether a data file that is taken whole is written, as far as one knows beforehand. */
    static boolean copiesWhole(Specification wanted) {
        return wanted.linking == Linking.NEVER;
    }
}
