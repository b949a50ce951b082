package org.tfckpt.benchmarks;

import java.nio.file.Path;
import java.util.List;

/** A process that lists a checkpoint, or restores all of it, with TensorFlow's library: what is left of the tool without us. */
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
