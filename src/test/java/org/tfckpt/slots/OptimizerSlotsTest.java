package org.tfckpt.slots;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.tfckpt.objects.ObjectGraph;
import org.tfckpt.slots.TensorRole.Kind;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.testing.Graphs;

class OptimizerSlotsTest {
    private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
    private int lookups;

    private OptimizerSlotsTest has(String name, long... shape) {
        tensors.put(name, new TensorInfo(name, 1, Shape.of(shape), null, List.of()));
        return this;
    }

    private Optional<TensorInfo> find(String name) {
        lookups++;
        return Optional.ofNullable(tensors.get(name));
    }

    private TensorRole role(String name) {
        try {
            return OptimizerSlots.of(this::find, Optional.empty()).roleOf(tensors.get(name));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private Kind kind(String name) {
        return role(name).kind();
    }

    @Test
    void aLayerOrAVariableMayBeCalledLikeAnOptimizer() {
        has("Adam/kernel", 3, 4)
                .has("Adam/bias", 4)
                .has("Momentum", 3)
                .has("Ftrl/Adam", 7)
                .has("net/Adagrad", 3, 4);
        has("beta1_power")
                .has("net/beta1_power")
                .has("x/ExponentialMovingAverage", 3)
                .has("m", 3)
                .has("Adam/x/m", 3);
        has("SGD/momentum", 3)
                .has("Adam/decay")
                .has("config/learning_rate")
                .has("config/decay")
                .has("a_slot_v", 3);
        has("kernel", 9)
                .has("net/kernel/Adam", 3, 4)
                .has("scale", 5)
                .has("scale/biased", 5)
                .has("Adafactor", 3);
        tensors.keySet().forEach(name -> assertThat(kind(name)).as(name).isEqualTo(Kind.VARIABLE));
    }

    @Test
    void aSlotHasTheShapeOfItsVariable() {
        has("w", 3, 4)
                .has("w/Adam", 3, 4)
                .has("w/Adam_1", 4, 3)
                .has("w/RMSProp_2", 3, 4)
                .has("w/Adadelta", 12);
        assertThat(role("w/Adam")).isEqualTo(TensorRole.of(Kind.SLOT, "w"));
        assertThat(kind("w/Adam_1")).isEqualTo(Kind.VARIABLE);
        assertThat(kind("w/RMSProp_2")).isEqualTo(Kind.SLOT);
        assertThat(kind("w/Adadelta")).isEqualTo(Kind.VARIABLE);
    }

    @Test
    void everyOptimizerOfTheFirstTensorFlow() {
        has("s/w", 2);
        for (String slot : List.of(
                "Adam",
                "Adam_1",
                "Adam_3",
                "Momentum",
                "Adagrad",
                "AdagradDA_1",
                "RMSProp",
                "Ftrl_1",
                "Adadelta_1",
                "LARSOptimizer",
                "adam_m",
                "adam_v",
                "lamb_m",
                "lamb_v",
                "AdamW",
                "AdaMax_1",
                "ProximalAdagrad",
                "AddSignOptimizer")) {
            has("s/w/" + slot, 2).has("training/opt/s/w/" + slot, 2);
            assertThat(role("s/w/" + slot)).isEqualTo(TensorRole.of(Kind.SLOT, "s/w"));
            assertThat(role("training/opt/s/w/" + slot)).isEqualTo(TensorRole.of(Kind.SLOT, "s/w"));
        }
    }

    @Test
    void theNearestScopeOfSeveralThatFit() {
        has("w", 2).has("s/w", 2).has("t/s/w/Adam", 2).has("s/w/Adam", 2);
        assertThat(role("t/s/w/Adam").variable()).contains("s/w");
        assertThat(role("s/w/Adam").variable()).contains("s/w");
    }

    @Test
    void powersComeInPairsOfScalars() {
        has("beta1_power")
                .has("beta2_power")
                .has("t/beta1_power_1")
                .has("t/beta2_power_1")
                .has("u/beta1_power", 1);
        has("u/beta2_power").has("v/beta1_power").has("v/beta2_power_1");
        for (String name : List.of("beta1_power", "beta2_power", "t/beta1_power_1", "t/beta2_power_1")) {
            assertThat(role(name)).isEqualTo(TensorRole.of(Kind.SLOT));
        }
        for (String name : List.of("u/beta1_power", "u/beta2_power", "v/beta1_power", "v/beta2_power_1")) {
            assertThat(kind(name)).isEqualTo(Kind.VARIABLE);
        }
    }

    @Test
    void adafactorKeepsRowsAndColumns() {
        has("w", 3, 4, 5).has("w/Adafactor", 3, 4).has("w/Adafactor_1", 3, 5).has("w/Adafactor_2", 4, 3);
        has("w_slot_vr", 4, 5)
                .has("w_slot_vc", 3, 4)
                .has("w_slot_v", 3, 4)
                .has("w_slot_m", 3, 4, 5)
                .has("b", 3);
        has("b/Adafactor", 3).has("b/Adafactor_1");
        for (String name : List.of(
                "w/Adafactor", "w/Adafactor_1", "w_slot_vr", "w_slot_vc", "w_slot_m", "b/Adafactor", "b/Adafactor_1")) {
            assertThat(kind(name)).as(name).isEqualTo(Kind.SLOT);
        }
        assertThat(kind("w/Adafactor_2")).isEqualTo(Kind.VARIABLE);
        assertThat(kind("w_slot_v")).isEqualTo(Kind.VARIABLE);
    }

    @Test
    void averagesThatCorrectTheirBias() {
        has("w", 3).has("w/ExponentialMovingAverage", 3).has("w/ExponentialMovingAverage/biased", 3);
        has("w/ExponentialMovingAverage/local_step").has("bn/moving_mean", 3).has("bn/moving_mean/biased", 3);
        for (String end : List.of("", "/biased", "/local_step")) {
            assertThat(role("w/ExponentialMovingAverage" + end)).isEqualTo(TensorRole.of(Kind.MOVING_AVERAGE, "w"));
        }
        assertThat(kind("bn/moving_mean/biased")).isEqualTo(Kind.VARIABLE);
    }

    @Test
    void kerasInAGraph() {
        has("d/kernel", 3, 4).has("training/Adam/d/kernel/m", 3, 4).has("Adam_1/d/kernel/vhat", 3, 4);
        has("training/Adam/d/kernel/rms", 3, 4)
                .has("training/Adam/learning_rate")
                .has("training/Adam/decay");
        has("training/Adam/iter", 1).has("training/RMSprop/d/kernel/rms", 3, 4).has("training/Adam/unheard_of");
        assertThat(role("training/Adam/d/kernel/m")).isEqualTo(TensorRole.of(Kind.SLOT, "d/kernel"));
        assertThat(kind("Adam_1/d/kernel/vhat")).isEqualTo(Kind.SLOT);
        assertThat(kind("training/RMSprop/d/kernel/rms")).isEqualTo(Kind.SLOT);
        assertThat(kind("training/Adam/d/kernel/rms")).as("not one of Adam's").isEqualTo(Kind.VARIABLE);
        assertThat(kind("training/Adam/decay")).isEqualTo(Kind.HYPERPARAMETER);
        assertThat(kind("training/Adam/iter")).as("no scalar").isEqualTo(Kind.VARIABLE);
        assertThat(kind("training/Adam/unheard_of")).isEqualTo(Kind.VARIABLE);
    }

    @Test
    void numberedVariablesOfKerasBelongToAnOptimizerWithHyperparameters() {
        has("Adam/iterations").has("Adam/lr").has("SGD_1/iterations").has("SGD_1/decay");
        has("net/RMSprop/lr").has("net/RMSprop/iterations").has("training_2/Adam/iter");
        has("training/Adam/Variable", 3, 4)
                .has("training_1/Adam/Variable_12", 1)
                .has("training_1/SGD/Variable_1", 3)
                .has("net/training/RMSprop/Variable", 3);
        has("training/Nadam/Variable", 3)
                .has("training/Adam/other", 3)
                .has("training/SGD/Variable", 3)
                .has("Adam/Variable", 3)
                .has("net/Adam/Variable_1", 3)
                .has("training/Variable", 3);
        for (String name : List.of(
                "training/Adam/Variable",
                "training_1/Adam/Variable_12",
                "training_1/SGD/Variable_1",
                "net/training/RMSprop/Variable")) {
            assertThat(kind(name)).as(name).isEqualTo(Kind.SLOT);
        }
        for (String name : List.of(
                "training/Nadam/Variable",
                "training/Adam/other",
                "training/SGD/Variable",
                "Adam/Variable",
                "net/Adam/Variable_1",
                "training/Variable")) {
            assertThat(kind(name)).as(name).isEqualTo(Kind.VARIABLE);
        }
    }

    @Test
    void aVariableOfTheModelMayBeCalledLikeAHyperparameter() {
        has("iter").has("lr").has("decay").has("global_step").has("learning_rate");
        has("model/iter")
                .has("model/lr")
                .has("model/learning_rate")
                .has("model/decay")
                .has("model/beta_1");
        has("training/iter").has("training/learning_rate").has("Adam/lr").has("SGD/iterations");
        has("Nadam/iterations", 3).has("Nadam/lr", 3).has("optimizer/_iterations");
        tensors.keySet().forEach(name -> assertThat(kind(name)).as(name).isEqualTo(Kind.VARIABLE));
    }

    @Test
    void hyperparametersOfKerasNamedByTheOptimizer() {
        has("Adam/iterations").has("Adam/lr").has("Adam/beta_1").has("Adam/decay");
        has("training/SGD/iter").has("training/SGD/learning_rate").has("training/SGD/momentum");
        has("optimizer/_iterations").has("optimizer/_learning_rate");
        tensors.keySet().forEach(name -> assertThat(kind(name)).as(name).isEqualTo(Kind.HYPERPARAMETER));
    }

    @Test
    void anObjectGraphKnowsWhatItsKeysDoNotSay() throws Exception {
        ObjectGraph graph = ObjectGraph.parse(
                new Graphs(6)
                        .edge(0, "v", 1)
                        .edge(0, "opt", 2)
                        .edge(2, "beta1_power", 3)
                        .edge(2, "rho", 4)
                        .edge(2, "v", 1)
                        .slot(2, 1, "m", 5)
                        .value(1, "v", "one/.ATTRIBUTES/VARIABLE_VALUE")
                        .value(3, "", "three")
                        .value(4, "", "four")
                        .value(5, "v/Adam", "five")
                        .build()
                        .toByteArray(),
                ErrorContext.NONE);
        has("one/.ATTRIBUTES/VARIABLE_VALUE", 3)
                .has("three")
                .has("four")
                .has("five", 7)
                .has("six");
        OptimizerSlots slots = OptimizerSlots.of(this::find, Optional.of(graph));
        assertThat(slots.roleOf(tensors.get("five")))
                .isEqualTo(TensorRole.of(Kind.SLOT, "one/.ATTRIBUTES/VARIABLE_VALUE"));
        assertThat(slots.kindOf(tensors.get("three"))).isEqualTo(Kind.SLOT);
        assertThat(slots.kindOf(tensors.get("four"))).isEqualTo(Kind.HYPERPARAMETER);
        assertThat(slots.kindOf(tensors.get("one/.ATTRIBUTES/VARIABLE_VALUE"))).isEqualTo(Kind.VARIABLE);
        assertThat(slots.kindOf(tensors.get("six"))).isEqualTo(Kind.VARIABLE);
    }

    @Test
    void listsOfVariablesAndNumbersOfStepsMayBeAnybodys() {
        String value = "/.ATTRIBUTES/VARIABLE_VALUE";
        has("model/_variables/0" + value, 3).has("model/_iterations" + value).has("state/iter" + value);
        has("state/momentum" + value).has("config/learning_rate" + value).has("config/decay" + value);
        tensors.keySet().forEach(name -> assertThat(kind(name)).as(name).isEqualTo(Kind.VARIABLE));
    }

    @Test
    @Timeout(20)
    void namesOfManyPartsCostFewLookups() {
        String deep = "Adam/".repeat(50_000);
        has(deep + "Adam", 3)
                .has(deep + "m", 3)
                .has(deep + "decay")
                .has("/".repeat(100_000) + "Adam")
                .has("Adam")
                .has("/");
        has("x/_variables/1".repeat(20_000) + "/.ATTRIBUTES/VARIABLE_VALUE", 3);
        tensors.keySet().forEach(name -> {
            lookups = 0;
            assertThat(kind(name)).isEqualTo(Kind.VARIABLE);
            assertThat(lookups).isLessThan(100);
        });
    }
}
