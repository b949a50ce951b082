package org.tfckpt.edit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tfckpt.FileFormat;
import org.tfckpt.Sharding;
import org.tfckpt.Tensor;
import org.tfckpt.ValueSource;
import org.tfckpt.format.Destination;
import org.tfckpt.format.ElementSource;
import org.tfckpt.format.FormatWriter;
import org.tfckpt.format.NewTensor;
import org.tfckpt.format.StringSource;
import org.tfckpt.format.npz.NpyWriter;
import org.tfckpt.format.npz.NpzWriter;
import org.tfckpt.format.safetensors.SafetensorsWriter;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.StringVector;
import org.tfckpt.tensor.TensorNames;

/** Writes planned tensors in another format than that of checkpoints. */
final class Export {
    private static final int MAX_NAMED = 3;
    private final Specification spec;
    private final FormatWriter writer;

    private Export(Specification spec, FormatWriter writer) {
        this.spec = spec;
        this.writer = writer;
    }

    /** Returns the writer of a format; null for checkpoints. Only this method knows which formats there are. */
    static @Nullable FormatWriter writer(FileFormat format, Map<String, String> metadata, @Nullable Sharding sharding) {
        return switch (format) {
            case V2 -> null;
            case NPZ -> new NpzWriter();
            case NPY -> new NpyWriter();
            case SAFETENSORS ->
                new SafetensorsWriter(
                        sharding == null
                                ? new SafetensorsWriter.Options(metadata, 1, 0)
                                : new SafetensorsWriter.Options(metadata, sharding.count(), sharding.maxBytes()));
        };
    }

    /** Returns the tensors that fit, and adds a note about those that do not, or are stored in another dtype. */
    static List<RewrittenTensor> fitting(Specification spec, FormatWriter writer, PlannedTensors planned)
            throws IOException {
        return new Export(spec, writer).fitting(planned);
    }

    private List<RewrittenTensor> fitting(PlannedTensors planned) throws IOException {
        List<RewrittenTensor> fitting = new ArrayList<>();
        List<RewrittenTensor> others = new ArrayList<>();
        List<RewrittenTensor> widened = new ArrayList<>();
        List<RewrittenTensor> integers = new ArrayList<>();
        for (RewrittenTensor tensor : planned.tensors()) {
            if (tensor.name().equals(ObjectKeys.OBJECT_GRAPH)) {
                continue;
            }
            FormatWriter.Fit fit = writer.fit(newTensor(tensor));
            switch (fit) {
                case NONE -> others.add(tensor);
                case WIDENED -> widened.add(tensor);
                case AS_INTEGERS -> integers.add(tensor);
                case EXACT -> {}
            }
            if (fit != FormatWriter.Fit.NONE) {
                fitting.add(tensor);
            }
        }
        if (!others.isEmpty()) {
            String text = writer.format() + " cannot hold " + named(others);
            if (spec.form().strict()) {
                throw new CheckpointException(
                        text, ErrorContext.hint("exclude them, or leave out --strict (in Java strict) to omit them"));
            }
            planned.note(text + (others.size() == 1 ? ": it is left out" : ": they are left out"));
        }
        if (!widened.isEmpty()) {
            planned.note(named(widened) + " widened to float32, which holds every value exactly");
        }
        if (!integers.isEmpty()) {
            planned.note(named(integers) + " stored as the integers that represent the values");
        }
        return fitting;
    }

    private static String named(List<RewrittenTensor> tensors) {
        String names = tensors.stream()
                .limit(MAX_NAMED)
                .map(tensor -> "'" + TensorNames.printable(tensor.name()) + "' ("
                        + DataType.enumName(
                                tensor.dtype() == DataType.UNKNOWN
                                        ? tensor.source().dtypeNumber()
                                        : tensor.dtype().number())
                        + ")")
                .collect(Collectors.joining(", "));
        return tensors.size()
                + (tensors.size() == 1 ? " tensor: " : " tensors: ")
                + names
                + (tensors.size() > MAX_NAMED ? ", …" : "");
    }

    /** Writes one file to a stream; closes it at the end. */
    static RewriteSummary.Output run(RewritePlan plan, FormatWriter writer, WritableByteChannel target)
            throws IOException {
        long[] written = {0};
        try {
            writer.write(target, new Export(plan.spec(), writer).newTensors(plan), bytes -> written[0] += bytes);
        } catch (UncheckedIOException e) {
            throw Objects.requireNonNull(e.getCause());
        }
        return new RewriteSummary.Output(0, 0, written[0]);
    }

    private List<NewTensor> newTensors(RewritePlan plan) {
        return plan.tensors().stream().map(this::newTensor).toList();
    }

    static RewriteSummary.Output run(
            RewritePlan plan, FormatWriter writer, Path target, boolean overwrite, RewriteProgress progress)
            throws IOException {
        List<NewTensor> tensors = new Export(plan.spec(), writer).newTensors(plan);
        long[] written = {0};
        long total = plan.summary().writtenBytes();
        try {
            writer.write(target, overwrite, tensors, bytes -> {
                written[0] += bytes;
                progress.onProgress(written[0], Math.max(total, written[0]));
            });
        } catch (IOException e) {
            throw Destination.describe("'" + target + "'", e);
        } catch (UncheckedIOException e) {
            throw Destination.describe("'" + target + "'", Objects.requireNonNull(e.getCause()));
        }
        return new RewriteSummary.Output(0, 0, written[0]);
    }

    private NewTensor newTensor(RewrittenTensor tensor) {
        return new NewTensor(tensor.name(), tensor.dtype(), tensor.shape(), new NewTensor.Values() {
            @Override
            public ElementSource elements() throws IOException {
                ValueSource.Parts elements = TensorValues.of(spec, tensor, null);
                return consumer -> elements.forEachPart(consumer::accept);
            }

            @Override
            public StringSource strings() throws IOException {
                return tensor.isResized()
                        ? StringSource.of(TensorValues.strings(spec, tensor))
                        : Export.strings(spec.source(tensor));
            }
        });
    }

    private static StringSource strings(Tensor tensor) throws IOException {
        tensor.check();
        long count = tensor.shape().elements();
        return consumer -> {
            StringVector part;
            for (int i = 0; i < count; i += part.size()) {
                part = tensor.stringPart(i);
                consumer.accept(part);
            }
        };
    }
}
