package org.tfckpt.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;

/** Every form in which a variable may be printed, alone and among other text. */
class PrintedFormsTest {
    private static final String NOISE = """
            2019-04-08 12:00:02.921558: I cpu_feature_guard.cc:141] Your CPU supports
            Epoch 1/10 - loss: 0.1 - shape (3, 4)

            """;

    /** A text, with {@code \n} for a line break, and the variables in it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "a/w:0 <dtype: 'float32_ref'> (3, 3) | a/w:0 DT_FLOAT [3,3]",
                "INFO:tensorflow:a/w:0 <dtype: 'int64'> () | a/w:0 DT_INT64 []",
                "a/w:0 <dtype: 'float32'> (?, 3) | a/w:0 DT_FLOAT [?,3]",
                "a/w:0 <dtype: 'float32'> <unknown> | a/w:0 DT_FLOAT <unknown>",
                "a/w:0 (3, 4) <dtype: 'float32'> | a/w:0 DT_FLOAT [3,4]",
                "a/w:0 float16 (3,) | a/w:0 DT_HALF [3]",
                "w:0 (3, 4) | w:0 <unknown> [3,4]",
                "w:0 [5, 5, 1, 32] | w:0 <unknown> [5,5,1,32]",
                "w:0: (3, None) | w:0 <unknown> [3,?]",
                "name: w:0, shape: TensorShape([3, 4]) | w:0 <unknown> [3,4]",
                "w:0 TensorShape([Dimension(3), Dimension(None)]) | w:0 <unknown> [3,?]",
                "w:0 TensorShape(None) | w:0 <unknown> <unknown>",
                "(u'a/w:0', tf.float32_ref, TensorShape([Dimension(3L)])) | a/w:0 DT_FLOAT [3]",
                "<tf.Variable 'a/w:0' shape=(3,) dtype=float32_ref> | a/w:0 DT_FLOAT [3]",
                "[<tf.Variable 'a:0' shape=() dtype=int32>, <tf.Variable 'b c:0' shape=<unknown> dtype=bool>]"
                        + " | a:0 DT_INT32 []; b c:0 DT_BOOL <unknown>",
                "<tf.Variable 'it's:0' shape=(2,) dtype=string> | it's:0 DT_STRING [2]",
                "<tf.Variable 'UnreadVariable' shape=() dtype=int64, numpy=1> w:0 () | w:0 <unknown> []",
                "<AutoCastVariable 'w:0' shape=(3,) dtype=float32 true_dtype=float32> | w:0 DT_FLOAT [3]",
                "Tensor(\"a/w/read:0\", shape=(3, 4), dtype=float32) | a/w:0 DT_FLOAT [3,4]",
                "Tensor(\"a/w/Read/ReadVariableOp:0\", shape=(3, ?), dtype=float32) | a/w:0 DT_FLOAT [3,?]",
                "Tensor(\"a/w:0\", shape=(), dtype=float32_ref) | a/w:0 DT_FLOAT []",
                "<tf.Variable 'w:0' shape=(2, 2) dtype=float32, numpy=\\narray([[1., nan],\\n       [3., 4.]],"
                        + " dtype=float32)> | w:0 DT_FLOAT [2,2]",
                "MirroredVariable:{\\n  0: <tf.Variable 'w:0' shape=(3,) dtype=float32>,\\n  1: <tf.Variable"
                        + " 'w/replica_1:0' shape=(3,) dtype=float32>\\n} | w:0 DT_FLOAT [3]",
                "TPUMirroredVariable:{\\n  0: <tf.Variable 'w:0' shape=(3,) dtype=float32>\\n} | w:0 DT_FLOAT [3]",
                "<KerasVariable shape=(3, 4), dtype=float32, path=dense/kernel> | dense/kernel:0 DT_FLOAT [3,4]",
                "<KerasVariable shape=(3, 4), dtype=float32, name=kernel> | kernel:0 DT_FLOAT [3,4]",
                "<Variable path=s/dense/kernel, shape=(2, 2), dtype=bfloat16, value=[[1 2]\\n [3 4]]>"
                        + " | s/dense/kernel:0 DT_BFLOAT16 [2,2]",
                "[('a/w', [3, 4]), ('b/w', [])] | a/w:0 <unknown> [3,4]; b/w:0 <unknown> []",
                "[('a/long',\\n  [768]),\\n ('b/w', (3, 4))] | a/long:0 <unknown> [768]; b/w:0 <unknown> [3,4]",
                "('w:0', TensorShape([3, 4])) | w:0 <unknown> [3,4]",
                "(b'a/w', [3]) | a/w:0 <unknown> [3]",
                "{'a/w:0': TensorShape([3]), 'b:0': (4,)} | a/w:0 <unknown> [3]; b:0 <unknown> [4]",
                "{'a/w': [3, 4], 'b': [], '_CHECKPOINTABLE_OBJECT_GRAPH': []} | a/w:0 <unknown> [3,4]; b:0 <unknown> []",
                "shapes {'b': [4],\\n 'a/long':\\n  [3,\\n   4],\\n 'a/x': [5]}"
                        + " | b:0 <unknown> [4]; a/long:0 <unknown> [3,4]; a/x:0 <unknown> [5]",
                "{u'a/w': [3L], u'b': (4,)} | a/w:0 <unknown> [3]; b:0 <unknown> [4]",
                "a/w:0 (float32_ref 5x5x1x32) [800, bytes: 3200] | a/w:0 DT_FLOAT [5,5,1,32]",
                "step:0 (int64_ref ) [1, bytes: 8] | step:0 DT_INT64 []",
                "  name = a/w:0, shape = (30522, 768), *INIT_FROM_CKPT* | a/w:0 <unknown> [30522,768]",
                "bert.word.weight torch.Size([30522, 768]) | bert.word.weight:0 <unknown> [30522,768]",
                "('fc.bias', torch.Size([10])) | fc.bias:0 <unknown> [10]",
                "cls_token torch.Size([1, 1])\\nfc.weight torch.Size([2, 1]) torch.float32"
                        + " | cls_token:0 <unknown> [1,1]; fc.weight:0 DT_FLOAT [2,1]",
                "fc.weight torch.bfloat16 torch.Size([2, 1]) True | fc.weight:0 DT_BFLOAT16 [2,1]",
                "Parameter name: fc.weight, shape: torch.Size([2, 1]) | fc.weight:0 <unknown> [2,1]",
                "<tf.Tensor 'a/w/read:0' shape=(3,) dtype=float32>, <tf.Tensor 'add:0' shape=(3,) dtype=float32>"
                        + " | a/w:0 DT_FLOAT [3]",
                "a/w (DT_FLOAT) [3,3,3,16]  bytes=1728  shard=0  offset=0 | a/w:0 DT_FLOAT [3,3,3,16]",
                "a/w:0 <unknown> <unknown> | a/w:0 <unknown> <unknown>"
            })
    void isRecognised(String form, String expected) {
        String text = form.replace("\\n", "\n");
        List<String> lines = List.of(expected.split("; "));
        assertThat(lines(Graph.parse(text))).isEqualTo(lines);
        assertThat(lines(Graph.parse("\ufeff" + text.replace("\n", "\r\n") + "\r\n")))
                .isEqualTo(lines);
        assertThat(Graph.parse(text).isPartial()).isFalse();
        assertThat(Graph.parse(text).notes().get(0)).doesNotContain("ignored");
        if (!form.startsWith("cls_token")) {
            Graph among = Graph.parse(NOISE + "\u001b[32m" + text + "\u001b[0m\n" + NOISE);
            assertThat(lines(among)).isEqualTo(lines);
            assertThat(among.notes().get(0)).endsWith(" recognised in the text, 4 lines ignored");
        }
    }

    private static List<String> lines(Graph graph) {
        assertThat(graph.kind()).isEqualTo(GraphKind.TEXT);
        return graph.variables().stream().map(GraphVariable::toString).toList();
    }

    @Test
    void aShortTupleIsAVariableIfItIsTheWholeText() {
        assertThat(lines(Graph.parse("(\"w\", (3, 4))\n"))).containsExactly("w:0 <unknown> [3,4]");
        assertThat(lines(Graph.parse("{'w': [3, 4]}\n"))).containsExactly("w:0 <unknown> [3,4]");
        assertThatThrownBy(() -> Graph.parse("some words\n{'w': [3, 4]}\n"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Graph.parse("some words\n(\"w\", (3, 4))\n"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("v.dtype");
    }

    @Test
    void theLastOfTwoShapesCounts() {
        Graph graph = Graph.parse("a/w:0 (3, 4)\nb:0 ()\na/w:0 (3, 5)\na/w:0 (3, 5)\na/w:0 <dtype: 'float32'>\n");
        assertThat(lines(graph)).containsExactly("a/w:0 DT_FLOAT [3,5]", "b:0 <unknown> []");
        assertThat(graph.notes()).hasSize(2);
        assertThat(graph.notes().get(1)).contains("'a/w' first as [3,4], last as [3,5]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "UTF-16LE", "UTF-16BE", "UTF-16"})
    void readsEncodings(String charset) throws IOException {
        String text = NOISE + "a/w:0 <dtype: 'float32'> (3,)\r\nb/w\u00e9:0 (4,)\r\n";
        byte[] bytes = text.getBytes(Charset.forName(charset));
        assertThat(lines(Graph.parse(new ByteArrayInputStream(bytes))))
                .containsExactly("a/w:0 DT_FLOAT [3]", "b/w\u00e9:0 <unknown> [4]");
    }

    @Test
    void readsBareNamesOnlyIfAsked() throws IOException {
        byte[] names = "a/w\r\n\r\n b:0 \nit's a name\n".getBytes(StandardCharsets.UTF_8);
        Graph graph = Graph.ofNames(new ByteArrayInputStream(names), Path.of("names.txt"));
        assertThat(graph.variables().names()).containsExactly("a/w", "b", "it's a name");
        assertThat(graph.file()).isEqualTo(Path.of("names.txt"));
        assertThatThrownBy(() -> Graph.parse(new ByteArrayInputStream(names)))
                .hasMessageContaining("no variables")
                .hasMessageContaining("v.dtype");
        assertThatThrownBy(() -> Graph.parse("a/w\r\n\r\n b:0 \nstep"))
                .hasMessageContaining("no variables")
                .hasMessageContaining("--graph-format names");
        byte[] endless = "x".repeat(5000).getBytes(StandardCharsets.UTF_8);
        assertThatThrownBy(() -> Graph.ofNames(new ByteArrayInputStream(endless), Path.of("x")))
                .hasMessageContaining("line 1");
    }

    @Test
    void aLineWithNulIsIgnored() throws IOException {
        String text = "a/w (DT_FLOAT) [3]\n".repeat(9) + "we\0ird/part b (DT_INT16) [4]\nb (DT_INT16) [5]\n";
        Graph graph = Graph.parse(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
        assertThat(lines(graph)).containsExactly("a/w:0 DT_FLOAT [3]", "b:0 DT_INT16 [5]");
        assertThat(graph.notes().get(0)).endsWith("1 line ignored");
    }

    /** What this library prints is read back, also among other lines. */
    @Test
    void readsWhatItPrints() {
        Random random = new Random(15);
        for (int round = 0; round < 50; round++) {
            List<GraphVariable> variables = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                DataType[] types = DataType.values();
                DataType type = types[1 + random.nextInt(types.length - 2)];
                long[] sizes = random.longs(random.nextInt(5), -1, 3000).toArray();
                Shape shape = random.nextInt(9) == 0 ? null : Shape.of(sizes);
                String name = "s-" + random.nextInt(9) + ".x/V_"
                        + Integer.toString(i, 36).toUpperCase(Locale.ROOT);
                variables.add(GraphVariable.of(name, type, shape));
            }
            List<String> expected =
                    variables.stream().map(GraphVariable::toString).toList();
            List<String> forms = new ArrayList<>();
            for (GraphVariable variable : variables) {
                String form = switch (random.nextInt(4)) {
                    case 0 -> variable.toPython();
                    case 1 -> variable.toPythonRepr();
                    case 2 -> variable.toString();
                    default -> variable.toString().replaceFirst(":0 (\\S+) ", " ($1) ");
                };
                forms.add(random.nextInt(3) == 0 ? NOISE + form : form);
            }
            assertThat(lines(Graph.parse(String.join("\n", forms)))).isEqualTo(expected);
        }
    }
}
