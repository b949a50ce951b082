package org.tfckpt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tfckpt.cli.ToolRun.testdata;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DigestCommandTest {
    @Test
    void printsAsSha256sumDoes() {
        ToolRun run = ToolRun.of("digest", testdata("story/log/model.ckpt-100000"));
        assertThat(run.code()).isZero();
        assertThat(run.lines()).hasSize(3).allMatch(line -> line.matches("[0-9a-f]{64}  [^ ].*"));
    }

    @Test
    void doesNotDependOnHowTheValuesAreStored() {
        assertThat(ToolRun.of("digest", testdata("golden/bigendian-v2-strings/ckpt"))
                        .out())
                .isEqualTo(ToolRun.of("digest", testdata("golden/tf218-v2-strings/ckpt"))
                        .out());
    }

    @Test
    void escapesNamesThatWouldBreakTheLineAsSha256sumDoes() {
        assertThat(ToolRun.of("digest", testdata("golden/tf218-v2-names/ckpt")).lines())
                .anyMatch(line -> line.matches("\\\\[0-9a-f]{64}  new\\\\nline"))
                .anyMatch(line -> line.matches("\\\\[0-9a-f]{64}  back\\\\\\\\slash"));
    }

    @Test
    void goesOnBehindADamagedTensorAndAnswersNo(@TempDir Path directory) throws IOException {
        Path prefix = Copies.of(testdata("story/log/model.ckpt-100000"), directory);
        Path data = directory.resolve("model.ckpt-100000.data-00000-of-00001");
        byte[] bytes = Files.readAllBytes(data);
        bytes[bytes.length - 1] ^= 1;
        Files.write(data, bytes);
        ToolRun run = ToolRun.of("digest", prefix);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.lines()).hasSize(2);
        assertThat(run.err())
                .startsWith("tfckpt: the bytes of the tensor do not match their checksum")
                .contains("Checksum does not match");
    }

    @Test
    void reportsAMissingDataFileOnce(@TempDir Path directory) throws IOException {
        Path prefix = Copies.of(testdata("story/log/model.ckpt-100000"), directory);
        Path data = directory.resolve("model.ckpt-100000.data-00000-of-00001");
        Files.delete(data);
        ToolRun run = ToolRun.of("digest", prefix);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.lines()).isEmpty();
        assertThat(run.err().lines())
                .satisfiesExactly(
                        line -> assertThat(line)
                                .startsWith("tfckpt: the data file does not exist")
                                .doesNotContain("--salvage"),
                        line -> assertThat(line)
                                .isEqualTo("tfckpt: 3 tensors have no digest because of '" + data + "'"));
    }
}
