package org.tfckpt.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The errors of a failed restore, which name some of the variables that are wanted. */
class RestoreErrorsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "NotFoundError: Key conv1/kernel not found in checkpoint | conv1/kernel:0 <unknown> <unknown>",
                "tensor_name = X/y; expected dtype int32 does not equal original dtype int64 | X/y:0 DT_INT32 <unknown>",
                "tensor_name = X; shape in shape_and_slice spec [10] does not match the shape stored in checkpoint: [100]"
                        + " | X:0 <unknown> [10]",
                "Tensor name \"conv1/kernel\" not found in checkpoint files model.ckpt"
                        + " | conv1/kernel:0 <unknown> <unknown>",
                "Assign requires shapes of both tensors to match. lhs shape= [32,100] rhs shape= [32,10]\\n\t [[Node:"
                        + " save/Assign_5 = Assign[T=DT_FLOAT, _class=[\"loc:@logit/DW\"]]] | logit/DW:0 DT_FLOAT [32,100]",
                "Shape of variable bert/w:0 ((21128, 312)) doesn't match with shape of tensor b/w ([21128, 128]) from"
                        + " checkpoint reader. | bert/w:0 <unknown> [21128,312]",
                "ValueError: Tensor w is not found in model.ckpt checkpoint {'a/b': [3, 4]} | w:0 <unknown> <unknown>",
                "Tensor a/w (w in a/) is not found in model.ckpt checkpoint | a/w:0 <unknown> <unknown>",
                "Received incompatible tensor with shape (5,) when attempting to restore variable with shape (3,) and"
                        + " name dense_1/bias:0. | dense_1/bias:0 <unknown> [3]",
                "Received incompatible tensor with shape (5,) when attempting to restore variable with shape (3,) and"
                        + " name layer_with_weights-1/bias/.ATTRIBUTES/VARIABLE_VALUE."
                        + " | layer_with_weights-1/bias/.ATTRIBUTES/VARIABLE_VALUE:0 <unknown> [3]",
                "WARNING:tensorflow:An attribute in the restored object could not be found in the checkpoint. Object:"
                        + " (root).a.c, attribute: ['VARIABLE_VALUE'] | a/c/.ATTRIBUTES/VARIABLE_VALUE:0 <unknown> <unknown>",
                "Cannot assign value to variable ' dense/kernel:0': Shape mismatch.The variable shape (3,4), and the"
                        + " assigned value shape (3,5) are incompatible. | dense/kernel:0 <unknown> [3,4]",
                "Layer 'dense' expected 2 variables, but received 0 variables during loading. Expected: ['kernel',"
                        + " 'bias'] | dense/kernel:0 <unknown> <unknown>; dense/bias:0 <unknown> <unknown>",
                "Assign requires shapes of both tensors to match. lhs shape= [3] rhs shape= [4]\\n  [[{{node save/Assign_5}} ="
                        + " Assign[T=DT_FLOAT, _class=[\"loc:@l1/W\"], use_locking=true](l1/W/Adam_1, save/RestoreV2:5)]]"
                        + " | l1/W/Adam_1:0 DT_FLOAT [3]",
                "Assign requires shapes of both tensors to match. lhs shape= [] rhs shape= [60]\\n  [[Node: save/Assign_6 ="
                        + " Assign[T=DT_STRING, use_locking=true](net/files, net/save/restore_slice_6)]]"
                        + " | net/files:0 DT_STRING []",
                "Assign requires shapes of both tensors to match. lhs shape= [13] rhs shape= [150]\\n   [[node save/Assign_2"
                        + " (defined at net.py:79) ]]\\n\\nInput Source operations connected to node save/Assign_2:\\n out/biases"
                        + " (defined at net.py:145) | out/biases:0 <unknown> [13]",
                "Key _CHECKPOINTABLE_OBJECT_GRAPH not found in checkpoint\\nKey fc/b not found in checkpoint"
                        + " | fc/b:0 <unknown> <unknown>",
                "WARNING:tensorflow:Variable vgg_16/fc8/weights missing in checkpoint vgg_16.ckpt"
                        + " | vgg_16/fc8/weights:0 <unknown> <unknown>",
                "WARNING:root:Variable [a/weights/Momentum] is not available in checkpoint"
                        + " | a/weights/Momentum:0 <unknown> <unknown>",
                "Variable [a/weights] is available in checkpoint, but has an incompatible shape with model variable."
                        + " Checkpoint shape: [[1, 1, 512, 273]], model variable shape: [[1, 1, 512, 6]]. This variable"
                        + " | a/weights:0 <unknown> [1,1,512,6]",
                "The shape of the target variable and the shape of the target value in `variable.assign(value)` must match."
                        + " Target variable: <KerasVariable shape=(3, 4), dtype=float32, path=dense/kernel>"
                        + " | dense/kernel:0 DT_FLOAT [3,4]",
                "Layer #9 (named \"fc\"), weight <tf.Variable 'fc/kernel:0' shape=(3, 8) dtype=float32> has shape (3, 8), but"
                        + " the saved weight has shape (3, 9). | fc/kernel:0 DT_FLOAT [3,8]",
                "Missing key(s) in state_dict: \"a.0.weight\", \"a.0.bias\". \\nUnexpected key(s) in state_dict: \"b.bias\"."
                        + " | a.0.weight:0 <unknown> <unknown>; a.0.bias:0 <unknown> <unknown>",
                "size mismatch for fc.bias: copying a param with shape torch.Size([9]) from checkpoint, the shape in current"
                        + " model is torch.Size([8]). | fc.bias:0 <unknown> [8]",
                "Some weights of BertModel were not initialized from the model checkpoint at bert-base and are newly"
                        + " initialized: ['cls.weight', 'cls.bias'] | cls.weight:0 <unknown> <unknown>; cls.bias:0 <unknown> <unknown>",
                "The following objects have no matching checkpointed value: [<tf.Variable 'w:0' shape=(2,) dtype=float32,"
                        + " numpy=array([1., 2.], dtype=float32)>] | w:0 DT_FLOAT [2]",
                "AssertionError: Object not assigned a value from checkpoint: <tf.Variable 'w:0' shape=(2,)"
                        + " dtype=float32, numpy=array([1., 2.], dtype=float32)> | w:0 DT_FLOAT [2]"
            })
    void namesWhatIsWanted(String error, String expected) {
        for (String prefix : List.of("", "Traceback (most recent call last):\n  File \"train.py\", line 77\n")) {
            Graph graph = Graph.parse(prefix + error.replace("\\n", "\n"));
            assertThat(graph.variables().stream().map(GraphVariable::toString)).containsExactly(expected.split("; "));
            assertThat(graph.isPartial()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Unresolved object in checkpoint (root).optimizer.iter: attributes {\\n  name: \"VARIABLE_VALUE\"\\n}"
                        + " | (root).optimizer.iter",
                "Unresolved object in checkpoint: (root).optimizer.iter | (root).optimizer.iter",
                "Value in checkpoint could not be found in the restored object: (root).a.b | (root).a.b",
                "Unresolved object in checkpoint: (root).optimizer's state 'm' for (root).w"
                        + " | (root).optimizer's state 'm' for (root).w"
            })
    void statesWhatIsNotUsed(String warning, String object) {
        Graph graph = Graph.parse(warning.replace("\\n", "\n"));
        assertThat(graph.variables()).isEmpty();
        assertThat(graph.isPartial()).isTrue();
        assertThat(graph.notes()).hasSize(2);
        assertThat(graph.notes().get(0)).doesNotContain("ignored");
        assertThat(graph.notes().get(1)).endsWith(object);
    }

    @Test
    void aPrintedGraphIsCompleteIfItHasWhatTheErrorNames() {
        String printed = "a/w:0 (3,)\nb/w:0 (4,)\n";
        assertThat(Graph.parse(printed + "Key a/w not found in checkpoint").isPartial())
                .isFalse();
        assertThat(Graph.parse(printed + "Key c/w not found in checkpoint").isPartial())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Layer (type)        Output Shape       Param #\\ndense (Dense)   (None, 3)   15 | model.summary()",
                "[<tensorflow.python.ops.variables.Variable object at 0x7f12>] | v.get_shape()",
                "Layer 'dense' expected 2 variables, but received 0 variables during loading | 'dense'"
            })
    void whatHasNoNamesIsAnsweredWithWhatToPrint(String text, String answer) {
        assertThatThrownBy(() -> Graph.parse(text.replace("\\n", "\n")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no variables")
                .hasMessageContaining(answer);
    }
}
