package org.tfckpt.examples.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.ReadOptions;
import org.tfckpt.examples.onnx.DenseNetwork.Layer;
import org.tfckpt.tensor.TensorNotFoundException;

class DenseNetworkTest {
    private static final Path TESTDATA = Path.of(System.getProperty("tfckpt.testdata"));
    private static final Path MNIST = TESTDATA.resolve("real/sugyan-mnist-v2/regression.ckpt");
    private static final Path KERAS = TESTDATA.resolve("real/jobvector-sm");

    private static final List<Layer> KERAS_LAYERS = List.of(layer(0, "Relu"), layer(1, "Relu"), layer(2, "Softmax"));

    private static Layer layer(int number, String activation) {
        String name = "layer_with_weights-" + number;
        return new Layer(
                name + "/kernel/.ATTRIBUTES/VARIABLE_VALUE", name + "/bias/.ATTRIBUTES/VARIABLE_VALUE", activation);
    }

    @Test
    void aPictureOfASevenIsRecognised() throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        PrintStream out = System.out;
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            Digits.main(new String[] {MNIST.toString(), "seven.txt"});
        } finally {
            System.setOut(out);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8).lines()).hasSize(10).contains("7   96.5 %", "9    3.2 %");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void outputsAreThoseOfPlainJava(boolean mapping) throws Exception {
        ReadOptions options = mapping ? ReadOptions.DEFAULT : ReadOptions.DEFAULT.withoutMapping();
        Random random = new Random(1);
        float[][] batch = new float[5][6];
        for (float[] example : batch) {
            for (int i = 0; i < example.length; i++) {
                example[i] = random.nextFloat();
            }
        }
        try (Checkpoint checkpoint = Checkpoint.open(KERAS, options);
                DenseNetwork network = new DenseNetwork(checkpoint, KERAS_LAYERS)) {
            float[][] outputs = network.run(batch);
            for (int i = 0; i < batch.length; i++) {
                double[] expected = inPlainJava(checkpoint, batch[i]);
                assertThat(outputs[i]).hasSameSizeAs(expected);
                for (int j = 0; j < expected.length; j++) {
                    assertThat((double) outputs[i][j]).isCloseTo(expected[j], within(1e-5));
                }
            }
        }
    }

    private static double[] inPlainJava(Checkpoint checkpoint, float[] example) throws Exception {
        double[] values = new double[example.length];
        for (int i = 0; i < example.length; i++) {
            values[i] = example[i];
        }
        for (Layer layer : KERAS_LAYERS) {
            float[] kernel = checkpoint.tensor(layer.kernel()).toFloatArray();
            float[] bias = checkpoint.tensor(layer.bias()).toFloatArray();
            double[] next = new double[bias.length];
            for (int j = 0; j < next.length; j++) {
                next[j] = bias[j];
                for (int i = 0; i < values.length; i++) {
                    next[j] += values[i] * kernel[i * next.length + j];
                }
            }
            values = layer.activation().equals("Relu") ? relu(next) : softmax(next);
        }
        return values;
    }

    private static double[] relu(double[] values) {
        return Arrays.stream(values).map(value -> Math.max(value, 0)).toArray();
    }

    private static double[] softmax(double[] values) {
        double max = Arrays.stream(values).max().orElseThrow();
        double sum = Arrays.stream(values).map(value -> Math.exp(value - max)).sum();
        return Arrays.stream(values).map(value -> Math.exp(value - max) / sum).toArray();
    }

    @Test
    void layersThatDoNotFitAreRejected() throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(KERAS)) {
            assertThatThrownBy(() -> new DenseNetwork(checkpoint, List.of(layer(0, "Relu"), layer(2, "Softmax"))))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("are no dense layer with 128 inputs");
            assertThatThrownBy(() -> new DenseNetwork(checkpoint, List.of(new Layer("kernel", "bias", "Relu"))))
                    .isInstanceOf(TensorNotFoundException.class);
        }
        try (Checkpoint checkpoint = Checkpoint.open(KERAS);
                DenseNetwork network = new DenseNetwork(checkpoint, KERAS_LAYERS)) {
            assertThatThrownBy(() -> network.run(new float[7])).hasMessage("an example must have 6 numbers, not 7");
        }
    }
}
