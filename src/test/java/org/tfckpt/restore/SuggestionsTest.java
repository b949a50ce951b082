package org.tfckpt.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tfckpt.restore.TestCheckpoints.wanted;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;

class SuggestionsTest {
    private static TensorInfo tensor(String name, long... shape) {
        return new TensorInfo(name, DataType.DT_FLOAT.number(), Shape.of(shape), null, List.of());
    }

    private static Comparison compare(List<Wanted> wanted, List<TensorInfo> tensors) {
        return Comparison.of(wanted, tensors, NameMapping.NONE, List.of());
    }

    /** A variable by its old and its new name, among others that resemble it. */
    @ParameterizedTest
    @CsvSource({
        "net/conv/kernel,net/conv/weights",
        "net/conv/bias,net/conv/biases",
        "net/bn/gamma,net/bn/scale",
        "net/bn/moving_variance,net/bn/running_var",
        "rnn/basic_lstm_cell/kernel,rnn/basic_lstm_cell/weights",
        "rnn/basic_lstm_cell/kernel,RNN/BasicLSTMCell/Linear/Matrix",
        "rnn/basic_lstm_cell/bias,RNN/BasicLSTMCell/Linear/Bias",
        "rnn/gru_cell/gates/kernel,RNN/GRUCell/Gates/Linear/Matrix",
        "rnn/gru_cell/candidate/bias,RNN/GRUCell/Candidate/Linear/Bias",
        "rnn/lstm_cell/kernel,RNN/LSTMCell/W_0",
        "rnn/lstm_cell/bias,RNN/LSTMCell/B",
        "rnn/multi_rnn_cell/cell_0/basic_lstm_cell/kernel,RNN/MultiRNNCell/Cell0/BasicLSTMCell/Linear/Matrix",
        "dense/kernel,model/dense/kernel",
        "model/dense/kernel,dense/kernel",
        "dense/kernel,dense/kernel/.ATTRIBUTES/VARIABLE_VALUE",
        "dense/kernel/.ATTRIBUTES/VARIABLE_VALUE,dense/kernel",
        "layer1/conv/w,layer_1/conv/w",
        "encoder/embeding,encoder/embedding",
        "dense/kernel,dense/kernel/ExponentialMovingAverage",
    })
    void theSourceComesFirst(String variable, String source) {
        List<TensorInfo> tensors = new ArrayList<>();
        List<Wanted> wanted = new ArrayList<>();
        for (String other : List.of("zz/other/kernel", "zz/other/bias", "zz/gates/gamma", "q/scale", "q/moving_mean")) {
            tensors.add(tensor(other, 4, 3));
        }
        tensors.add(tensor(source, 4, 3));
        wanted.add(wanted(variable, 4, 3));
        Comparison comparison = compare(wanted, tensors);
        assertThat(comparison.suggestions().of(comparison.missing().get(0)))
                .first()
                .isEqualTo(new Suggestion(source, tensor(source, 4, 3), true));
    }

    @Test
    void erasOfRnnsAreOneRule() {
        List<Wanted> wanted = new ArrayList<>();
        List<TensorInfo> tensors = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            wanted.add(wanted("rnn/multi_rnn_cell/cell_" + i + "/basic_lstm_cell/kernel", 8, 16));
            wanted.add(wanted("rnn/multi_rnn_cell/cell_" + i + "/basic_lstm_cell/bias", 16));
            tensors.add(tensor("RNN/MultiRNNCell/Cell" + i + "/BasicLSTMCell/Linear/Matrix", 8, 16));
            tensors.add(tensor("RNN/MultiRNNCell/Cell" + i + "/BasicLSTMCell/Linear/Bias", 16));
        }
        wanted.add(wanted("dense/kernel", 16, 2));
        tensors.add(tensor("dense/kernel", 16, 2));
        pasted(wanted, tensors);
    }

    @Test
    void twoRenamesAtOnce() {
        List<Wanted> wanted = new ArrayList<>();
        List<TensorInfo> tensors = new ArrayList<>();
        for (String layer : List.of("conv1", "conv2", "fc")) {
            wanted.add(wanted("init/" + layer + "/kernel", 3, 3));
            wanted.add(wanted("init/" + layer + "/bias", 3));
            tensors.add(tensor("input/" + layer + "/weights", 3, 3));
            tensors.add(tensor("input/" + layer + "/biases", 3));
        }
        pasted(wanted, tensors);
    }

    /** The rules, pasted back one by one as a person would, have the comparison pass. */
    private static Comparison pasted(List<Wanted> wanted, List<TensorInfo> tensors) {
        NameMapping mapping = NameMapping.NONE;
        for (SuggestedRule rule : compare(wanted, tensors).suggestions().rules()) {
            mapping = mapping.then(NameMapping.sed(rule.rule()));
        }
        Comparison comparison = Comparison.of(wanted, tensors, mapping, List.of());
        assertThat(comparison.isComplete()).as(mapping.toString()).isTrue();
        assertThat(comparison.collisions()).isEmpty();
        return comparison;
    }

    @Test
    void aRuleThatHitsElsewhereIsNotSuggested() {
        List<Wanted> wanted = List.of(
                wanted("init/bn/beta", 2),
                wanted("init/bn/gamma", 2),
                wanted("unit/init/beta", 2),
                wanted("unit/init/gamma", 2));
        List<TensorInfo> tensors = List.of(
                tensor("input/bn/beta", 2),
                tensor("input/bn/gamma", 2),
                tensor("unit/init/beta", 2),
                tensor("unit/init/gamma", 2));
        assertThat(compare(wanted, tensors).suggestions().rules())
                .containsExactly(new SuggestedRule("s#^init/#input/#", List.of("init/bn/beta", "init/bn/gamma")));
        pasted(wanted, tensors);
        // The other way round, where '/init/' in the middle is the one renamed.
        List<Wanted> inner = List.of(wanted("init/a/w", 2), wanted("u/init/w", 2), wanted("v/init/w", 2));
        List<TensorInfo> innerTensors = List.of(tensor("init/a/w", 2), tensor("u/input/w", 2), tensor("v/input/w", 2));
        assertThat(pasted(inner, innerTensors).matched()).hasSize(3);
    }

    @Test
    void aKernelThatWasAlwaysOneStaysOne() {
        List<Wanted> wanted = List.of(wanted("old/kernel", 2, 2), wanted("a/kernel", 3, 3), wanted("b/kernel", 4, 4));
        List<TensorInfo> tensors =
                List.of(tensor("old/kernel", 2, 2), tensor("a/weights", 3, 3), tensor("b/weights", 4, 4));
        pasted(wanted, tensors);
    }

    @Test
    void betweenTwoThatFitEquallyNoRuleIsChosen() {
        List<Wanted> wanted = List.of(wanted("tower/a", 2), wanted("tower/b", 3));
        List<TensorInfo> tensors =
                List.of(tensor("tower_0/a", 2), tensor("tower_0/b", 3), tensor("tower_1/a", 2), tensor("tower_1/b", 3));
        Comparison comparison = compare(wanted, tensors);
        assertThat(comparison.suggestions().rules()).isEmpty();
        assertThat(comparison.suggestions().of(comparison.missing().get(0)))
                .extracting(Suggestion::name)
                .startsWith("tower_0/a", "tower_1/a");
    }

    @Test
    void anotherShapeIsSaidToBeOne() {
        Comparison comparison = compare(
                List.of(wanted("net/fc/kernel", 32, 100), wanted("else/where", 7)),
                List.of(tensor("net/fc/weights", 32, 10), tensor("other", 3)));
        assertThat(comparison.suggestions().of(comparison.missing().get(0)))
                .extracting(Suggestion::toString)
                .containsExactly("'net/fc/weights' (DT_FLOAT [32,10])");
        assertThat(comparison.suggestions().of(comparison.missing().get(1))).isEmpty();
        assertThat(comparison.suggestions().rules()).isEmpty();
        assertThat(comparison.suggestions().mapLines()).isEmpty();
    }

    @Test
    void theOnlyTensorOfAShapeIsSuggestedUnderAnyName() {
        Comparison comparison = compare(
                List.of(wanted("a", 17, 4)), List.of(tensor("qqq/www/eee", 17, 4), tensor("b", 3), tensor("c", 5)));
        assertThat(comparison.suggestions().of(comparison.missing().get(0)))
                .extracting(Suggestion::name)
                .containsExactly("qqq/www/eee");
        assertThat(comparison.suggestions().mapLines()).containsExactly("qqq/www/eee -> a");
    }

    @Test
    void aTensorThatIsInUseIsNotSuggested() {
        Comparison comparison = compare(List.of(wanted("a/w", 2), wanted("b/w", 2)), List.of(tensor("a/w", 2)));
        assertThat(comparison.suggestions().of(comparison.missing().get(0))).isEmpty();
        assertThat(comparison.suggestions().rules()).isEmpty();
        assertThat(comparison.suggestions().of(comparison.matched().get(0))).isEmpty();
    }

    @Test
    void oddNamesAreQuotedForSed() {
        List<Wanted> wanted =
                List.of(wanted("a.b[c]*(d)+$^|{1}\\/x", 2), wanted("a.b[c]*(d)+$^|{1}\\/y", 3), wanted("aXb/x", 4));
        List<TensorInfo> tensors = List.of(tensor("it's#1&\\/x", 2), tensor("it's#1&\\/y", 3), tensor("aXb/x", 4));
        List<SuggestedRule> rules = compare(wanted, tensors).suggestions().rules();
        assertThat(rules).hasSize(1);
        assertThat(rules.get(0).rule()).startsWith("s").contains("it's#1\\&");
        pasted(wanted, tensors);
    }

    @Test
    void namesOfNoUseToAPersonAreNoRules() {
        Comparison comparison =
                compare(List.of(wanted("a\nb/x", 2), wanted("a\nb/y", 3)), List.of(tensor("c/x", 2), tensor("c/y", 3)));
        assertThat(comparison.suggestions().rules()).isEmpty();
        assertThat(comparison
                        .suggestions()
                        .of(comparison.missing().get(0))
                        .get(0)
                        .name())
                .isEqualTo("c/x");
    }

    @Test
    void fullNamesOfAnObjectBasedCheckpointAreNamesToo() {
        Tensors tensors = Tensors.of(
                List.of(tensor("m/a/.ATTRIBUTES/VARIABLE_VALUE", 2), tensor("m/b/.ATTRIBUTES/VARIABLE_VALUE", 3)),
                Map.of(
                        "input/conv/w", "m/a/.ATTRIBUTES/VARIABLE_VALUE",
                        "input/conv/b", "m/b/.ATTRIBUTES/VARIABLE_VALUE"));
        Comparison comparison = Comparison.of(
                List.of(NamedVariable.of(wanted("init/conv/w", 2)), NamedVariable.of(wanted("init/conv/b", 3))),
                tensors,
                NameMapping.NONE,
                Exclusions.NONE,
                null);
        assertThat(comparison.suggestions().rules())
                .extracting(SuggestedRule::rule)
                .containsExactly("s#^init/#input/#");
    }
}
