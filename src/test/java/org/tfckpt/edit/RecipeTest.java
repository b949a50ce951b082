package org.tfckpt.edit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.Checkpoint;
import org.tfckpt.CheckpointWriter;
import org.tfckpt.FileFormat;
import org.tfckpt.Tensor;
import org.tfckpt.ValueSource;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;

/** The recipes on checkpoints with the names, and with small shapes, of the original models. */
class RecipeTest {
    @TempDir
    private Path directory;

    /** Writes the tensors on the left of the lines, and expects those on the right; nothing if they are dropped. */
    private void converts(String recipe, String lines) throws IOException {
        Path prefix = directory.resolve(recipe);
        Map<String, String> expected = new TreeMap<>();
        Map<String, String> sources = new TreeMap<>();
        try (CheckpointWriter out = CheckpointWriter.open(prefix)) {
            for (String line : lines.lines().toList()) {
                String[] sides = line.split(" ->", -1);
                String[] from = sides[0].strip().split(" ", -1);
                Shape shape = shape(from[1]);
                out.add(
                        from[0],
                        shape,
                        from[0].equals("global_step")
                                ? ValueSource.of(7L)
                                : ValueSource.of(ramp((int) shape.elements())));
                if (!sides[1].isBlank()) {
                    String[] to = sides[1].strip().split(" ", -1);
                    expected.put(to[0], to[1]);
                    sources.put(to[0], from[0]);
                }
            }
            out.finish();
        }
        Path file = directory.resolve(recipe + ".safetensors");
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            Rewrite rewrite = Rewrite.of(checkpoint)
                    .recipe(Recipe.named(recipe).orElseThrow())
                    .format(FileFormat.SAFETENSORS)
                    .build();
            assertThat(rewrite.notes()).isEmpty();
            rewrite.run(file);
            try (Checkpoint result = Checkpoint.open(file)) {
                assertThat(result.tensors()
                                .collect(Collectors.toMap(
                                        TensorInfo::name,
                                        tensor -> tensor.shape().toString())))
                        .isEqualTo(expected);
                for (Map.Entry<String, String> source : sources.entrySet()) {
                    Tensor tensor = checkpoint.tensor(source.getValue());
                    float[] values = tensor.toFloatArray();
                    assertThat(result.tensor(source.getKey()).toFloatArray())
                            .as(source.getKey())
                            .isEqualTo(
                                    source.getValue().endsWith("/kernel")
                                            ? transposed(
                                                    values, (int) tensor.shape().dimension(1))
                                            : values);
                }
            }
        }
    }

    private static float[] ramp(int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = i + 0.5f;
        }
        return values;
    }

    private static float[] transposed(float[] values, int columns) {
        int rows = values.length / columns;
        float[] transposed = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            transposed[i % columns * rows + i / columns] = values[i];
        }
        return transposed;
    }

    /** All tensors of an encoder of BERT with two layers. */
    private static String encoder(String to) {
        StringBuilder lines = new StringBuilder("""
                bert/embeddings/word_embeddings [9,4] -> TO.embeddings.word_embeddings.weight [9,4]
                bert/embeddings/word_embeddings/adam_m [9,4] ->
                bert/embeddings/word_embeddings/adam_v [9,4] ->
                bert/embeddings/position_embeddings [8,4] -> TO.embeddings.position_embeddings.weight [8,4]
                bert/embeddings/token_type_embeddings [2,4] -> TO.embeddings.token_type_embeddings.weight [2,4]
                bert/embeddings/LayerNorm/gamma [4] -> TO.embeddings.LayerNorm.weight [4]
                bert/embeddings/LayerNorm/beta [4] -> TO.embeddings.LayerNorm.bias [4]
                bert/pooler/dense/kernel [4,4] -> TO.pooler.dense.weight [4,4]
                bert/pooler/dense/kernel/lamb_m [4,4] ->
                bert/pooler/dense/bias [4] -> TO.pooler.dense.bias [4]
                global_step [] ->
                """);
        for (int layer : new int[] {0, 11}) {
            for (String part : List.of("self/query", "self/key", "self/value", "output/dense")) {
                lines.append("""
                        bert/encoder/layer_N/attention/PART/kernel [4,4] -> TO.encoder.layer.N.attention.MODULE.weight [4,4]
                        bert/encoder/layer_N/attention/PART/bias [4] -> TO.encoder.layer.N.attention.MODULE.bias [4]
                        """.replace("N/", layer + "/")
                        .replace(".N.", "." + layer + ".")
                        .replace("PART", part)
                        .replace("MODULE", part.replace('/', '.')));
            }
            lines.append("""
                    bert/encoder/layer_N/attention/output/LayerNorm/gamma [4] -> TO.encoder.layer.N.attention.output.LayerNorm.weight [4]
                    bert/encoder/layer_N/attention/output/LayerNorm/beta [4] -> TO.encoder.layer.N.attention.output.LayerNorm.bias [4]
                    bert/encoder/layer_N/intermediate/dense/kernel [4,16] -> TO.encoder.layer.N.intermediate.dense.weight [16,4]
                    bert/encoder/layer_N/intermediate/dense/bias [16] -> TO.encoder.layer.N.intermediate.dense.bias [16]
                    bert/encoder/layer_N/output/dense/kernel [16,4] -> TO.encoder.layer.N.output.dense.weight [4,16]
                    bert/encoder/layer_N/output/dense/bias [4] -> TO.encoder.layer.N.output.dense.bias [4]
                    bert/encoder/layer_N/output/LayerNorm/gamma [4] -> TO.encoder.layer.N.output.LayerNorm.weight [4]
                    bert/encoder/layer_N/output/LayerNorm/beta [4] -> TO.encoder.layer.N.output.LayerNorm.bias [4]
                    """.replace("N/", layer + "/").replace(".N.", "." + layer + "."));
        }
        return lines.toString().replace("TO.", to + ".");
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
        converts("bert", encoder("bert") + """
                cls/predictions/output_bias [9] -> cls.predictions.bias [9]
                cls/predictions/transform/dense/kernel [4,3] -> cls.predictions.transform.dense.weight [3,4]
                cls/predictions/transform/dense/bias [4] -> cls.predictions.transform.dense.bias [4]
                cls/predictions/transform/LayerNorm/gamma [4] -> cls.predictions.transform.LayerNorm.weight [4]
                cls/predictions/transform/LayerNorm/beta [4] -> cls.predictions.transform.LayerNorm.bias [4]
                cls/seq_relationship/output_weights [2,4] -> cls.seq_relationship.weight [2,4]
                cls/seq_relationship/output_bias [2] -> cls.seq_relationship.bias [2]
                output_weights [3,4] -> classifier.weight [3,4]
                output_bias [3] -> classifier.bias [3]
                cls/squad/output_weights [2,4] -> qa_outputs.weight [2,4]
                cls/squad/output_bias [2] -> qa_outputs.bias [2]
                """);
    }

    @Test
    void roberta() throws IOException {
        converts("roberta", encoder("roberta") + """
                roberta/extra/dense/bias [4] -> roberta.extra.dense.bias [4]
                cls/predictions/transform/dense/kernel [4,3] -> lm_head.dense.weight [3,4]
                cls/predictions/transform/dense/bias [4] -> lm_head.dense.bias [4]
                cls/predictions/transform/LayerNorm/gamma [4] -> lm_head.layer_norm.weight [4]
                cls/predictions/transform/LayerNorm/beta [4] -> lm_head.layer_norm.bias [4]
                cls/predictions/output_bias [9] -> lm_head.bias [9]
                cls/seq_relationship/output_weights [2,4] ->
                cls/seq_relationship/output_bias [2] ->
                cls/squad/output_weights [2,4] -> qa_outputs.weight [2,4]
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
                bert/embeddings/position_embeddings [8,2] -> albert.embeddings.position_embeddings.weight [8,2]
                bert/embeddings/token_type_embeddings [3,2] -> albert.embeddings.token_type_embeddings.weight [3,2]
                bert/embeddings/LayerNorm/beta [2] -> albert.embeddings.LayerNorm.bias [2]
                FROMattention_1/self/query/kernel [4,5] -> TOattention.query.weight [5,4]
                FROMattention_1/self/query/bias [5] -> TOattention.query.bias [5]
                FROMattention_1/self/key/kernel [4,5] -> TOattention.key.weight [5,4]
                FROMattention_1/self/key/bias [4] -> TOattention.key.bias [4]
                FROMattention_1/self/value/kernel [4,5] -> TOattention.value.weight [5,4]
                FROMattention_1/self/value/bias [4] -> TOattention.value.bias [4]
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
                cls/predictions/transform/dense/bias [2] -> predictions.dense.bias [2]
                cls/predictions/transform/LayerNorm/gamma [2] -> predictions.LayerNorm.weight [2]
                cls/predictions/transform/LayerNorm/beta [2] -> predictions.LayerNorm.bias [2]
                output_weights [3,4] -> classifier.weight [3,4]
                output_bias [3] -> classifier.bias [3]
                cls/squad/output_weights [2,4] -> qa_outputs.weight [2,4]
                cls/predictions/output_bias [9] -> predictions.bias [9]
                cls/seq_relationship/output_weights [2,4] -> sop_classifier.classifier.weight [2,4]
                cls/seq_relationship/output_bias [2] -> sop_classifier.classifier.bias [2]
                global_step [] ->
                """.replace("FROM", layer).replace("TO", to));
    }

    @Test
    void gpt2() throws IOException {
        StringBuilder lines = new StringBuilder("""
                model/wte [9,4] -> wte.weight [9,4]
                model/wpe [8,4] -> wpe.weight [8,4]
                model/ln_f/g [4] -> ln_f.weight [4]
                model/ln_f/b [4] -> ln_f.bias [4]
                """);
        for (int layer : new int[] {0, 11}) {
            lines.append("""
                    model/hN/ln_1/g [4] -> h.N.ln_1.weight [4]
                    model/hN/ln_1/b [4] -> h.N.ln_1.bias [4]
                    model/hN/ln_2/g [4] -> h.N.ln_2.weight [4]
                    model/hN/ln_2/b [4] -> h.N.ln_2.bias [4]
                    model/hN/attn/c_attn/w [1,4,12] -> h.N.attn.c_attn.weight [4,12]
                    model/hN/attn/c_attn/b [12] -> h.N.attn.c_attn.bias [12]
                    model/hN/attn/c_proj/w [1,4,4] -> h.N.attn.c_proj.weight [4,4]
                    model/hN/attn/c_proj/b [4] -> h.N.attn.c_proj.bias [4]
                    model/hN/mlp/c_fc/w [1,4,16] -> h.N.mlp.c_fc.weight [4,16]
                    model/hN/mlp/c_fc/b [16] -> h.N.mlp.c_fc.bias [16]
                    model/hN/mlp/c_proj/w [1,16,4] -> h.N.mlp.c_proj.weight [16,4]
                    model/hN/mlp/c_proj/b [4] -> h.N.mlp.c_proj.bias [4]
                    """.replace("N", String.valueOf(layer)));
        }
        converts("gpt2", lines.toString());
    }

    @Test
    void aLineThatIsNotARuleIsNamed() {
        for (String line : List.of(
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
