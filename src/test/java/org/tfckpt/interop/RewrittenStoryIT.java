package org.tfckpt.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.tfckpt.Checkpoint;
import org.tfckpt.CheckpointWriter;
import org.tfckpt.Tensor;
import org.tfckpt.ValueSource;
import org.tfckpt.edit.Average;
import org.tfckpt.edit.GraphFit;
import org.tfckpt.edit.Rewrite;
import org.tfckpt.edit.RewriteProgress;
import org.tfckpt.edit.RewrittenTensor;
import org.tfckpt.graph.Graph;
import org.tfckpt.graph.GraphVariable;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.objects.ObjectNode;
import org.tfckpt.restore.NameMapping;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.Exchange.Item;
import org.tfckpt.testing.Values;

@DisplayName("TensorFlow restores the rewritten story by name, by key, and into the changed graph, and its averages")
@EnabledIfSystemProperty(named = "tfckpt.interop.lib", matches = ".+")
class RewrittenStoryIT {
    private static final Path STORY = Corpus.root().resolve("story");
    private static final Path LOG = STORY.resolve("log/model.ckpt-122543");
    private static final Path TF2 = STORY.resolve("tf2/ckpt-1");

    @TempDir
    private Path directory;

    /** Returns a tensor as TensorFlow must restore it under a name. */
    private static Item item(String name, Tensor tensor) throws IOException {
        List<byte[]> values = tensor.dtype() == DataType.DT_STRING
                ? List.of(tensor.toBytesArray())
                : List.of(Values.hex(Values.hex(tensor.asByteBuffer())));
        return new Item(
                TensorNames.encode(name),
                "",
                tensor.dtype().number(),
                tensor.shape().toArray(),
                values);
    }

    private void assertRestores(Path prefix, List<Item> items) throws Exception {
        TensorFlowProcess process = new TensorFlowProcess(directory);
        Path restored = directory.resolve("restored");
        process.command("restore", prefix, process.items(items), restored);
        process.run();
        TensorFlowProcess.assertRestored(restored, items);
    }

    @Test
    void fromObjectsToNames() throws Exception {
        Path target = directory.resolve("names");
        try (Checkpoint tf2 = Checkpoint.open(TF2);
                Checkpoint log = Checkpoint.open(LOG)) {
            Rewrite.of(tf2).fullNames().build().run(target);
            List<Item> wanted = new ArrayList<>();
            for (TensorInfo info : log.tensors().toList()) {
                if (!info.name().endsWith("/ExponentialMovingAverage")) {
                    wanted.add(item(info.name(), log.tensor(info)));
                }
            }
            assertThat(wanted).hasSize(67);
            assertRestores(target, wanted);
        }
    }

    @Test
    void fromNamesToObjects() throws Exception {
        Path target = directory.resolve("objects");
        try (Checkpoint tf2 = Checkpoint.open(TF2);
                Checkpoint log = Checkpoint.open(LOG)) {
            Rewrite.of(log).fitTo(GraphFit.to(tf2).fillFrom(tf2)).build().run(target);
            List<Item> wanted = new ArrayList<>();
            for (TensorInfo info : tf2.tensors().toList()) {
                wanted.add(item(info.name(), tf2.tensor(info)));
            }
            assertThat(wanted).hasSize(73);
            assertRestores(target, wanted);
        }
    }

    @Test
    void aPartialObjectGraphNamesOnlyWhatIsThere() throws Exception {
        Path target = directory.resolve("objects");
        try (Checkpoint tf2 = Checkpoint.open(TF2);
                Checkpoint log = Checkpoint.open(LOG)) {
            Rewrite.of(log).fitTo(GraphFit.to(tf2).allowMissing()).build().run(target);
            List<Item> wanted = new ArrayList<>();
            try (Checkpoint result = Checkpoint.open(target)) {
                wanted.add(item(ObjectKeys.OBJECT_GRAPH, result.tensor(ObjectKeys.OBJECT_GRAPH)));
                for (ObjectNode.Attribute attribute :
                        result.objectGraph().orElseThrow().attributes().toList()) {
                    wanted.add(item(attribute.key(), tf2.tensor(attribute.key())));
                }
            }
            assertThat(wanted).hasSize(69);
            assertRestores(target, wanted);
        }
    }

    /** Saves the changed model with values of its own. */
    private Path model(Graph graph) throws IOException {
        Path prefix = directory.resolve("model");
        try (CheckpointWriter out = CheckpointWriter.open(prefix)) {
            int seed = 0;
            for (GraphVariable variable : graph.variables()) {
                Shape shape = variable.shape().orElseThrow();
                byte[] values = Values.random(
                        seed++, (int) shape.elements() * variable.dtype().width());
                out.add(
                        variable.name(),
                        shape,
                        ValueSource.of(variable.dtype(), ByteBuffer.wrap(values).order(ByteOrder.LITTLE_ENDIAN)));
            }
            out.finish();
        }
        return prefix;
    }

    @Test
    void resizedAndFilledIntoTheChangedGraphWithoutExclusions() throws Exception {
        Graph graph = Graph.open(STORY.resolve("changed/graph.meta"));
        for (boolean fills : new boolean[] {true, false}) {
            Path target = directory.resolve("fitted" + fills);
            List<Item> wanted = new ArrayList<>();
            try (Checkpoint log = Checkpoint.open(LOG);
                    Checkpoint model = fills ? Checkpoint.open(model(graph)) : Checkpoint.open(LOG)) {
                GraphFit fit = GraphFit.to(graph)
                        .from(NameMapping.sed("s#^init/#input/#"))
                        .resize();
                Rewrite rewrite = Rewrite.of(log)
                        .fitTo(fills ? fit.fillFrom(model) : fit.allowMissing())
                        .build();
                rewrite.run(target);
                for (RewrittenTensor tensor : rewrite.tensors()) {
                    wanted.add(expected(tensor, log, model));
                }
            }
            // Without another checkpoint, what does not exist at all cannot be filled.
            assertThat(wanted).hasSize(fills ? graph.variables().size() : 64);
            assertRestores(target, wanted);
        }
    }

    /** Returns what the description of a tensor promises. */
    private static Item expected(RewrittenTensor tensor, Checkpoint log, Checkpoint model) throws IOException {
        if (!tensor.isResized()) {
            return item(tensor.name(), (tensor.filled() ? model : log).tensor(tensor.source()));
        }
        byte[] old = Values.hex(Values.hex(log.tensor(tensor.source()).asByteBuffer()));
        byte[] values = tensor.rest().isPresent()
                ? Values.hex(Values.hex(model.tensor(tensor.rest().get()).asByteBuffer()))
                : new byte[(int) tensor.shape().elements() * Float.BYTES];
        // The last dimension grows from 10 to 100; all others stay.
        assertThat(tensor.source().shape().dimension(tensor.shape().rank() - 1)).isEqualTo(10);
        assertThat(tensor.shape().dimension(tensor.shape().rank() - 1)).isEqualTo(100);
        for (int row = 0; row < old.length / 40; row++) {
            System.arraycopy(old, 40 * row, values, 400 * row, 40);
        }
        return new Item(
                TensorNames.encode(tensor.name()),
                "",
                tensor.dtype().number(),
                tensor.shape().toArray(),
                List.of(values));
    }

    /** Writes a checkpoint with the same tensors, whose floats are others. */
    private Path trained(Checkpoint source) throws IOException {
        Path prefix = directory.resolve("trained");
        try (CheckpointWriter out = CheckpointWriter.open(prefix)) {
            for (TensorInfo info : source.tensors().toList()) {
                Tensor tensor = source.tensor(info);
                if (info.dtype() == DataType.DT_FLOAT) {
                    float[] values = tensor.toFloatArray();
                    for (int i = 0; i < values.length; i++) {
                        values[i] = values[i] * 0.75f + i % 7;
                    }
                    out.add(info.name(), info.shape(), ValueSource.of(values));
                } else {
                    out.add(info.name(), info.shape(), ValueSource.of(tensor));
                }
            }
            out.finish();
        }
        return prefix;
    }

    /** Returns the floats of the average of two tensors. */
    private static Item average(Tensor a, Tensor b) throws IOException {
        float[] first = a.toFloatArray();
        float[] second = b.toFloatArray();
        ByteBuffer mean = ByteBuffer.allocate(first.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < first.length; i++) {
            mean.putFloat((float) ((first[i] + 3.0 * second[i]) / 4));
        }
        return new Item(
                TensorNames.encode(a.name()), "", a.dtype().number(), a.shape().toArray(), List.of(mean.array()));
    }

    /** The object graph of the average lists its tensors, and TensorFlow restores each. */
    @ParameterizedTest
    @org.junit.jupiter.params.provider.ValueSource(booleans = {false, true})
    void averages(boolean isObjectBased) throws Exception {
        Path target = directory.resolve("average");
        try (Checkpoint first = Checkpoint.open(isObjectBased ? TF2 : LOG);
                Checkpoint second = Checkpoint.open(trained(first))) {
            Average.of(List.of(first, second))
                    .weights(1, 3)
                    .build()
                    .run(target, false, RewriteProgress.NONE, warning -> {});
            List<Item> wanted = new ArrayList<>();
            try (Checkpoint result = Checkpoint.open(target)) {
                List<TensorInfo> tensors = result.tensors().toList();
                for (TensorInfo info : tensors) {
                    boolean isGraph = info.name().equals(ObjectKeys.OBJECT_GRAPH);
                    wanted.add(
                            info.dtype() == DataType.DT_FLOAT
                                    ? average(first.tensor(info.name()), second.tensor(info.name()))
                                    : item(info.name(), (isGraph ? result : second).tensor(info.name())));
                }
                if (isObjectBased) {
                    assertThat(result.objectGraph().orElseThrow().attributes().map(ObjectNode.Attribute::key))
                            .containsExactlyInAnyOrderElementsOf(tensors.stream()
                                    .map(TensorInfo::name)
                                    .filter(name -> !name.equals(ObjectKeys.OBJECT_GRAPH))
                                    .toList());
                }
            }
            assertThat(wanted).hasSizeGreaterThan(40);
            assertRestores(target, wanted);
        }
    }
}
