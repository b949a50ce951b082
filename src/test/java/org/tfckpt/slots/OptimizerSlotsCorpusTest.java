package org.tfckpt.slots;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.slots.TensorRole.Kind;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.Json;

@DisplayName("Slots, hyperparameters and moving averages of the checkpoints that people published")
class OptimizerSlotsCorpusTest {
    /** Per checkpoint: slots, hyperparameters, moving averages. Those that are not here have variables alone. */
    private static final String COUNTS = """
            golden/tf115-v2-optimizer/ckpt 18 0 0
            golden/tf218-v2-optimizer/ckpt 18 0 0
            real/basic-pitch-nmp/variables/variables 36 5 0
            real/cloudml-housing-2shards/model.ckpt-0 40 0 0
            real/cloudml-housing-2shards/model.ckpt-1000 40 0 0
            real/dcscn-sr-small/dcscn_L2_F4to4_PS_R1F4.ckpt 20 0 0
            real/dcscn-sr-small/dcscn_L7_F32to8_G1.20_NIN_A24_B8_PS_R1F32.ckpt 68 0 0
            real/deepconsensus-index-only/checkpoint-1 140 4 0
            real/deepq-karpathy-v1/karpathy_game.ckpt 12 0 0
            real/dm-glassy-dynamics/t044_s09.ckpt 46 0 0
            real/efficientdet-d3-index-only/model 0 0 1165
            real/fsrcnn-ckpt-frozen/CKPT_dir/x2/fsrcnn_ckpt 48 0 0
            real/fsrcnn-ckpt-frozen/CKPT_dir/x2_small/fsrcnn_ckpt 30 0 0
            real/gcp-babyweight/20220204091627/variables/variables 22 5 0
            real/gcp-babyweight/checkpoints/babyweight 22 5 0
            real/gcp-dot-index-prefix 4 5 0
            real/jobvector-sm/variables/variables 12 2 0
            real/keras-bert-tiny/bert_model.ckpt 92 0 0
            real/keras-tuner-trial/epoch_0 0 4 0
            real/keras3-dicoding-index-only/variables/variables 12 2 0
            real/mlnet-cifar/cifar_model/model.ckpt 10 0 0
            real/mlnet-cifar/cifar_saved_model/variables/variables 10 0 0
            real/mlperf-tiny-kws/variables/variables 76 5 0
            real/openseq2seq-wavenet/model.ckpt-40000 400 0 0
            real/pygameplayer-halfpong-v1/network-1300000 18 0 0
            real/rlcard-experiment/model 28 0 0
            real/rust-regression/regression_savedmodel/variables/variables 0 4 0
            real/sts-estimator-distributed/tensorflow_template_application_model/variables/variables 8 0 0
            real/swift-models-index-only/minigo 125 0 0
            real/t2t-transformer-2shards/model.ckpt-1 164 0 0
            real/t5-bfloat16-partial/model.ckpt-0 52 0 0
            real/tensorboard-v1-sharded/model.ckpt-1-00000-of-00001 6 0 0
            real/tensorboard-v1-sharded/model.ckpt-1000-00000-of-00001 6 0 0
            real/tensorboard-v1-sharded/model.ckpt-1001-00000-of-00001 6 0 0
            real/tensorboard-v1-sharded/model.ckpt-3000-00000-of-00001 6 0 0
            real/tensorforce-ppo/ppo-checkpoint-1 24 8 0
            real/tf-fuzz-negative-shape/variables/variables 8 5 0
            real/tfnet-lstm-sequential/variables/variables 10 2 0
            real/tfx-chicago-estimator/model.ckpt-0 30 9 0
            real/tfx-chicago-estimator/model.ckpt-1000 30 9 0
            real/tfx-keras-serving/variables/variables 12 5 0
            real/vespa-modelb/variables/variables 0 5 0
            real/vespa-modelv1/variables/variables 18 5 0
            story/log/model.ckpt-122543 25 0 25
            story/tf2/ckpt-1 25 4 0
            """;

    static List<Corpus.Expected> checkpoints() {
        return Corpus.checkpoints();
    }

    /** What a case says that it holds, so that a V1 checkpoint and a missing data file do not matter. */
    private static Map<String, TensorInfo> listing(Corpus.Expected expected) {
        Map<String, TensorInfo> infos = new HashMap<>();
        for (Map<String, Object> tensor : expected.tensors()) {
            String name = Corpus.name(tensor);
            int dtype = DataType.valueOf((String) tensor.get("dtype")).number();
            long[] shape = Json.<Long>list(tensor.get("shape")).stream()
                    .mapToLong(Long::longValue)
                    .toArray();
            infos.put(name, new TensorInfo(name, dtype, Shape.of(shape), null, List.of()));
        }
        return infos;
    }

    private static Map<String, TensorRole> roles(Corpus.Expected expected) throws Exception {
        Map<String, TensorInfo> tensors = listing(expected);
        OptimizerSlots slots = OptimizerSlots.of(name -> Optional.ofNullable(tensors.get(name)), Optional.empty());
        Map<String, TensorRole> roles = new HashMap<>();
        for (TensorInfo tensor : tensors.values()) {
            roles.put(tensor.name(), slots.roleOf(tensor));
        }
        return roles;
    }

    private static Map<String, TensorRole> roles(String checkpoint) throws Exception {
        return roles(Corpus.checkpoints().stream()
                .filter(expected -> expected.toString().equals(checkpoint))
                .findFirst()
                .orElseThrow());
    }

    @ParameterizedTest
    @MethodSource("checkpoints")
    void byNamesAlone(Corpus.Expected expected) throws Exception {
        Map<Kind, Long> counts = roles(expected).values().stream()
                .collect(Collectors.groupingBy(TensorRole::kind, Collectors.counting()));
        String row = expected
                + Stream.of(Kind.SLOT, Kind.HYPERPARAMETER, Kind.MOVING_AVERAGE)
                        .map(kind -> " " + counts.getOrDefault(kind, 0L))
                        .collect(Collectors.joining());
        if (row.endsWith(" 0 0 0")) {
            assertThat(COUNTS).doesNotContain("\n" + expected + " ");
        } else {
            assertThat(COUNTS.lines()).contains(row);
        }
    }

    @ParameterizedTest
    @MethodSource("checkpoints")
    void theObjectGraphSaysTheSame(Corpus.Expected expected) throws Exception {
        if (!expected.isV2()) {
            return;
        }
        Map<String, TensorRole> roles = roles(expected);
        try (Checkpoint checkpoint = Checkpoint.open(expected.path())) {
            OptimizerSlots slots = OptimizerSlots.of(checkpoint);
            for (TensorInfo tensor : checkpoint.tensors().toList()) {
                assertThat(slots.roleOf(tensor)).as(tensor.name()).isEqualTo(roles.get(tensor.name()));
            }
        }
    }

    private static void assertKind(Map<String, TensorRole> roles, Kind kind, Predicate<String> wanted) {
        Set<String> found = new TreeSet<>();
        roles.forEach((name, role) -> {
            if (role.kind() == kind) {
                found.add(name);
            }
        });
        assertThat(found)
                .isNotEmpty()
                .containsExactlyInAnyOrderElementsOf(
                        roles.keySet().stream().filter(wanted).toList());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "real/dcscn-sr-small/dcscn_L2_F4to4_PS_R1F4.ckpt, .*/Adam(_1)?|beta[12]_power",
        "real/keras-bert-tiny/bert_model.ckpt, .*/adam_[mv]",
        "real/sts-estimator-distributed/tensorflow_template_application_model/variables/variables, .*/Adagrad",
        "real/deepq-karpathy-v1/karpathy_game.ckpt, .*/RMSProp(_1)?",
        "real/tensorboard-v1-sharded/model.ckpt-1-00000-of-00001, .*/Ftrl(_1)?",
        "real/swift-models-index-only/minigo, .*/Momentum",
        "real/openseq2seq-wavenet/model.ckpt-40000, Loss_Optimization/(.*/Adam(_1)?|beta[12]_power)",
        "real/t2t-transformer-2shards/model.ckpt-1, training/(.*/Adam(_1)?|beta[12]_power)",
        "real/rlcard-experiment/model, (target_)?q/(.*/Adam(_1)?|beta[12]_power)",
        "real/t5-bfloat16-partial/model.ckpt-0, .*_slot_v",
        "real/tfx-chicago-estimator/model.ckpt-1000, training/(Adagrad/.*/accumulator|Ftrl/.*/(accumulator|linear))",
        "real/jobvector-sm/variables/variables, optimizer/_variables/.*",
        "real/vespa-modelv1/variables/variables, training/Adam/Variable(_[0-9]+)?",
        "real/keras3-dicoding-index-only/variables/variables, optimizer/_variables/.*",
        "real/tensorforce-ppo/ppo-checkpoint-1, .*/.OPTIMIZER_SLOT/.*",
        "story/log/model.ckpt-122543, .*/Momentum"
    })
    void exactlyTheseAreSlots(String checkpoint, String pattern) throws Exception {
        assertKind(roles(checkpoint), Kind.SLOT, name -> name.matches(pattern));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "real/tfx-chicago-estimator/model.ckpt-0, 'training/(Adagrad|Ftrl)/[^/]*'",
        "real/vespa-modelb/variables/variables, 'Adam/[^/]*'",
        "real/tensorforce-ppo/ppo-checkpoint-1, '.*/tf_optimizer/(iter|beta_1|beta_2|decay)/.ATTRIBUTES/VARIABLE_VALUE'",
        "real/jobvector-sm/variables/variables, 'optimizer/(_iterations|_learning_rate)/.*'",
        "story/tf2/ckpt-1, 'optimizer/[^/.]*/.ATTRIBUTES/VARIABLE_VALUE'"
    })
    void exactlyTheseAreHyperparameters(String checkpoint, String pattern) throws Exception {
        assertKind(roles(checkpoint), Kind.HYPERPARAMETER, name -> name.matches(pattern));
    }

    @Test
    void movingAveragesAreAKindOfTheirOwn() throws Exception {
        for (String checkpoint : List.of("story/log/model.ckpt-122543", "real/efficientdet-d3-index-only/model")) {
            assertKind(roles(checkpoint), Kind.MOVING_AVERAGE, name -> name.endsWith("/ExponentialMovingAverage"));
        }
    }

    @Test
    void eachBelongsToItsVariable() throws Exception {
        Map<String, TensorRole> roles = roles("story/log/model.ckpt-122543");
        assertThat(roles.get("input/init_conv/DW/Momentum")).isEqualTo(TensorRole.of(Kind.SLOT, "input/init_conv/DW"));
        assertThat(roles.get("input/init_conv/DW/ExponentialMovingAverage"))
                .isEqualTo(TensorRole.of(Kind.MOVING_AVERAGE, "input/init_conv/DW"));
        assertThat(roles("real/rlcard-experiment/model")
                        .get("q/q/fully_connected/biases/Adam_1")
                        .variable())
                .contains("q/fully_connected/biases");
        assertThat(roles("real/tfx-chicago-estimator/model.ckpt-0")
                        .get("training/Ftrl/linear/linear_model/bias_weights/linear")
                        .variable())
                .contains("linear/linear_model/bias_weights");
        assertThat(roles("story/tf2/ckpt-1")
                        .get("model/init_conv/kernel/.OPTIMIZER_SLOT/optimizer/momentum/.ATTRIBUTES/VARIABLE_VALUE")
                        .variable())
                .contains("model/init_conv/kernel/.ATTRIBUTES/VARIABLE_VALUE");
    }
}
