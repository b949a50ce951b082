package org.tfckpt.damage;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.tfckpt.testing.Checkpoints.problems;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.Salvage;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Problem;
import org.tfckpt.testing.BundleBuilder;

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
