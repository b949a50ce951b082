package org.tfckpt.examples.onnx;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.tfckpt.Checkpoint;

/**
 * Recognises a digit with a model that was trained on MNIST by TensorFlow.
 *
 * <p>Arguments: a checkpoint, and a text file with 28 lines of 28 characters, in which {@code .} is paper and every other
 * character is ink.
 */
public final class Digits {
    private static final int SIZE = 28;

    private Digits() {}

    public static void main(String[] args) throws Exception {
        List<DenseNetwork.Layer> layers = List.of(new DenseNetwork.Layer("regression/W", "regression/b", "Softmax"));
        try (Checkpoint checkpoint = Checkpoint.open(Path.of(args[0]));
                DenseNetwork network = new DenseNetwork(checkpoint, layers)) {
            float[] probabilities = network.run(picture(Path.of(args[1])))[0];
            for (int digit = 0; digit < probabilities.length; digit++) {
                System.out.printf(Locale.ROOT, "%d  %5.1f %%%n", digit, 100 * probabilities[digit]);
            }
        }
    }

    static float[] picture(Path file) throws java.io.IOException {
        List<String> lines = Files.readAllLines(file);
        float[] pixels = new float[SIZE * SIZE];
        for (int y = 0; y < SIZE; y++) {
            for (int x = 0; x < SIZE; x++) {
                pixels[y * SIZE + x] = lines.get(y).charAt(x) == '.' ? 0 : 1;
            }
        }
        return pixels;
    }
}
