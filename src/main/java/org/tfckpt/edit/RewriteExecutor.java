package org.tfckpt.edit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.tfckpt.CheckpointWriter;
import org.tfckpt.Sharding;
import org.tfckpt.ValueSource;
import org.tfckpt.WriteOptions;
import org.tfckpt.tensor.ShapeAndSlice;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorSlice;

/** Executes a plan, data file by data file, each from its start to its end. */
final class RewriteExecutor {
    /** This class itself starts data files, one for each data file of the inputs. */
    private static final Sharding AS_IN_INPUTS = Sharding.ofMaxBytes(Long.MAX_VALUE);

    private final Specification spec;
    private final CheckpointWriter writer;
    /** Written after all data files of the inputs: linked files must be numbered before new ones are started. */
    private final List<RewrittenTensor> last = new ArrayList<>();

    private int linkedFiles;
    private long linkedBytes;
    private long writtenBytes;

    private RewriteExecutor(Specification spec, CheckpointWriter writer) {
        this.spec = spec;
        this.writer = writer;
    }

    static RewriteSummary.Output run(RewritePlan plan, Path prefix, boolean overwrite, RewriteProgress progress)
            throws IOException {
        Specification.Form form = plan.spec().form();
        if (form.writer() != null) {
            return Export.run(plan, form.writer(), prefix, overwrite, progress);
        }
        Sharding sharding = form.sharding();
        WriteOptions options = WriteOptions.DEFAULT
                .withOrder(form.order())
                .withAlignment(form.alignment())
                .withSharding(sharding == null ? AS_IN_INPUTS : sharding);
        long total = plan.summary().writtenBytes();
        try (CheckpointWriter writer = CheckpointWriter.open(prefix, overwrite ? options.overwriting() : options)) {
            RewriteExecutor executor = new RewriteExecutor(plan.spec(), writer);
            writer.onProgress(bytes -> {
                executor.writtenBytes += bytes;
                progress.onProgress(executor.writtenBytes, total);
            });
            executor.write(plan);
            writer.finish();
            return new RewriteSummary.Output(executor.linkedFiles, executor.linkedBytes, executor.writtenBytes);
        }
    }

    private void write(RewritePlan plan) throws IOException {
        for (DataFilePlan input : plan.inputs()) {
            NavigableSet<Integer> shards = new TreeSet<>(input.linked());
            shards.addAll(input.written().keySet());
            for (int shard : shards) {
                write(plan, input, shard);
            }
            for (RewrittenTensor tensor : input.referenced()) {
                writer.addReference(input.checkpoint(), tensor.source(), tensor.name());
            }
        }
        plan.inputs().forEach(input -> last.addAll(input.duplicates()));
        for (RewrittenTensor tensor : last) {
            write(plan, tensor);
        }
    }

    private void write(RewritePlan plan, DataFilePlan input, int shard) throws IOException {
        List<RewrittenTensor> tensors = input.written().getOrDefault(shard, List.of());
        if (input.linked().contains(shard)) {
            if (writer.linkShard(input.checkpoint(), shard, spec.form().linking())) {
                linkedFiles++;
                linkedBytes += input.bytes(shard);
            }
            last.addAll(tensors);
            return;
        }
        if (spec.form().sharding() == null) {
            writer.beginShard();
        }
        for (RewrittenTensor tensor : tensors) {
            write(plan, tensor);
        }
    }

    private void write(RewritePlan plan, RewrittenTensor tensor) throws IOException {
        TensorInfo source = tensor.source();
        byte[] graph = plan.newObjectGraph(tensor);
        boolean isReshaped = tensor.isResized() || tensor.isTransposed();
        boolean isComputed = isReshaped || tensor.isCast() || spec.isAveraged(tensor);
        boolean isJoined = source.isPartitioned() && (isReshaped || spec.form().joinSlices());
        if (graph != null) {
            writer.add(tensor.name(), source.shape(), ValueSource.ofStrings(List.of(graph)));
        } else if (!isComputed && !isJoined) {
            writer.copy(spec.sources().get(tensor.input()), source, tensor.name());
        } else if (source.isPartitioned() && !isJoined) {
            for (TensorSlice slice : source.slices()) {
                writer.addSlice(
                        tensor.name(),
                        new ShapeAndSlice(source.shape(), slice),
                        ValueSource.ofParts(tensor.dtype(), TensorValues.of(spec, tensor, slice)));
            }
        } else {
            try {
                writer.add(tensor.name(), tensor.shape(), values(tensor));
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
        }
    }

    private ValueSource values(RewrittenTensor tensor) throws IOException {
        if (tensor.dtype().isFixedWidth()) {
            return ValueSource.ofParts(tensor.dtype(), TensorValues.of(spec, tensor, null));
        }
        if (!tensor.isResized()) {
            return ValueSource.of(spec.source(tensor));
        }
        return ValueSource.ofStrings(TensorValues.strings(spec, tensor));
    }
}
