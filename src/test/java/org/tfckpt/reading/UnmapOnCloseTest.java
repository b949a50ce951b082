package org.tfckpt.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.Checkpoint;
import org.tfckpt.ReadOptions;
import org.tfckpt.Tensor;
import org.tfckpt.tensor.DataType;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.Slices;
import org.tfckpt.testing.V1Builder;

@DisplayName("ReadOptions.withUnmapOnClose")
class UnmapOnCloseTest {
    private static final boolean UNMAPS = Runtime.version().feature() >= 22;
    private static final ReadOptions UNMAP = ReadOptions.DEFAULT.withUnmapOnClose();
    private static final Path MAPS = Path.of("/proc/self/maps");
    private static final int COUNT = 4 << 20;

    @TempDir
    Path directory;

    @BeforeEach
    void requireListOfMappings() {
        assumeThat(MAPS).exists();
    }

    private Path write() {
        return new BundleBuilder()
                .floats("large", new float[COUNT])
                .floats("small", 1, 2)
                .write(directory.resolve("ckpt"));
    }

    private long mappings() throws IOException {
        try (Stream<String> lines = Files.lines(MAPS)) {
            return lines.filter(line -> line.contains(directory.toString())).count();
        }
    }

    @Test
    void noMappingOutlivesClose() throws IOException {
        Path prefix = write();
        for (int i = 0; i < 1000; i++) {
            try (Checkpoint checkpoint = Checkpoint.open(prefix, UNMAP)) {
                assertThat(checkpoint
                                .tensor("large")
                                .slice("0,10")
                                .asFloatBuffer()
                                .get(9))
                        .isZero();
                assertThat(i % 100 > 0 || mappings() == (UNMAPS ? 1 : 0)).isTrue();
            }
        }
        assertThat(mappings()).isZero();
    }

    @Test
    @DisplayName("the disk space of a deleted file is freed")
    void deletedFile() throws IOException {
        Path prefix = write();
        try (Checkpoint checkpoint = Checkpoint.open(prefix, UNMAP)) {
            assertThat(checkpoint.tensor("large").toFloatArray()).hasSize(COUNT);
            Files.delete(BundleBuilder.data(prefix, 0, 1));
            assertThat(checkpoint.tensor("small").toFloatArray()).containsExactly(1, 2);
        }
        assertThat(mappings()).isZero();
    }

    @Test
    void withoutTheOptionViewsKeepTheMapping() throws IOException {
        FloatBuffer view;
        try (Checkpoint checkpoint = Checkpoint.open(write())) {
            view = checkpoint.tensor("large").asFloatBuffer();
        }
        assertThat(mappings()).isEqualTo(1);
        assertThat(view.get(COUNT - 1)).isZero();
    }

    @Test
    void viewsOfAMappingThrowAfterClose() throws IOException {
        assumeThat(UNMAPS).isTrue();
        FloatBuffer view;
        FloatBuffer row;
        Tensor tensor;
        try (Checkpoint checkpoint = Checkpoint.open(write(), UNMAP)) {
            tensor = checkpoint.tensor("large");
            view = tensor.asFloatBuffer();
            row = tensor.slice("5,3").asFloatBuffer();
            assertThat(view.get(7)).isZero();
        }
        assertThatIllegalStateException().isThrownBy(() -> view.get(7));
        assertThatIllegalStateException().isThrownBy(() -> row.get(new float[3]));
        assertThatIllegalStateException().isThrownBy(tensor::asFloatBuffer).withMessageContaining("is closed");
        assertThatIllegalStateException().isThrownBy(tensor::toFloatArray).withMessageContaining("is closed");
    }

    /** As another thread would. */
    private static void close(Checkpoint checkpoint) throws IOException {
        checkpoint.close();
    }

    @Test
    void aPartThatIsUsedAfterCloseSaysSo() throws IOException {
        assumeThat(UNMAPS).isTrue();
        BundleBuilder bundle = new BundleBuilder().floats("whole", new float[COUNT]);
        Slices.tensor(
                bundle,
                "partitioned",
                DataType.DT_FLOAT,
                new long[] {COUNT},
                new byte[4 * COUNT],
                "0," + COUNT / 2,
                COUNT / 2 + "," + COUNT / 2);
        Path prefix = bundle.write(directory.resolve("ckpt"));
        for (String name : List.of("whole", "partitioned")) {
            try (Checkpoint checkpoint = Checkpoint.open(prefix, UNMAP)) {
                Tensor tensor = checkpoint.tensor(name);
                assertThatIllegalStateException()
                        .isThrownBy(() -> tensor.forEachPart(part -> {
                            close(checkpoint);
                            part.get(0);
                        }))
                        .withMessageMatching("'.*ckpt.data-00000-of-00001' (is closed|was closed during a read)");
            }
            try (Checkpoint checkpoint = Checkpoint.open(prefix, UNMAP)) {
                assertThatIllegalStateException()
                        .isThrownBy(() -> checkpoint.tensor(name).forEachPart(part -> {
                            throw new IllegalStateException("of the consumer");
                        }))
                        .withMessage("of the consumer");
            }
        }
    }

    @Test
    void beforeJdk22NothingIsMappedAndViewsAreCopies() throws IOException {
        assumeThat(UNMAPS).isFalse();
        FloatBuffer view;
        try (Checkpoint checkpoint = Checkpoint.open(write(), UNMAP)) {
            view = checkpoint.tensor("large").asFloatBuffer();
            assertThat(mappings()).isZero();
        }
        assertThat(view.get(COUNT - 1)).isZero();
    }

    @Test
    void v1IsNotMapped() throws IOException {
        Path file = directory.resolve("v1");
        new V1Builder()
                .tensor("v", DataType.DT_FLOAT, new long[] {COUNT}, V1Builder.floats(new float[COUNT]))
                .write(file);
        FloatBuffer view;
        try (Checkpoint checkpoint = Checkpoint.open(file, UNMAP)) {
            view = checkpoint.tensor("v").asFloatBuffer();
            assertThat(mappings()).isZero();
        }
        assertThat(view.get(COUNT - 1)).isZero();
    }

    @Test
    @DisplayName("close during reads waits for a checksum, or ends them with the exception of a closed checkpoint")
    void closeDuringReads() throws Exception {
        Path prefix = write();
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            for (int round = 0; round < 40; round++) {
                Checkpoint checkpoint = Checkpoint.open(prefix, UNMAP);
                CountDownLatch started = new CountDownLatch(3);
                List<Future<?>> reads = new ArrayList<>();
                for (int reader = 0; reader < 3; reader++) {
                    int way = reader;
                    reads.add(threads.submit(() -> {
                        assertThatIllegalStateException()
                                .isThrownBy(() -> {
                                    while (true) {
                                        Tensor tensor = checkpoint.tensor("large");
                                        switch (way) {
                                            case 0 -> tensor.check();
                                            case 1 ->
                                                assertThat(tensor.toFloatArray())
                                                        .hasSize(COUNT);
                                            default ->
                                                checkpoint.verify(problem -> {
                                                    throw new AssertionError(problem);
                                                });
                                        }
                                        started.countDown();
                                    }
                                })
                                .withMessageMatching(
                                        "'.*' (is closed|was closed during a read)|the checkpoint '.*' is closed"
                                                + "|the checkpoint was closed while tensor 'large' was being read");
                        return null;
                    }));
                }
                started.await();
                Thread.sleep(round % 5);
                checkpoint.close();
                for (Future<?> read : reads) {
                    read.get();
                }
                assertThat(mappings()).isZero();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void saysWhatItDoes() {
        assertThat(UNMAP.unmapOnClose()).isTrue();
        assertThat(UNMAP.mapping()).isTrue();
        assertThat(UNMAP.withoutChecksums().unmapOnClose()).isTrue();
        assertThat(UNMAP).hasToString("with checksums, mapped until close");
        assertThat(UNMAP.withoutMapping().mapping()).isFalse();
        assertThat(ReadOptions.DEFAULT.unmapOnClose()).isFalse();
    }
}
