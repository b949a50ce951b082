package org.tfckpt.benchmarks;

import java.nio.file.Path;
import java.util.List;

/** The main class of a process that lists or restores a checkpoint with TensorFlow's library. */
final class TensorFlowProcess {
    private TensorFlowProcess() {}

    public static void main(String[] args) {
        Path prefix = Path.of(args[1]);
        List<TensorFlow.Wanted> all;
        try (TensorFlow.Reader reader = new TensorFlow.Reader(prefix)) {
            all = reader.all();
        }
        if (args[0].equals("restore")) {
            try (TensorFlow library = new TensorFlow()) {
                System.out.println(library.restoring(prefix, all).run());
            }
        } else {
            StringBuilder names = new StringBuilder();
            all.forEach(tensor -> names.append(tensor.name()).append('\n'));
            System.out.print(names);
        }
    }
}
