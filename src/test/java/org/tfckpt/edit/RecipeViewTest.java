package org.tfckpt.edit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.tfckpt.Checkpoint;
import org.tfckpt.CheckpointWriter;
import org.tfckpt.FileFormat;
import org.tfckpt.TensorDigest;
import org.tfckpt.TensorView;
import org.tfckpt.ValueSource;
import org.tfckpt.graph.Graph;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.testing.Corpus;

/** Recipes that are applied while a checkpoint is read, and before a graph selects from it. */
class RecipeViewTest {
    private static final Recipe RECIPE = Recipe.parse("""
            # Names and axes change
            exclude global_step
            rename s#/#.#g
            transpose **
            """);

    @TempDir
    private Path directory;

    private static Map<String, String> digests(Checkpoint checkpoint) throws IOException {
        Map<String, String> digests = new TreeMap<>();
        for (TensorInfo info : checkpoint.tensors().toList()) {
            digests.put(info.toString(), TensorDigest.sha256(checkpoint.tensor(info)));
        }
        return digests;
    }

    /** The rewritten checkpoint is read by code that knows nothing of views. */
    @ParameterizedTest
    @org.junit.jupiter.params.provider.ValueSource(
            strings = {
                "golden/tf218-v2-partitioned",
                "golden/tf218-v2-dtypes",
                "golden/tf218-v2-strings",
                "golden/bigendian-v2-dtypes",
                "golden/tf115-v1-slices",
                "golden/tf218-v2-ranks"
            })
    void aViewHasTheValuesOfTheRewrittenCheckpoint(String name) throws IOException {
        Path path = Corpus.checkpoints().stream()
                .filter(expected -> expected.toString().startsWith(name))
                .findFirst()
                .orElseThrow()
                .path();
        Path written = directory.resolve("written");
        try (Checkpoint source = Checkpoint.open(path);
                Checkpoint view = RECIPE.viewOf(source, note -> {})) {
            Rewrite.of(source).recipe(RECIPE).build().run(written);
            try (Checkpoint expected = Checkpoint.open(written)) {
                assertThat(digests(view)).isEqualTo(digests(expected)).isNotEmpty();
            }
            assertThat(view.canLinkDataFiles()).isFalse();
            assertThat(view.verify(problem -> {}).isIntact()).isTrue();
            Rewrite.of(view).build().run(directory.resolve("copy"));
            try (Checkpoint copy = Checkpoint.open(directory.resolve("copy"))) {
                assertThat(digests(copy)).isEqualTo(digests(view));
            }
        }
    }

    @Test
    void regionsOfAViewAreThoseOfTheNewAxes() throws IOException {
        try (Checkpoint source = Checkpoint.open(Corpus.root().resolve("real/keras-bert-tiny/bert_model.ckpt"));
                Checkpoint view = Recipe.named("bert").orElseThrow().viewOf(source, note -> {})) {
            float[] old = source.tensor("bert/encoder/layer_0/intermediate/dense/kernel")
                    .toFloatArray();
            assertThat(view.tensor("bert.encoder.layer.0.intermediate.dense.weight")
                            .slice("7,1:-")
                            .toFloatArray())
                    .containsExactly(old[7], old[23], old[39], old[55]);
        }
    }

    @Test
    void contradictionsAreRefused() throws IOException {
        try (Checkpoint source = Checkpoint.open(Corpus.root().resolve("real/keras-bert-tiny/bert_model.ckpt"))) {
            List<TensorInfo> tensors = source.tensors().toList();
            assertThatThrownBy(() -> Recipe.parse("rename s/.*/x/").viewOf(source, note -> {}))
                    .isInstanceOf(CheckpointException.class)
                    .hasMessageContaining("would both be named 'x'");
            for (List<Integer> axes : List.of(List.of(0, 0), List.of(-1), List.of(300), List.of(0, 1, 2, 3, 4, 5))) {
                assertThatThrownBy(() -> new TensorView("x", tensors.get(0), axes))
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }
        List<String> notes = new ArrayList<>();
        try (Checkpoint source = Checkpoint.open(Corpus.root().resolve("real/keras-bert-tiny/bert_model.ckpt"))) {
            Recipe.parse("rename s/^nothing//\ntranspose nothing").viewOf(source, notes::add);
        }
        assertThat(notes)
                .containsExactly(
                        "no tensor is renamed by the rules: s/^nothing//",
                        "no tensor with the axes that it needs matches the rule 'nothing' for transposing");
    }

    /** A recipe and axes come first; the graph selects, {@code --from} looks up the new names. */
    @Test
    void aGraphSelectsFromTheResultOfARecipe() throws IOException {
        Graph graph = Graph.parse("""
                encoder.weight torch.Size([16, 4])
                bert.pooler.dense.bias torch.Size([4])
                """);
        Path file = directory.resolve("m.safetensors");
        try (Checkpoint source = Checkpoint.open(Corpus.root().resolve("real/keras-bert-tiny/bert_model.ckpt"))) {
            Rewrite rewrite = Rewrite.of(source)
                    .recipe(Recipe.named("bert").orElseThrow())
                    .fitTo(GraphFit.to(graph)
                            .from(org.tfckpt.restore.NameMapping.sed(
                                    "s/^encoder/bert.encoder.layer.0.intermediate.dense/")))
                    .format(FileFormat.SAFETENSORS)
                    .build();
            assertThat(rewrite.notes()).isEmpty();
            assertThat(rewrite.tensors().stream().map(RewrittenTensor::toString))
                    .containsExactly(
                            "bert/pooler/dense/bias (DT_FLOAT) [4] -> bert.pooler.dense.bias",
                            "bert/encoder/layer_0/intermediate/dense/kernel (DT_FLOAT) [4,16] -> encoder.weight [16,4]:"
                                    + " axes [1, 0]");
            rewrite.run(file);
            try (Checkpoint result = Checkpoint.open(file)) {
                assertThat(result.tensor("encoder.weight").shape()).isEqualTo(Shape.of(16, 4));
                assertThat(result.tensor("encoder.weight").slice("5,1:-").toFloatArray())
                        .isEqualTo(source.tensor("bert/encoder/layer_0/intermediate/dense/kernel")
                                .slice("-:5,1")
                                .toFloatArray());
            }
        }
    }

    /** What only changes its name is still linked. */
    @Test
    void dataFilesAreLinkedWhereARecipeOnlyRenames() throws IOException {
        try (Checkpoint source = Checkpoint.open(Corpus.root().resolve("golden/tf218-v2-single/ckpt"))) {
            StringBuilder wanted = new StringBuilder();
            for (TensorInfo info : source.tensors().toList()) {
                wanted.append("x." + info + "\n");
            }
            Rewrite rewrite = Rewrite.of(source)
                    .recipe(Recipe.parse("rename s/^/x./"))
                    .fitTo(GraphFit.to(Graph.parse(wanted.toString())))
                    .build();
            assertThat(rewrite.summary().linkedFiles()).isEqualTo(1);
            assertThat(rewrite.tensors()).allMatch(RewrittenTensor::isRenamed).isNotEmpty();
        }
    }

    @Test
    void movingAveragesAreFoundUnderTheirOldNames() throws IOException {
        Path prefix = directory.resolve("averages");
        try (CheckpointWriter out = CheckpointWriter.open(prefix)) {
            out.add("a/w", Shape.of(1, 2), ValueSource.of(1f, 2f));
            out.add("a/w/ExponentialMovingAverage", Shape.of(1, 2), ValueSource.of(3f, 4f));
            out.finish();
        }
        try (Checkpoint source = Checkpoint.open(prefix)) {
            Rewrite.of(source)
                    .movingAverages(false)
                    .recipe(Recipe.parse("rename s#/#.#g\ntranspose **"))
                    .fitTo(GraphFit.to(Graph.parse("a.w torch.Size([2, 1])")))
                    .build()
                    .run(directory.resolve("new"));
        }
        try (Checkpoint result = Checkpoint.open(directory.resolve("new"))) {
            assertThat(result.tensors().map(TensorInfo::toString)).containsExactly("a.w (DT_FLOAT) [2,1]");
            assertThat(result.tensor("a.w").toFloatArray()).containsExactly(3, 4);
        }
    }
}
