package org.tfckpt.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.ReadOptions;
import org.tfckpt.Tensor;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.testing.BundleBuilder;

@DisplayName("Files that change while they are read")
class ChangingFilesTest {
    private static final int COUNT = 2 << 20;
    private static final ReadOptions CHANNEL = ReadOptions.DEFAULT.withoutMapping();

    @TempDir
    Path directory;

    /** Eight mebibytes: several parts of any way to read. */
    private Path large() {
        float[] values = new float[COUNT];
        Arrays.fill(values, 1);
        return new BundleBuilder().floats("v", values).floats("w", 2).write(directory.resolve("ckpt"));
    }

    private static Path data(Path prefix) {
        return BundleBuilder.data(prefix, 0, 1);
    }

    private static void truncate(Path file, long size) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(size);
        }
        // The size of a mapped file may be 0.1 ms old.
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
    }

    @Test
    @DisplayName("through the channel: truncation within a tensor throws at that offset")
    void cutOffInTheMiddle() throws IOException {
        Path prefix = large();
        try (Checkpoint checkpoint = Checkpoint.open(prefix, CHANNEL.withoutChecksums())) {
            Tensor tensor = checkpoint.tensor("v");
            long[] read = {0};
            assertThatExceptionOfType(DataLossException.class)
                    .isThrownBy(() -> tensor.forEachPart(part -> {
                        read[0] += part.remaining();
                        truncate(data(prefix), COUNT);
                    }))
                    .satisfies(damage -> {
                        assertThat(damage.kind()).isEqualTo(ProblemKind.TRUNCATED);
                        assertThat(damage.context().tensor()).isEqualTo("v");
                    });
            assertThat(read[0]).isLessThan(4L * COUNT);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("mapped or not: truncation before a read throws, and tensors before the end are still read")
    void cutOffBeforeARead(boolean mapped) throws IOException {
        Path prefix = large();
        ReadOptions options = mapped ? ReadOptions.DEFAULT : CHANNEL;
        try (Checkpoint checkpoint = Checkpoint.open(prefix, options)) {
            assertThat(checkpoint.tensor("w").toFloatArray()).containsExactly(2);
            truncate(data(prefix), 4L * COUNT);
            assertThatExceptionOfType(DataLossException.class)
                    .isThrownBy(() -> checkpoint.tensor("w").toFloatArray());
            assertThat(checkpoint.tensor("v").toFloatArray()).hasSize(COUNT);
            truncate(data(prefix), 0);
            assertThatExceptionOfType(DataLossException.class)
                    .isThrownBy(() -> checkpoint.tensor("v").toFloatArray());
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("mapped or not: the old version of a replaced file is read")
    void replaced(boolean mapped) throws IOException {
        Path prefix = large();
        try (Checkpoint checkpoint = Checkpoint.open(prefix, mapped ? ReadOptions.DEFAULT : CHANNEL)) {
            assertThat(checkpoint.tensor("w").toFloatArray()).containsExactly(2);
            Path other = Files.write(directory.resolve("other"), new byte[10]);
            Files.move(other, data(prefix), StandardCopyOption.REPLACE_EXISTING);
            assertThat(checkpoint.tensor("v").toFloatArray()).hasSize(COUNT);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    @DisplayName("mapped or not: changed bytes are detected by their checksum")
    void overwritten(boolean mapped) throws IOException {
        Path prefix = large();
        try (Checkpoint checkpoint = Checkpoint.open(prefix, mapped ? ReadOptions.DEFAULT : CHANNEL)) {
            assertThat(checkpoint.tensor("w").toFloatArray()).containsExactly(2);
            byte[] bytes = Files.readAllBytes(data(prefix));
            bytes[100] ^= 1;
            Files.write(data(prefix), bytes, StandardOpenOption.WRITE);
            assertThatExceptionOfType(DataLossException.class)
                    .isThrownBy(() -> checkpoint.tensor("v").toFloatArray())
                    .matches(damage -> damage.kind() == ProblemKind.TENSOR_CHECKSUM);
        }
    }

    @Test
    @DisplayName("an index that is truncated after it was opened")
    void indexCutOff() throws IOException {
        BundleBuilder bundle = new BundleBuilder().layout(256, 16, false);
        for (int i = 0; i < 100; i++) {
            bundle.floats("t" + i, i);
        }
        Path prefix = bundle.write(directory.resolve("many"));
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            truncate(directory.resolve("many.index"), 300);
            assertThatExceptionOfType(UncheckedIOException.class)
                    .isThrownBy(() -> checkpoint
                            .tensors()
                            .forEach(info -> assertThat(info).isNotNull()))
                    .havingCause()
                    .isInstanceOf(DataLossException.class);
            assertThatExceptionOfType(DataLossException.class).isThrownBy(() -> checkpoint.find("t99"));
        }
    }

    @Test
    @DisplayName(
            "through the channel: a file that is cut off and written again all the time gives right values or an exception")
    void underStress() throws Exception {
        Path prefix = large();
        byte[] right = Files.readAllBytes(data(prefix));
        AtomicBoolean done = new AtomicBoolean();
        Thread writer = new Thread(() -> {
            try (FileChannel channel = FileChannel.open(data(prefix), StandardOpenOption.WRITE)) {
                while (!done.get()) {
                    channel.truncate(COUNT);
                    channel.write(java.nio.ByteBuffer.wrap(right), 0);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        writer.start();
        try {
            for (int i = 0; i < 20; i++) {
                try (Checkpoint checkpoint = Checkpoint.open(prefix, CHANNEL)) {
                    checkpoint.verify(problem -> assertThat(problem.message()).isNotEmpty());
                    float[] values = checkpoint.tensor("v").toFloatArray();
                    assertThat(values).hasSize(COUNT);
                    for (float value : values) {
                        if (value != 1) {
                            throw new AssertionError(value);
                        }
                    }
                } catch (CheckpointException expected) {
                    assertThat(expected.problem()).isNotEmpty();
                }
            }
        } finally {
            done.set(true);
            writer.join();
        }
    }
}
