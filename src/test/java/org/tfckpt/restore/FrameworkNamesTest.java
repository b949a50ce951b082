package org.tfckpt.restore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tfckpt.restore.TestCheckpoints.wanted;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;

/** The differences that TensorFlow and Keras introduce themselves, from one release or API to another. */
class FrameworkNamesTest {
    private static final String VALUE = "/.ATTRIBUTES/VARIABLE_VALUE";

    private static TensorInfo tensor(String name, long... shape) {
        return new TensorInfo(name, DataType.DT_FLOAT.number(), Shape.of(shape), null, List.of());
    }

    /** Names of one variable, old and new: each is found under the other, among tensors of the same shape. */
    @ParameterizedTest
    @CsvSource({
        // Layers of TF1, slim and Keras.
        "net/conv/kernel, net/conv/weights",
        "net/conv/bias, net/conv/biases",
        "net/dense/kernel, net/fully_connected/weights",
        "net/dense_1/bias, net/fully_connected_1/biases",
        "dense/kernel, dense_1/kernel",
        "conv2d_3/kernel, conv2d_12/kernel",
        "encoder/embedding/embeddings, encoder/embedding/embedding_table",
        // Outputs, as in Keras' own files.
        "dense/kernel, dense/kernel:0",
        // Batch normalization.
        "net/bn/gamma, net/bn/scale",
        "net/bn/beta, net/bn/offset",
        "net/bn/moving_mean, net/bn/running_mean",
        "net/bn/moving_mean, net/bn/moving_average",
        "net/bn/moving_variance, net/bn/running_variance",
        "net/bn/moving_variance, net/bn/running_var",
        "net/conv1/batch_normalization/moving_mean, net/conv1/BatchNorm/moving_mean",
        "batch_normalization_2/gamma, batch_normalization_v1_2/gamma",
        // Generations of cells.
        "rnn/basic_lstm_cell/kernel, RNN/BasicLSTMCell/Linear/Matrix",
        "rnn/basic_lstm_cell/bias, RNN/BasicLSTMCell/Linear/Bias",
        "rnn/basic_lstm_cell/kernel, rnn/basic_lstm_cell/weights",
        "rnn/lstm_cell/bias, rnn/basic_lstm_cell/biases",
        "rnn/lstm_cell/kernel, RNN/LSTMCell/W_0",
        "rnn/lstm_cell/bias, RNN/LSTMCell/B",
        "rnn/gru_cell/gates/kernel, RNN/GRUCell/Gates/Linear/Matrix",
        "rnn/multi_rnn_cell/cell_0/basic_lstm_cell/kernel, RNN/MultiRNNCell/Cell0/BasicLSTMCell/Linear/Matrix",
        "rnn/multi_rnn_cell/cell_0/lstm_cell/kernel, rnn/multi_rnn_cell/cell_0/basic_lstm_cell/weights",
        "lstm/lstm_cell/recurrent_kernel, lstm/recurrent_kernel",
        "bidirectional/forward_lstm/lstm_cell_1/kernel, bidirectional/forward_lstm/kernel",
        // Keys of objects.
        "dense/kernel, dense/kernel/.ATTRIBUTES/VARIABLE_VALUE",
        "dense/kernel, layer_with_weights-0/kernel/.ATTRIBUTES/VARIABLE_VALUE",
        "layer-2/kernel/.ATTRIBUTES/VARIABLE_VALUE, layer_with_weights-1/kernel/.ATTRIBUTES/VARIABLE_VALUE",
        "layer_with_weights-2/bias/.ATTRIBUTES/VARIABLE_VALUE, layer_with_weights-1/bias/.ATTRIBUTES/VARIABLE_VALUE",
        "model/dense/kernel/.ATTRIBUTES/VARIABLE_VALUE, dense/kernel/.ATTRIBUTES/VARIABLE_VALUE",
    })
    void aVariableIsFoundUnderItsOtherName(String one, String other) {
        assertThat(first(one, other)).isEqualTo(other);
        assertThat(first(other, one)).isEqualTo(one);
    }

    private static String first(String variable, String source) {
        List<TensorInfo> tensors = new ArrayList<>();
        for (String other : List.of("zz/other/kernel", "zz/other/bias", "zz/gates/gamma", "q/beta", "q/moving_mean")) {
            tensors.add(tensor(other, 4, 3));
        }
        tensors.add(tensor(source, 4, 3));
        Comparison comparison = Comparison.of(List.of(wanted(variable, 4, 3)), tensors, NameMapping.NONE, List.of());
        return comparison.suggestions().of(comparison.missing().get(0)).get(0).name();
    }

    /** A suffix that all names have on one side is one rule. */
    @ParameterizedTest
    @CsvSource({
        ":0, s#$#:0#, s#:0$##",
        "/.ATTRIBUTES/VARIABLE_VALUE, s#$#/.ATTRIBUTES/VARIABLE_VALUE#, s#/\\.ATTRIBUTES/VARIABLE_VALUE$##"
    })
    void aSuffixOfAllNamesIsOneRule(String suffix, String adding, String removing) {
        List<Wanted> plain = new ArrayList<>();
        List<Wanted> suffixed = new ArrayList<>();
        for (int i = 1; i < 4; i++) {
            for (String last : List.of("kernel", "bias")) {
                plain.add(wanted("dense_" + i + "/" + last, i, 3));
                suffixed.add(wanted("dense_" + i + "/" + last + suffix, i, 3));
            }
        }
        assertThat(rules(plain, suffixed)).containsExactly(adding);
        assertThat(rules(suffixed, plain)).containsExactly(removing);
    }

    private static List<String> rules(List<Wanted> wanted, List<Wanted> stored) {
        List<TensorInfo> tensors = stored.stream()
                .map(each -> tensor(each.name(), each.shape().orElseThrow().toArray()))
                .toList();
        Comparison comparison = Comparison.of(wanted, tensors, NameMapping.NONE, List.of());
        NameMapping mapping = comparison.suggestions().mapping();
        assertThat(Comparison.of(wanted, tensors, mapping, List.of()).isComplete())
                .isTrue();
        return comparison.suggestions().rules().stream()
                .map(SuggestedRule::rule)
                .toList();
    }

    @Test
    void aSlotWithoutANameIsFoundByItsShape() {
        List<TensorInfo> tensors = List.of(
                new TensorInfo(
                        "optimizer/_iterations" + VALUE, DataType.DT_INT64.number(), Shape.of(), null, List.of()),
                tensor("optimizer/_learning_rate" + VALUE),
                tensor("dense/kernel" + VALUE, 4, 3),
                tensor("dense/bias" + VALUE, 3),
                tensor("optimizer/_variables/2" + VALUE, 4, 3),
                tensor("optimizer/_variables/3" + VALUE, 3),
                tensor("optimizer/_variables/4" + VALUE, 4, 3),
                tensor("optimizer/_variables/5" + VALUE, 3));
        String slot = "dense/kernel/.OPTIMIZER_SLOT/optimizer/m" + VALUE;
        Comparison comparison = Comparison.of(
                List.of(wanted("dense/kernel" + VALUE, 4, 3), wanted("other/kernel" + VALUE, 4, 3), wanted(slot, 4, 3)),
                tensors,
                NameMapping.NONE,
                List.of());
        VariableSource moment = comparison.missing().get(1);
        assertThat(comparison.suggestions().of(moment))
                .extracting(Suggestion::name)
                .containsExactly("optimizer/_variables/2" + VALUE, "optimizer/_variables/4" + VALUE);
        // A slot does not take the place of a variable.
        assertThat(comparison.suggestions().of(comparison.missing().get(0))).isEmpty();
    }

    /** The slots of one variable, as the optimizers of several releases name them: the first moment and the second. */
    static Stream<Arguments> slots() {
        List<List<String>> names = List.of(
                List.of("dense/kernel/Adam", "dense/kernel/Adam_1"),
                List.of("dense/kernel/adam_m", "dense/kernel/adam_v"),
                List.of("dense/kernel/LAMB", "dense/kernel/LAMB_1"),
                List.of("dense/kernel/lamb_m", "dense/kernel/lamb_v"),
                List.of("training/Adam/dense/kernel/m", "training/Adam/dense/kernel/v"),
                List.of("Adam/dense/kernel/m", "Adam/dense/kernel/v"),
                List.of("Adam/m/dense/kernel", "Adam/v/dense/kernel"),
                List.of(
                        "dense/kernel/.OPTIMIZER_SLOT/optimizer/m" + VALUE,
                        "dense/kernel/.OPTIMIZER_SLOT/optimizer/v" + VALUE));
        return names.stream()
                .flatMap(one -> names.stream().filter(other -> other != one).map(other -> Arguments.of(one, other)));
    }

    @ParameterizedTest
    @MethodSource("slots")
    void theMomentsOfAdamAreNotExchanged(List<String> one, List<String> other) {
        String variable = one.get(0).contains(VALUE) ? "dense/kernel" + VALUE : "dense/kernel";
        String tensor = other.get(0).contains(VALUE) ? "dense/kernel" + VALUE : "dense/kernel";
        Comparison comparison = Comparison.of(
                List.of(wanted(variable, 4, 3), wanted(one.get(0), 4, 3), wanted(one.get(1), 4, 3)),
                List.of(tensor(tensor, 4, 3), tensor(other.get(0), 4, 3), tensor(other.get(1), 4, 3)),
                NameMapping.NONE,
                List.of());
        List<VariableSource> missing = comparison.missing().stream()
                .filter(source -> !source.wanted().variable().equals(variable))
                .toList();
        assertThat(missing).hasSize(2);
        for (int i = 0; i < 2; i++) {
            assertThat(comparison.suggestions().of(missing.get(i)))
                    .extracting(Suggestion::name)
                    .containsExactly(other.get(i));
        }
    }
}
