package org.tfckpt.edit;

import java.util.LinkedHashMap;
import java.util.Map;

/** The recipes that come with the library. Names were compared with the conversion code of Hugging Face's transformers. */
final class Recipes {
    private static final String OPTIMIZER = """
            exclude global_step
            exclude **/adam_m
            exclude **/adam_v
            exclude **/AdamWeightDecayOptimizer
            exclude **/AdamWeightDecayOptimizer_1
            exclude **/lamb_m
            exclude **/lamb_v

            # TensorFlow multiplies by a kernel, PyTorch by the transposed weight.
            transpose **/kernel

            """;

    private static final String HEADS = """
            # The heads of fine-tuned models
            rename s#^cls/squad/output_#qa_outputs/#
            rename s#^output_(weights|bias)$#classifier/\\1#
            """;

    private static final String ENDINGS = """
            rename s#/(kernel|gamma|weights)$#/weight#
            rename s#/beta$#/bias#
            rename s#_embeddings$#_embeddings/weight#
            rename s#/#.#g
            """;

    static final Map<String, String> ALL = new LinkedHashMap<>();

    static {
        ALL.put("bert", """
                # BERT (google-research/bert) to the names of Hugging Face's BertForPreTraining

                """ + OPTIMIZER + """
                rename s#/layer_([0-9]+)/#/layer/\\1/#
                rename s#^cls/predictions/output_bias$#cls/predictions/bias#
                rename s#^cls/seq_relationship/output_#cls/seq_relationship/#
                """ + HEADS + ENDINGS);
        ALL.put("roberta", """
                # BERT or RoBERTa with BERT's names to the names of Hugging Face's RobertaForMaskedLM
                # Its positions start at 2. What was trained with the code of BERT starts at 0: use the recipe bert.

                exclude cls/seq_relationship/**
                """ + OPTIMIZER + """
                rename s#^bert/#roberta/#
                rename s#/layer_([0-9]+)/#/layer/\\1/#
                rename s#^cls/predictions/transform/dense/#lm_head/dense/#
                rename s#^cls/predictions/transform/LayerNorm/#lm_head/layer_norm/#
                rename s#^cls/predictions/output_bias$#lm_head/bias#
                """ + HEADS + ENDINGS);
        ALL.put("albert", """
                # ALBERT (google-research/albert), whose layers are shared, to the names of Hugging Face's AlbertForPreTraining

                """ + OPTIMIZER + """
                rename s#^module/##
                rename s#^bert/#albert/#
                rename s#/transformer/group_([0-9]+)/#/albert_layer_groups/\\1/#
                rename s#/inner_group_([0-9]+)/LayerNorm_1/#/inner_group_\\1/full_layer_layer_norm/#
                rename s#/inner_group_([0-9]+)/LayerNorm/#/inner_group_\\1/attention/LayerNorm/#
                rename s#/inner_group_([0-9]+)/#/albert_layers/\\1/#
                rename s#/attention_1/output/dense/#/attention/dense/#
                rename s#/attention_1/self/#/attention/#
                rename s#/ffn_1/intermediate/output/dense/#/ffn_output/#
                rename s#/ffn_1/intermediate/dense/#/ffn/#
                rename s#/pooler/dense/#/pooler/#
                rename s#^cls/predictions/transform/#predictions/#
                rename s#^cls/predictions/output_bias$#predictions/bias#
                rename s#^cls/seq_relationship/output_#sop_classifier/classifier/#
                """ + HEADS + ENDINGS);
        ALL.put("gpt2", """
                # GPT-2 (openai/gpt-2) to the names of Hugging Face's GPT2Model

                # [1,768,2304] to [768,2304]. The model has Conv1D layers, which multiply by the weight as it is.
                transpose model/h*/*/*/w=1,2

                rename s#^model/##
                rename s#^h([0-9]+)/#h/\\1/#
                rename s#^(wte|wpe)$#\\1/weight#
                rename s#/(w|g)$#/weight#
                rename s#/b$#/bias#
                rename s#/#.#g
                """);
    }

    private Recipes() {}
}
