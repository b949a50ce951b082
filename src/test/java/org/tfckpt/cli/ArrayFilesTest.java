package org.tfckpt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.testing.Json;
import org.tfckpt.testing.SafetensorsBuilder;

/** The commands on files of safetensors and NumPy. */
class ArrayFilesTest {
    private static final String LITTLE = ToolRun.testdata("interchange/little.npz");
    private static final String BIG = ToolRun.testdata("interchange/big.npz");

    @TempDir
    private Path directory;

    private Path safetensors;

    @BeforeEach
    void write() throws IOException {
        safetensors = new SafetensorsBuilder()
                .metadata("format", "pt")
                .floats("b/x", 1, 2.5f)
                .tensor("a", "F4", new long[] {2}, new byte[] {1})
                .write(directory.resolve("m.safetensors"));
    }

    @Test
    void lsListsThem() throws IOException {
        assertThat(ToolRun.of("ls", "-l", safetensors).lines())
                .containsExactly(
                        "a (F4) [2]  bytes=1  shard=0  offset=160", "b/x (DT_FLOAT) [2]  bytes=8  shard=0  offset=152");
        assertThat(ToolRun.of("ls", ToolRun.testdata("interchange/fortran.npy")).out())
                .isEqualTo("fortran (DT_FLOAT) [3,5]\n");
        ToolRun json = ToolRun.of("ls", "--json", safetensors);
        assertThat(json.json()).containsEntry("format", "safetensors").containsEntry("endianness", "LITTLE");
        assertThat(Json.<Object>list(json.json().get("tensors")).get(1))
                .hasToString(
                        "{name=b/x, dtype=DT_FLOAT, shape=[2], bytes=8, shard=0, offset=152, crc32c=null, slices=[]}");
    }

    @Test
    void showPrintsValues() {
        assertThat(ToolRun.of("show", safetensors, "b/x").out()).isEqualTo("[1.  2.5]\n");
        ToolRun refused = ToolRun.of("show", safetensors, "a");
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err())
                .startsWith("tfckpt: dtype F4 is not supported")
                .hasLineCount(1);
        ToolRun untyped = ToolRun.of("show", ToolRun.testdata("interchange/refused.npz"), "raw");
        assertThat(untyped.err()).contains("--assume bfloat16 reads it so");
        assertThat(ToolRun.of("show", "--assume", "bfloat16", ToolRun.testdata("interchange/refused.npz"), "raw")
                        .out())
                .isEqualTo("[0 0]\n");
    }

    @Test
    void verifySaysThatThereAreNoChecksums() throws IOException {
        assertThat(ToolRun.of("verify", safetensors).out())
                .isEqualTo(safetensors + ": ok (2 tensors, 9 bytes), structure only: the format has no checksums\n");
        assertThat(ToolRun.of("verify", "--json", safetensors).json())
                .containsEntry("ok", true)
                .containsEntry("checksums", false);
        assertThat(ToolRun.of("verify", LITTLE).out())
                .contains("ok (112 tensors")
                .doesNotContain("structure only");
        byte[] damaged = Files.readAllBytes(Path.of(LITTLE));
        // The last member has values, and the directory follows.
        int directoryStart = new String(damaged, StandardCharsets.ISO_8859_1).indexOf("PK\1\2");
        damaged[directoryStart - 1] ^= 1;
        Path file = Files.write(directory.resolve("damaged.npz"), damaged);
        ToolRun run = ToolRun.of("verify", file);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).contains("tensor-checksum").contains("CRC-32");
        byte[] truncated = java.util.Arrays.copyOf(Files.readAllBytes(safetensors), 160);
        run = ToolRun.of("verify", Files.write(directory.resolve("t.safetensors"), truncated));
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).contains("truncated");
    }

    @Test
    void verifyOfADirectoryFindsAModel() throws IOException {
        Files.move(safetensors, directory.resolve("model.safetensors"));
        assertThat(ToolRun.of("verify", directory).out())
                .startsWith(directory.resolve("model.safetensors") + ": ok (2 tensors");
    }

    @Test
    void aSearchFindsThemAndSetsByTheirIndex() throws IOException {
        Path below = Files.createDirectories(directory.resolve("a/b"));
        for (String name : java.util.List.of("net-2.safetensors", "net-10.safetensors")) {
            Files.copy(safetensors, below.resolve(name));
        }
        Files.copy(Path.of(LITTLE), directory.resolve("a/x.npz"));
        ToolRun.of("convert", LITTLE, "--shards", "2", "-o", directory.resolve("a/set.safetensors"));
        assertThat(ToolRun.of("verify", directory.resolve("a")).lines().stream()
                        .map(line -> line.substring(directory.toString().length(), line.indexOf(": "))))
                .containsExactly(
                        "/a/b/net-10.safetensors",
                        "/a/b/net-2.safetensors",
                        "/a/set.safetensors.index.json",
                        "/a/x.npz");
        assertThat(ToolRun.of("stats", "--history", "--include", "b/x", below).out())
                .containsSubsequence("net-2.safetensors", "net-10.safetensors");
        // State files are for TensorFlow.
        assertThat(ToolRun.of("state", "--write", below).code()).isEqualTo(2);
    }

    @Test
    void theyAreAveraged() {
        Path average = directory.resolve("average.safetensors");
        assertThat(ToolRun.of("average", "--exclude", "a", safetensors, safetensors, "-o", average)
                        .code())
                .isZero();
        assertThat(ToolRun.of("show", average, "b/x").out()).isEqualTo("[1.  2.5]\n");
    }

    @Test
    void digestsDoNotDependOnTheFormat() {
        Path prefix = directory.resolve("ckpt");
        assertThat(ToolRun.of("rewrite", BIG, "-o", prefix).code()).isZero();
        assertThat(ToolRun.of("digest", prefix).out())
                .isEqualTo(ToolRun.of("digest", BIG).out());
        assertThat(ToolRun.of("rewrite", "--exclude", "a", safetensors, LITTLE, "-o", directory.resolve("both"))
                        .code())
                .isZero();
        assertThat(ToolRun.of("verify", directory.resolve("both")).out()).contains("ok (113 tensors");
    }

    @Test
    void inspectPrintsThem() {
        ToolRun run = ToolRun.of("inspect", "--file_name=" + safetensors, "--tensor_name=b/x");
        assertThat(run.out()).contains("tensor_name:  b/x\n[1.  2.5]");
    }

    @Test
    void aMissingFileIsSuggested() {
        assertThat(ToolRun.of("ls", directory.resolve("n.safetensors")).err())
                .contains("no checkpoint found")
                .contains("has the checkpoint 'm.safetensors'");
    }

    @Test
    void aFileOfPytorchIsNotReadButTheErrorTellsHowToConvertIt() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry("archive/data.pkl"));
        }
        for (String name : List.of("model.pt", "pytorch_model.bin")) {
            ToolRun run = ToolRun.of("ls", Files.write(directory.resolve(name), bytes.toByteArray()));
            assertThat(run.code()).isEqualTo(2);
            assertThat(run.err())
                    .hasLineCount(1)
                    .contains("a PyTorch file")
                    .contains("import torch, safetensors.torch")
                    .contains("'safetensors.torch.save_file({k: v.clone().contiguous() for k, v in torch.load(\"FILE\","
                            + " map_location=\"cpu\", weights_only=True).items()}, \"FILE.safetensors\")'");
        }
    }
}
