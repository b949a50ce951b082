package org.tfckpt.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Texts without variables, and texts that are made to take long. Quadratic time would make these tests run for hours. */
class HostileTextTest {
    private static final int SIZE = 1 << 23;

    private static InputStream repeated(String text) {
        byte[] bytes = text.repeat(SIZE / text.length()).getBytes(StandardCharsets.UTF_8);
        byte[] variable = "\na/w:0 (3, 4)\n".getBytes(StandardCharsets.UTF_8);
        return new SequenceInputStream(
                Collections.enumeration(List.of(new ByteArrayInputStream(bytes), new ByteArrayInputStream(variable))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<tf.Variable '",
                "[(",
                "((('a', [1, ",
                "('",
                "(\"'",
                "Key ",
                "Dimension(",
                "[Dimension(",
                " ",
                "'x:0' (3, 4)y",
                ":0 (3, 4) ",
                "Shape of variable a (3) Tensor name \"x tensor_name = ",
                "\u001b[",
                "\u001b]",
                "_class=[\"loc:@",
                "x torch.Size([3]) ",
                "w:0 = = = = ",
                "{'",
                "{'a': [1], ",
                "{'a':\n\n\n\n"
            })
    void takesLinearTime(String text) throws IOException {
        assertThat(Graph.parse(repeated(text)).variables().names())
                .contains("a/w")
                .hasSizeLessThan(3);
    }

    @Test
    void unterminatedValuesHideNothing() throws IOException {
        String text = "<tf.Variable 'v:0' shape=(3,) dtype=float32, numpy=\narray([[[1, 2,\n";
        assertThat(Graph.parse(repeated(text)).variables().names()).containsExactly("v", "a/w");
    }

    @Test
    void aVariableAtAnyPositionOfALongLineIsFound() {
        Random random = new Random(3);
        StringBuilder text = new StringBuilder("[");
        for (int i = 0; i < 30_000; i++) {
            text.append("('v/").append(i).append("', [").append(i).append(", 3]), ");
            if (random.nextInt(100) == 0) {
                text.append("x".repeat(random.nextInt(9000))).append(": [");
            }
        }
        Graph graph = Graph.parse(text.toString());
        assertThat(graph.variables().names()).hasSize(30_000);
    }

    @Test
    void anOrdinaryDictHasNoVariables() {
        for (String dict : List.of(
                "{'hidden': [3, 4], 'units': [10], 'lr': 0.1}",
                "{'a': [3, 4], 'b': {'c': [1, 2]}}",
                "{'hidden': [3, 4],\n 'lr': 0.1}",
                "{'hidden': [3, 4]")) {
            assertThatThrownBy(() -> Graph.parse(dict)).as(dict).hasMessageContaining("no variables are recognised");
        }
    }

    @Test
    void aDictLongerThanTheWindowIsRead() {
        StringBuilder text = new StringBuilder("{");
        for (int i = 0; i < 30_000; i++) {
            text.append(i == 0 ? "" : i % 3 == 0 ? ",\n " : ", ");
            text.append(i % 2 == 0 ? "'v" : "'s/v")
                    .append(i)
                    .append("': [")
                    .append(i)
                    .append(", 3]");
        }
        assertThat(Graph.parse("A log\n" + text + "}\nand its end\n")
                        .variables()
                        .names())
                .hasSize(30_000);
    }

    @Test
    void binaryDataIsNoText() {
        byte[] bytes = new byte[5000];
        new Random(1).nextBytes(bytes);
        assertThatThrownBy(() -> Graph.parse(new ByteArrayInputStream(bytes)))
                .hasMessageStartingWith("the input is not text");
    }

    /** Lines of logs, tools, documents and source code. */
    private static final String PROSE = """
            Epoch 1/10
            1875/1875 [==============================] - 4s 2ms/step - loss: 0.2961 - accuracy: 0.9141
            INFO:tensorflow:global_step/sec: 12.43
            INFO:tensorflow:loss = 0.0312, step = 1200 (8.043 sec)
            INFO:tensorflow:Saving checkpoints for 122543 into log/model.ckpt.
            2019-04-08 12:00:02.921558: I tensorflow/core/platform/cpu_feature_guard.cc:141] Your CPU supports AVX2
            Created TensorFlow device (/job:localhost/replica:0/task:0/device:GPU:0 with 7429 MB memory)
            /job:localhost/replica:0/task:0/device:GPU:0 (3, 4)
            Train Epoch: 1 [640/60000 (1%)]\tLoss: 2.278057
            epoch:0 [64]
            step:0 [1, 2]
            cuda:0 torch.Size([64, 10])
            input shape torch.Size([64, 3, 224, 224])
            torch.Size([64, 10])
            outputs torch.Size([64, 10])
            Unexpected key(s) in state_dict: "fc.weight", "fc.bias".
            features shape: torch.Size([64, 10]) torch.float32 torch.Size([64])
            <tf.Tensor 'dense/BiasAdd:0' shape=(?, 10) dtype=float32>
            tensor([[0.1, 0.2]], device='cuda:0')
            Namespace(batch_size=32, input=(3, 4), lr=0.1, layers=[64, 64], name='x')
            Traceback (most recent call last):
              File "train.py", line 77, in <module>
                w = tf.get_variable("conv/weights", [5, 5, 1, 32])
                model.add(Dense('a/b', (3, 4)))
            ValueError: Shapes (None, 1) and (None, 10) are incompatible
            KeyError: 'a/b'
            | 0  Tesla V100-SXM2...  On   | 00000000:00:04.0 Off |                    0 |
            Requirement already satisfied: numpy<2.0,>=1.16 in /usr/lib/python3 (1.21.5)
            shapes = [('conv/w', [3, 3]), ('fc/w', [10])]
            LAYERS = [
                ('conv1/w', [3, 3]),
                ('conv2/w', (3, 3)),
            ]
            for name, shape in [('a/b', [1])]: print(name, shape)
            The tuple ('a/b', [3, 4]) is an example, see `('w', [3])`.
            ('adam', (0.9, 0.999))
            ('relu', [3, 3])
            name = input, shape = (224, 224, 3)
            Tensor("dense/BiasAdd:0", shape=(?, 10), dtype=float32)
            <KerasTensor shape=(None, 3), dtype=float32, sparse=False, name=keras_tensor>
            tf.Tensor([1 2 3], shape=(3,), dtype=int32)
            <tf.Tensor: shape=(3,), dtype=int32, numpy=array([1, 2, 3])>
            {"a": [3, 4], "b": {"shape": [1, 2]}}
            {'hidden': [3, 4], 'units': [10]}
            Config: {'hidden': [3, 4], 'lr': 0.1, 'name': 'a/b'}
            {'a': [3, 4], 'b': {'c/d': [1, 2]}}
            shapes = {'conv/w': [3, 3], 'fc/w': [10]}
                {'conv/w': [3, 3], 'fc/w': [10]}
            {'http://localhost/x': [200], 'a long/text': [3]}
            # Key points: the key was not found in the map
            The checkpoint at 10:00 (3, 4) was saved; ratio 16:0 (3, 4).
            x[1:0] (3, 4)
            http://localhost:0 (3, 4)
            """;

    @Test
    void proseHasNoVariables() {
        assertThatThrownBy(() -> Graph.parse(PROSE)).hasMessageContaining("no variables are recognised");
        List<String> lines = PROSE.lines().toList();
        Random random = new Random(7);
        StringBuilder shuffled = new StringBuilder();
        while (shuffled.length() < 1 << 20) {
            shuffled.append(lines.get(random.nextInt(lines.size()))).append('\n');
        }
        assertThatThrownBy(() -> Graph.parse(shuffled.toString())).hasMessageContaining("no variables are recognised");
        for (String line : lines) {
            assertThatThrownBy(() -> Graph.parse("A log\n" + line + "\nand its end"))
                    .as(line)
                    .hasMessageContaining("no variables are recognised");
        }
    }
}
