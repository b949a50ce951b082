package org.tfckpt.edit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tfckpt.edit.Rewrites.digests;
import static org.tfckpt.edit.Rewrites.patterns;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.Checkpoint;
import org.tfckpt.CheckpointWriter;
import org.tfckpt.ValueSource;
import org.tfckpt.graph.Graph;
import org.tfckpt.graph.GraphVariable;
import org.tfckpt.restore.NameMapping;
import org.tfckpt.restore.RestoreException;
import org.tfckpt.restore.RestorePlan;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.Checkpoints;
import org.tfckpt.testing.Values;

@DisplayName("A complete checkpoint for a graph that has changed: filled from the new model, and resized")
class RewriteFitTest {
    private static final NameMapping FROM = NameMapping.sed("s#^init/#input/#");
    private static final Path LOG = Rewrites.STORY.resolve("log/model.ckpt-122543");

    @TempDir
    private Path directory;

    private Path model = Path.of("");
    private Graph graph;

    /** Saves the changed model of the story with values that the old one does not have. */
    @BeforeEach
    void theNewModel() throws IOException {
        graph = Graph.open(Rewrites.STORY.resolve("changed/graph.meta"));
        model = directory.resolve("model");
        try (CheckpointWriter out = CheckpointWriter.open(model)) {
            int seed = 0;
            for (GraphVariable variable : graph.variables()) {
                Shape shape = variable.shape().orElseThrow();
                int size = (int) shape.elements() * variable.dtype().width();
                out.add(
                        variable.name(),
                        shape,
                        ValueSource.of(variable.dtype(), ByteBuffer.wrap(Values.random(seed++, size))));
            }
            out.finish();
        }
    }

    private Path target() {
        return directory.resolve("target");
    }

    @Test
    void theStoryIsRestoredWithoutExclusions() throws IOException {
        try (Checkpoint log = Checkpoint.open(LOG);
                Checkpoint fill = Checkpoint.open(model)) {
            Rewrite rewrite = Rewrite.of(log)
                    .fitTo(GraphFit.to(graph).from(FROM).fillFrom(fill))
                    .build();
            assertThat(rewrite.notes()).isEmpty();
            RewriteSummary summary = rewrite.run(target());
            assertThat(summary.tensors()).isEqualTo(68);
            assertThat(summary.filled()).isEqualTo(6);
            assertThat(summary.resized()).isZero();
            assertThat(summary.dropped()).as("not those of the new model").isEqualTo(30);
            assertThat(summary.toString()).contains("6 filled, 30 dropped");
            assertThat(rewrite.tensors().stream()
                            .filter(RewrittenTensor::filled)
                            .map(RewrittenTensor::toString))
                    .contains("global_step (DT_INT32) []: filled", "logit/DW (DT_FLOAT) [32,100]: filled");
            Map<String, String> old = digests(LOG);
            Map<String, String> fresh = digests(model);
            Map<String, String> expected = new HashMap<>();
            rewrite.tensors()
                    .forEach(tensor -> expected.put(
                            tensor.name(),
                            (tensor.filled() ? fresh : old).get(tensor.source().name())));
            assertThat(digests(target())).isEqualTo(expected);
            assertThat(old).doesNotContainKey("init/init_conv/DW");
            assertThat(expected).containsEntry("init/init_conv/DW", old.get("input/init_conv/DW"));
        }
        assertThat(Checkpoints.problems(target())).isEmpty();
        try (Checkpoint complete = Checkpoint.open(target())) {
            RestorePlan.from(complete).graph(graph).build().requireComplete();
        }
    }

    @Test
    void theStoryIsResized() throws IOException {
        try (Checkpoint log = Checkpoint.open(LOG);
                Checkpoint fill = Checkpoint.open(model)) {
            Rewrite rewrite = Rewrite.of(log)
                    .fitTo(GraphFit.to(graph).from(FROM).fillFrom(fill).resize())
                    .build();
            assertThat(rewrite.tensors().stream()
                            .filter(RewrittenTensor::isResized)
                            .map(RewrittenTensor::toString))
                    .containsExactly(
                            "logit/DW (DT_FLOAT) [32,10] -> [32,100]: resized, the rest is filled",
                            "logit/biases (DT_FLOAT) [10] -> [100]: resized, the rest is filled");
            RewriteSummary summary = rewrite.run(target());
            assertThat(summary.filled()).isEqualTo(4);
            assertThat(summary.resized()).isEqualTo(2);
            try (Checkpoint complete = Checkpoint.open(target())) {
                RestorePlan.from(complete).graph(graph).build().requireComplete();
                float[] wanted = fill.tensor("logit/DW").toFloatArray();
                float[] old = log.tensor("logit/DW").toFloatArray();
                for (int i = 0; i < old.length; i++) {
                    wanted[i / 10 * 100 + i % 10] = old[i];
                }
                assertThat(complete.tensor("logit/DW").toFloatArray()).isEqualTo(wanted);
            }
        }
    }

    @Test
    void withoutACheckpointToFillFromTheRestIsZeros() throws IOException {
        try (Checkpoint log = Checkpoint.open(LOG)) {
            GraphFit fit = GraphFit.to(graph).from(FROM).resize();
            assertThatThrownBy(() -> Rewrite.of(log).fitTo(fit).build())
                    .isInstanceOf(RestoreException.class)
                    .hasMessageContaining("4 variables of the graph without a tensor")
                    .hasMessageContaining("aux/conv/DW")
                    .hasMessageContaining("global_step (not DT_INT64 [])")
                    .hasMessageContaining("--fill-from");
            Rewrite rewrite = Rewrite.of(log).fitTo(fit.allowMissing()).build();
            assertThat(rewrite.notes()).hasSize(1);
            assertThat(rewrite.tensors()).hasSize(64).noneMatch(RewrittenTensor::filled);
            assertThat(rewrite.tensors())
                    .map(RewrittenTensor::toString)
                    .contains("logit/biases (DT_FLOAT) [10] -> [100]: resized, the rest is zeros");
            rewrite.run(target());
            try (Checkpoint result = Checkpoint.open(target())) {
                float[] biases = result.tensor("logit/biases").toFloatArray();
                assertThat(biases)
                        .hasSize(100)
                        .startsWith(log.tensor("logit/biases").toFloatArray());
                assertThat(result.tensor("logit/biases").slice("10,90").toFloatArray())
                        .containsOnly(0);
            }
        }
    }

    @Test
    void excludedVariablesAreFilled() throws IOException {
        try (Checkpoint log = Checkpoint.open(LOG);
                Checkpoint fill = Checkpoint.open(model)) {
            GraphFit fit = GraphFit.to(graph).from(FROM).fillFrom(fill);
            List<RewrittenTensor> excluded = Rewrite.of(log)
                    .fitTo(fit)
                    .exclude(patterns("init/**"))
                    .build()
                    .tensors();
            assertThat(excluded).hasSize(68);
            assertThat(excluded)
                    .filteredOn(tensor -> tensor.name().startsWith("init/"))
                    .isNotEmpty()
                    .allMatch(RewrittenTensor::filled);
            List<RewrittenTensor> included = Rewrite.of(log)
                    .fitTo(fit)
                    .include(patterns("init/**"))
                    .build()
                    .tensors();
            assertThat(included)
                    .hasSize(68)
                    .allMatch(tensor -> tensor.filled() != tensor.name().startsWith("init/"));
        }
    }

    private Path bundle(String name, BundleBuilder bundle) {
        return bundle.write(directory.resolve(name));
    }

    @Test
    void whatTheOtherCheckpointDoesNotHaveEitherIsMissing() throws IOException {
        try (Checkpoint log = Checkpoint.open(LOG);
                Checkpoint fill = Checkpoint.open(bundle(
                        "poor",
                        new BundleBuilder()
                                .floats("global_step", new long[0], 1)
                                .floats("aux/conv/DW", 1)))) {
            GraphFit fit = GraphFit.to(graph).from(FROM).fillFrom(fill);
            assertThatThrownBy(() -> Rewrite.of(log).fitTo(fit).build())
                    .isInstanceOf(RestoreException.class)
                    .hasMessageContaining("6 variables of the graph")
                    .hasMessageContaining("the checkpoint to fill from does not have them either");
            assertThat(Rewrite.of(log).fitTo(fit.allowMissing()).build().tensors())
                    .hasSize(62);
        }
    }

    @Test
    void ranksAndDtypesAreNeverChanged() throws IOException {
        Path old = bundle(
                "old",
                new BundleBuilder()
                        .floats("a", new long[] {2}, 1, 2)
                        .tensor("b", DataType.DT_INT32, new long[] {1}, new byte[] {1, 0, 0, 0})
                        .floats("c", new long[] {1, 2}, 5, 6));
        Path fresh = bundle(
                "fresh",
                new BundleBuilder()
                        .floats("a", new long[] {1, 2}, 9, 9)
                        .floats("b", new long[] {2}, 8, 8)
                        .floats("c", new long[] {2, 1}, 7, 7));
        try (Checkpoint from = Checkpoint.open(old);
                Checkpoint to = Checkpoint.open(fresh)) {
            Rewrite.of(from)
                    .fitTo(GraphFit.to(to).fillFrom(to).resize())
                    .build()
                    .run(target());
            assertThatThrownBy(() ->
                            Rewrite.of(from).fitTo(GraphFit.to(to).resize()).build())
                    .hasMessageContaining("2 variables of the graph");
        }
        try (Checkpoint result = Checkpoint.open(target())) {
            assertThat(result.tensor("a").toFloatArray()).containsExactly(9, 9);
            assertThat(result.tensor("b").toFloatArray()).containsExactly(8, 8);
            assertThat(result.tensor("c").toFloatArray()).containsExactly(5, 7);
        }
    }

    @Test
    void severalInputs() throws IOException {
        Path first = bundle("first", new BundleBuilder().floats("a", 1).floats("b", 1, 2));
        Path second = bundle("second", new BundleBuilder().floats("b", 3).floats("a", 1, 2));
        Path fresh = bundle(
                "fresh", new BundleBuilder().floats("a", 9).floats("b", 9).floats("c", 9));
        try (Checkpoint one = Checkpoint.open(first);
                Checkpoint two = Checkpoint.open(second);
                Checkpoint to = Checkpoint.open(fresh)) {
            GraphFit fit = GraphFit.to(to).fillFrom(to).resize();
            Rewrite.of(List.of(one, two)).fitTo(fit).build().run(target());
            try (Checkpoint result = Checkpoint.open(target())) {
                assertThat(result.tensor("a").toFloatArray())
                        .as("whole tensors first")
                        .containsExactly(1);
                assertThat(result.tensor("b").toFloatArray()).containsExactly(3);
                assertThat(result.tensor("c").toFloatArray()).containsExactly(9);
            }
            assertThatThrownBy(() -> Rewrite.of(List.of(one, one)).fitTo(fit).build())
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("would both be named");
        }
    }

    @Test
    void unchangedDataFilesAreStillLinked() throws IOException {
        Path old = bundle("old", new BundleBuilder().floats("x/a", 1).floats("x/b", 2));
        Path fresh = bundle(
                "fresh", new BundleBuilder().floats("a", 3).floats("b", 4).floats("c", 5));
        try (Checkpoint from = Checkpoint.open(old);
                Checkpoint to = Checkpoint.open(fresh)) {
            RewriteSummary summary = Rewrite.of(from)
                    .fitTo(GraphFit.to(to).from(NameMapping.sed("s#^#x/#")).fillFrom(to))
                    .build()
                    .run(target());
            assertThat(summary)
                    .hasToString("3 tensors, 2 renamed, 1 filled; 1 data file linked (8 bytes), 4 bytes written");
        }
        assertThat(Checkpoints.problems(target())).isEmpty();
    }
}
