package org.tfckpt.damage;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.tfckpt.testing.Checkpoints.damage;
import static org.tfckpt.testing.Checkpoints.problems;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.Salvage;
import org.tfckpt.Tensor;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.Checkpoints.Reading;
import org.tfckpt.testing.Slices;
import org.tfckpt.testing.Variants;

/** Data files that are damaged as a whole, and those that no tensor refers to. */
class DamagedDataFileTest {
    @TempDir
    private Path directory;

    private Path write(BundleBuilder bundle) {
        return bundle.write(directory.resolve("ckpt"));
    }

    private Path data() {
        return BundleBuilder.data(directory.resolve("ckpt"), 0, 1);
    }

    private static BundleBuilder twoTensors() {
        return new BundleBuilder().floats("a", 1, 2).floats("b", 3, 4);
    }

    @ParameterizedTest
    @CsvSource({
        "version https://git-lfs.github.com/spec/v1, a Git LFS pointer; run 'git lfs pull'",
        "<!DOCTYPE html><html>, a web page (HTML); download",
        "PK\u0003\u0004 and so on and on, a zip archive; unpack",
        "BZh91AY and so on and so on, a bzip2 archive; unpack",
    })
    void aForeignFileIsNamedOnce(String content, String name) throws IOException {
        Path prefix = write(twoTensors());
        for (String text : List.of(content, content + "x".repeat(1000))) {
            Files.writeString(data(), text, ISO_8859_1);
            assertThat(problems(prefix))
                    .hasSize(3)
                    .last()
                    .asString()
                    .startsWith("wrong-file - the data file is " + name);
        }
    }

    @Test
    void aForeignFileIsNamedWhenAnyTensorIsRead() throws IOException {
        BundleBuilder bundle = new BundleBuilder()
                .floats("small", 1, 2)
                .floats("large", new float[100_000])
                .strings("s", "x", "y");
        Slices.tensor(bundle, "p", DataType.DT_FLOAT, new long[] {2}, new byte[8], "0,1", "1,1");
        Variants.add(
                bundle, "v", new long[] {1}, Variants.variant("int", "").build().toByteArray());
        Path prefix = write(bundle);
        Map<String, Reading<?>> readings = Map.of(
                "small",
                Tensor::toFloatArray,
                "large",
                Tensor::toFloatArray,
                "s",
                Tensor::toStringArray,
                "p",
                Tensor::toFloatArray,
                "v",
                Tensor::variants);
        for (String content : List.of("version https://git-lfs", "version https://git-lfs" + "x".repeat(500_000))) {
            Files.writeString(data(), content);
            readings.forEach((name, reading) -> {
                DataLossException damage = damage(prefix, name, reading);
                assertThat(damage.kind()).as(name).isEqualTo(ProblemKind.WRONG_FILE);
                assertThat(damage)
                        .hasMessageStartingWith("the data file is a Git LFS pointer (TensorFlow: \"")
                        .hasMessageContaining("[file " + data() + ", offset 0x")
                        .hasMessageContaining("tensor '" + name)
                        .hasMessageEndingWith("; run 'git lfs pull' in its repository to get the file");
            });
        }
        Files.write(data(), new byte[0]);
        assertThat(damage(prefix, "small", Tensor::toFloatArray).kind()).isEqualTo(ProblemKind.TRUNCATED);
        assertThat(damage(prefix, "small", Tensor::toFloatArray)).hasMessageStartingWith("the data file is empty");
    }

    @Test
    void aTruncatedFileIsNotCalledForeign() throws IOException {
        Path prefix = write(new BundleBuilder().floats("a", new float[100]).floats("b", 1, 2));
        Files.write(data(), new byte[300]);
        assertThat(damage(prefix, "a", Tensor::toFloatArray))
                .hasMessageStartingWith("the file ends before the bytes to be read");
        Files.writeString(data(), "ab?=");
        assertThat(damage(prefix, "a", Tensor::toFloatArray))
                .hasMessageStartingWith("the file ends before the bytes to be read");
    }

    @Test
    void aFileOfZerosIsCalledThat() throws IOException {
        Path prefix = write(twoTensors());
        Files.write(data(), new byte[16]);
        assertThat(problems(prefix)).last().asString().startsWith("wrong-file - the data file is full of zeros");
    }

    @Test
    void anEmptyFile() throws IOException {
        Path prefix = write(twoTensors());
        Files.write(data(), new byte[0]);
        assertThat(problems(prefix))
                .hasSize(3)
                .last()
                .isEqualTo("truncated - the data file is empty; copy or download it again");
    }

    @Test
    void aTruncatedFileWithSeveralTensors() throws IOException {
        BundleBuilder bundle =
                new BundleBuilder().floats("a", 1, 2).floats("b", 3, 4).floats("c", 5);
        Path prefix = write(bundle);
        Files.write(data(), Arrays.copyOf(bundle.data(0), 13));
        assertThat(problems(prefix))
                .hasSize(3)
                .last()
                .isEqualTo("truncated - the data file has 13 bytes, its tensors take 20; copy or download it again");
    }

    @Test
    void theDataFileOfAnotherCheckpoint() throws IOException {
        BundleBuilder other = new BundleBuilder().floats("a", 5, 6).floats("b", 7, 8);
        Path prefix = write(twoTensors());
        Files.write(data(), other.data(0));
        assertThat(problems(prefix))
                .hasSize(3)
                .last()
                .asString()
                .startsWith("wrong-file - ")
                .endsWith("the data file probably belongs to another checkpoint");

        Files.write(data(), Arrays.copyOf(other.data(0), 17));
        assertThat(problems(prefix)).noneMatch(problem -> problem.contains("another checkpoint"));
    }

    @Test
    void convertedLineEnds() throws IOException {
        BundleBuilder bundle = new BundleBuilder()
                .floats("a", 1)
                .tensor("b", DataType.DT_UINT8, new long[] {6}, new byte[] {1, '\n', 2, '\n', '\n', 3})
                .floats("c", 4);
        Path prefix = write(bundle);
        String text = new String(bundle.data(0), ISO_8859_1);
        Files.writeString(data(), text.replace("\n", "\r\n"), ISO_8859_1);
        assertThat(problems(prefix))
                .satisfiesExactly(
                        p -> assertThat(p).startsWith("tensor-checksum b"),
                        p -> assertThat(p).startsWith("tensor-checksum c"),
                        p -> assertThat(p)
                                .startsWith("wrong-file - line ends were converted")
                                .contains("3 bytes too many"));

        Files.writeString(data(), text.replaceFirst("\n", "\r\n") + "\r\n", ISO_8859_1);
        assertThat(problems(prefix)).noneMatch(problem -> problem.contains("line ends"));
    }

    @Test
    void salvageKeepsTheLostTensorsAndTheReason() throws IOException {
        Path prefix = write(twoTensors());
        Files.writeString(data(), "version https://git-lfs");
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            Salvage salvage = Salvage.of(checkpoint);
            assertThat(salvage.lost()).extracting(Problem::tensor).containsExactly("a", "b", null);
            assertThat(salvage.harmless()).isEmpty();
            assertThat(salvage.intact().tensors()).isEmpty();
        }
    }

    @Test
    void aDataFileThatNoTensorRefersTo() throws IOException {
        Path prefix = write(new BundleBuilder().floats("a", 1).shard(1).floats("b", new long[] {0}));
        Files.write(BundleBuilder.data(prefix, 1, 2), new byte[5000]);
        assertThat(problems(prefix)).isEmpty();
        Files.write(BundleBuilder.data(prefix, 1, 2), new byte[] {0, 0, 7});
        assertThat(problems(prefix)).containsExactly("unused-bytes - no tensor refers to this data file of 3 bytes");
    }

    @Test
    void dataFilesThatTheHeaderDoesNotCount() throws IOException {
        Path prefix = write(new BundleBuilder().floats("a", 1));
        for (String name :
                List.of("ckpt.data-00000-of-00003", "ckpt.data-00001-of-00001", "ckpt.data-000000-of-00001")) {
            Path file = directory.resolve(name);
            Files.write(file, new byte[] {1, 2});
            assertThat(problems(prefix))
                    .containsExactly(
                            "unused-bytes - this data file of 2 bytes is not the only one that the" + " index names");
            Files.delete(file);
        }
        Files.write(directory.resolve("ckpt-2.data-00000-of-00003"), new byte[] {1, 2});
        Files.write(directory.resolve("ckpt.data-00000-of-00003.index"), new byte[] {1, 2});
        Files.createDirectory(directory.resolve("ckpt.data-00001-of-00003"));
        assertThat(problems(prefix)).isEmpty();
    }

    @Test
    void anIndexWithoutEntries() throws IOException {
        Path prefix = write(new BundleBuilder());
        for (int shard = 0; shard < 5; shard++) {
            Files.write(BundleBuilder.data(prefix, shard, 5), new byte[] {1});
        }
        assertThat(problems(prefix)).hasSize(5).allMatch(problem -> problem.startsWith("unused-bytes - "));
    }
}
