package org.tfckpt.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.Stream;
import org.tfckpt.Checkpoint;
import org.tfckpt.ReadOptions;
import org.tfckpt.Tensor;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.TensorInfo;

/** Reads and verifies checkpoints in every way and asserts that the results are equal. */
public final class Checkpoints {
    /** Mapped, through the channel, and mapped until close. */
    public static final List<ReadOptions> WAYS =
            List.of(ReadOptions.DEFAULT, ReadOptions.DEFAULT.withoutMapping(), ReadOptions.DEFAULT.withUnmapOnClose());

    private Checkpoints() {}

    /** Reads values of a tensor. */
    @FunctionalInterface
    public interface Reading<T> {
        T from(Tensor tensor) throws IOException;
    }

    /** Reads in both ways and asserts that the results are equal. */
    public static <T> T read(Path prefix, String name, Reading<T> reading) throws IOException {
        List<T> values = new ArrayList<>();
        for (ReadOptions way : WAYS) {
            try (Checkpoint checkpoint = Checkpoint.open(prefix, way)) {
                values.add(reading.from(checkpoint.tensor(name)));
            }
        }
        assertThat(values.get(1)).as("through the channel").isEqualTo(values.get(0));
        return values.get(0);
    }

    /** Returns the stored bytes of a tensor in hexadecimal. */
    public static String bytes(Path prefix, String name) throws IOException {
        return read(prefix, name, tensor -> Values.hex(tensor.asByteBuffer()));
    }

    /** Returns the exception that reading throws, the same in both ways. */
    public static DataLossException damage(Path prefix, String name, Reading<?> reading) {
        List<DataLossException> damages = new ArrayList<>();
        for (ReadOptions way : WAYS) {
            damages.add(catchThrowableOfType(DataLossException.class, () -> {
                try (Checkpoint checkpoint = Checkpoint.open(prefix, way)) {
                    reading.from(checkpoint.tensor(name));
                }
            }));
        }
        assertThat(damages).doesNotContainNull();
        assertThat(damages.get(1)).hasMessage(damages.get(0).getMessage());
        return damages.get(0);
    }

    public static List<String> names(Path prefix) throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(prefix);
                Stream<TensorInfo> tensors = checkpoint.tensors()) {
            return tensors.map(TensorInfo::name).toList();
        }
    }

    /** Returns {@code kind tensor message} for each problem. */
    public static List<String> problems(Path prefix) throws IOException {
        List<String> perWay = null;
        for (ReadOptions way : WAYS) {
            List<Problem> problems = new ArrayList<>();
            try (Checkpoint checkpoint = Checkpoint.open(prefix, way)) {
                Checkpoint.Verification verified = checkpoint.verify(problems::add);
                assertThat(verified.problems()).isEqualTo(problems.size());
                assertThat(verified.isIntact()).isEqualTo(problems.isEmpty());
                List<Problem> byThreads = new ArrayList<>();
                assertThat(checkpoint.verify(byThreads::add, ForkJoinPool.commonPool(), 3))
                        .isEqualTo(verified);
                assertThat(byThreads).isEqualTo(problems);
            }
            List<String> texts = problems.stream().map(Checkpoints::text).toList();
            assertThat(perWay == null ? texts : perWay).isEqualTo(texts);
            perWay = texts;
        }
        return perWay;
    }

    private static String text(Problem problem) {
        return problem.kind() + " " + (problem.tensor() == null ? "-" : problem.tensor()) + " " + problem.message();
    }
}
