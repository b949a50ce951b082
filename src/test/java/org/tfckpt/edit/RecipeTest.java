package org.tfckpt.edit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.Checkpoint;
import org.tfckpt.CheckpointWriter;
import org.tfckpt.ValueSource;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;

/** The recipes on checkpoints with the names, and with small shapes, of the original models. */
class RecipeTest {
    @TempDir
    private Path directory;

    /** Writes the tensors on the left of the lines, and expects those on the right; nothing if they are dropped. */
    private void converts(String recipe, String lines) throws IOException {
        Path prefix = directory.resolve(recipe);
        Map<String, String> expected = new TreeMap<>();
        try (CheckpointWriter out = CheckpointWriter.open(prefix)) {
            for (String line : lines.lines().toList()) {
                String[] sides = line.split(" ->", -1);
                String[] from = sides[0].strip().split(" ", -1);
                Shape shape = shape(from[1]);
                boolean step = from[0].equals("global_step");
                out.add(
                        from[0],
                        shape,
                        ValueSource.of(
                                step ? DataType.DT_INT64 : DataType.DT_FLOAT,
                                java.nio.ByteBuffer.allocate((int) shape.elements() * (step ? 8 : 4))));
                if (!sides[1].isBlank()) {
                    String[] to = sides[1].strip().split(" ", -1);
                    expected.put(to[0], to[1]);
                }
            }
            out.finish();
        }
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            Rewrite rewrite = Rewrite.of(checkpoint)
                    .recipe(Recipe.named(recipe).orElseThrow())
                    .build();
            assertThat(rewrite.tensors().stream()
                            .collect(Collectors.toMap(
                                    RewrittenTensor::name,
                                    tensor -> tensor.shape().toString())))
                    .isEqualTo(expected);
        }
    }

    private static Shape shape(String text) {
        String inner = text.substring(1, text.length() - 1);
        return inner.isEmpty()
                ? Shape.of()
                : Shape.of(java.util.Arrays.stream(inner.split(","))
                        .mapToLong(Long::parseLong)
                        .toArray());
    }

    @Test
    void bert() throws IOException {
        converts("bert", """
                bert/embeddings/word_embeddings [9,4] -> bert.embeddings.word_embeddings.weight [9,4]
                bert/embeddings/word_embeddings/adam_m [9,4] ->
                bert/embeddings/word_embeddings/adam_v [9,4] ->
                bert/embeddings/position_embeddings [8,4] -> bert.embeddings.position_embeddings.weight [8,4]
                bert/embeddings/token_type_embeddings [2,4] -> bert.embeddings.token_type_embeddings.weight [2,4]
                bert/embeddings/LayerNorm/gamma [4] -> bert.embeddings.LayerNorm.weight [4]
                bert/embeddings/LayerNorm/beta [4] -> bert.embeddings.LayerNorm.bias [4]
                bert/encoder/layer_0/attention/self/query/kernel [4,4] -> bert.encoder.layer.0.attention.self.query.weight [4,4]
                bert/encoder/layer_0/attention/self/query/bias [4] -> bert.encoder.layer.0.attention.self.query.bias [4]
                bert/encoder/layer_0/attention/output/dense/kernel [4,4] -> bert.encoder.layer.0.attention.output.dense.weight [4,4]
                bert/encoder/layer_0/attention/output/LayerNorm/gamma [4] -> bert.encoder.layer.0.attention.output.LayerNorm.weight [4]
                bert/encoder/layer_11/intermediate/dense/kernel [4,16] -> bert.encoder.layer.11.intermediate.dense.weight [16,4]
                bert/encoder/layer_11/intermediate/dense/bias [16] -> bert.encoder.layer.11.intermediate.dense.bias [16]
                bert/encoder/layer_11/output/dense/kernel [16,4] -> bert.encoder.layer.11.output.dense.weight [4,16]
                bert/encoder/layer_11/output/LayerNorm/beta [4] -> bert.encoder.layer.11.output.LayerNorm.bias [4]
                bert/pooler/dense/kernel [4,5] -> bert.pooler.dense.weight [5,4]
                bert/pooler/dense/bias [4] -> bert.pooler.dense.bias [4]
                cls/predictions/output_bias [9] -> cls.predictions.bias [9]
                cls/predictions/transform/dense/kernel [4,3] -> cls.predictions.transform.dense.weight [3,4]
                cls/predictions/transform/LayerNorm/gamma [4] -> cls.predictions.transform.LayerNorm.weight [4]
                cls/seq_relationship/output_weights [2,4] -> cls.seq_relationship.weight [2,4]
                cls/seq_relationship/output_bias [2] -> cls.seq_relationship.bias [2]
                output_weights [3,4] -> classifier.weight [3,4]
                output_bias [3] -> classifier.bias [3]
                cls/squad/output_weights [2,4] -> qa_outputs.weight [2,4]
                cls/squad/output_bias [2] -> qa_outputs.bias [2]
                global_step [] ->
                """);
    }

    @Test
    void roberta() throws IOException {
        converts("roberta", """
                bert/embeddings/word_embeddings [9,4] -> roberta.embeddings.word_embeddings.weight [9,4]
                bert/encoder/layer_3/intermediate/dense/kernel [4,16] -> roberta.encoder.layer.3.intermediate.dense.weight [16,4]
                bert/encoder/layer_3/output/LayerNorm/gamma [4] -> roberta.encoder.layer.3.output.LayerNorm.weight [4]
                roberta/pooler/dense/bias [4] -> roberta.pooler.dense.bias [4]
                cls/predictions/transform/dense/kernel [4,3] -> lm_head.dense.weight [3,4]
                cls/predictions/transform/dense/bias [4] -> lm_head.dense.bias [4]
                cls/predictions/transform/LayerNorm/beta [4] -> lm_head.layer_norm.bias [4]
                cls/predictions/output_bias [9] -> lm_head.bias [9]
                cls/seq_relationship/output_weights [2,4] ->
                """);
    }

    @Test
    void albert() throws IOException {
        String layer = "bert/encoder/transformer/group_0/inner_group_0/";
        String to = "albert.encoder.albert_layer_groups.0.albert_layers.0.";
        converts("albert", """
                bert/embeddings/word_embeddings [9,2] -> albert.embeddings.word_embeddings.weight [9,2]
                bert/embeddings/LayerNorm/gamma [2] -> albert.embeddings.LayerNorm.weight [2]
                bert/encoder/embedding_hidden_mapping_in/kernel [2,4] -> albert.encoder.embedding_hidden_mapping_in.weight [4,2]
                bert/encoder/embedding_hidden_mapping_in/bias [4] -> albert.encoder.embedding_hidden_mapping_in.bias [4]
                FROMattention_1/self/query/kernel [4,5] -> TOattention.query.weight [5,4]
                FROMattention_1/self/key/bias [4] -> TOattention.key.bias [4]
                FROMattention_1/output/dense/kernel [4,5] -> TOattention.dense.weight [5,4]
                FROMattention_1/output/dense/bias [4] -> TOattention.dense.bias [4]
                FROMLayerNorm/gamma [4] -> TOattention.LayerNorm.weight [4]
                FROMLayerNorm/beta [4] -> TOattention.LayerNorm.bias [4]
                FROMLayerNorm_1/gamma [4] -> TOfull_layer_layer_norm.weight [4]
                FROMLayerNorm_1/beta [4] -> TOfull_layer_layer_norm.bias [4]
                FROMffn_1/intermediate/dense/kernel [4,16] -> TOffn.weight [16,4]
                FROMffn_1/intermediate/dense/bias [16] -> TOffn.bias [16]
                FROMffn_1/intermediate/output/dense/kernel [16,4] -> TOffn_output.weight [4,16]
                FROMffn_1/intermediate/output/dense/bias [4] -> TOffn_output.bias [4]
                FROMffn_1/intermediate/output/dense/bias/AdamWeightDecayOptimizer [4] ->
                FROMffn_1/intermediate/output/dense/bias/AdamWeightDecayOptimizer_1 [4] ->
                bert/pooler/dense/kernel [4,5] -> albert.pooler.weight [5,4]
                bert/pooler/dense/bias [4] -> albert.pooler.bias [4]
                cls/predictions/transform/dense/kernel [4,2] -> predictions.dense.weight [2,4]
                cls/predictions/transform/LayerNorm/gamma [2] -> predictions.LayerNorm.weight [2]
                cls/predictions/output_bias [9] -> predictions.bias [9]
                cls/seq_relationship/output_weights [2,4] -> sop_classifier.classifier.weight [2,4]
                cls/seq_relationship/output_bias [2] -> sop_classifier.classifier.bias [2]
                global_step [] ->
                """.replace("FROM", layer).replace("TO", to));
    }

    @Test
    void gpt2() throws IOException {
        converts("gpt2", """
                model/wte [9,4] -> wte.weight [9,4]
                model/wpe [8,4] -> wpe.weight [8,4]
                model/h0/ln_1/g [4] -> h.0.ln_1.weight [4]
                model/h0/ln_1/b [4] -> h.0.ln_1.bias [4]
                model/h0/attn/c_attn/w [1,4,12] -> h.0.attn.c_attn.weight [4,12]
                model/h0/attn/c_attn/b [12] -> h.0.attn.c_attn.bias [12]
                model/h11/mlp/c_fc/w [1,4,16] -> h.11.mlp.c_fc.weight [4,16]
                model/h11/mlp/c_proj/w [1,16,4] -> h.11.mlp.c_proj.weight [16,4]
                model/ln_f/g [4] -> ln_f.weight [4]
                model/ln_f/b [4] -> ln_f.bias [4]
                """);
    }

    @Test
    void aLineThatIsNotARuleIsNamed() {
        for (String line : java.util.List.of(
                "drop x",
                "exclude",
                "rename x",
                "rename s/a",
                "transpose a=1,1",
                "exclude re:(",
                "transpose re:(=0,1")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Recipe.parse("# first\n\n" + line))
                    .withMessageStartingWith("line 3 of the recipe, '" + line + "': ");
        }
        assertThat(Recipe.parse("# a comment\n  exclude x  \n").excludes()).hasSize(1);
    }

    @Test
    void everyRecipeIsDescribed() {
        assertThat(Recipe.names()).containsExactly("bert", "roberta", "albert", "gpt2");
        for (String name : Recipe.names()) {
            assertThat(Recipe.named(name).orElseThrow().toString()).contains("Hugging Face");
        }
        assertThat(Recipe.named("x")).isEmpty();
    }
}
