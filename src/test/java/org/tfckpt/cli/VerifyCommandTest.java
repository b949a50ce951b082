package org.tfckpt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tfckpt.cli.ToolRun.testdata;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.testing.Json;

class VerifyCommandTest {
    private static final String STORY = testdata("story/log/model.ckpt-122543");
    private static final String OLDER = testdata("story/log/model.ckpt-100000");

    @TempDir
    private Path directory;

    private Path damaged() throws IOException {
        Path prefix = Copies.of(OLDER, directory);
        Path data = directory.resolve("model.ckpt-100000.data-00000-of-00001");
        byte[] bytes = Files.readAllBytes(data);
        bytes[0] ^= 1;
        bytes[bytes.length - 1] ^= 1;
        Files.write(data, bytes);
        return prefix;
    }

    @Test
    void answersYes() {
        ToolRun run = ToolRun.of("verify", STORY, OLDER);
        assertThat(run.code()).isZero();
        assertThat(run.lines())
                .containsExactly(
                        STORY + ": ok, 92 tensors, 367,296 bytes, 0 problems",
                        OLDER + ": ok, 3 tensors, 1,776 bytes, 0 problems");
    }

    @Test
    void tellsEveryProblemOnALineAndAnswersNo() throws IOException {
        ToolRun run = ToolRun.of("verify", damaged());
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.lines()).hasSize(3);
        assertThat(run.lines().subList(0, 2))
                .allMatch(line -> line.contains(".data-00000-of-00001:0x")
                        && line.contains("tensor '")
                        && line.contains("tensor-checksum: "));
    }

    @Test
    void givesAJsonDocumentALine() throws IOException {
        ToolRun run = ToolRun.of("verify", "--json", damaged(), OLDER);
        assertThat(run.code()).isEqualTo(1);
        Map<String, Object> bad = Json.object(Json.parse(run.lines().get(0)));
        assertThat(bad).containsOnlyKeys("checkpoint", "ok", "tensors", "bytes", "problems");
        assertThat(bad).containsEntry("ok", false).containsEntry("tensors", 3L);
        List<Map<String, Object>> problems = Json.list(bad.get("problems"));
        assertThat(problems).hasSize(2);
        assertThat(problems.get(0))
                .containsOnlyKeys("file", "offset", "tensor", "kind", "message")
                .containsEntry("kind", "tensor-checksum")
                .containsEntry("offset", 0L);
        Map<String, Object> good = Json.object(Json.parse(run.lines().get(1)));
        assertThat(good).containsEntry("ok", true).containsEntry("problems", List.of());
    }

    @Test
    void findsWhatKeepsACheckpointFromOpening() throws IOException {
        Path index = directory.resolve("short.index");
        Files.write(index, new byte[10]);
        ToolRun run = ToolRun.of("verify", index);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.out()).contains("file is too short to be an sstable");
    }

    @Test
    void saysThatItCouldNotBeDone() {
        ToolRun run = ToolRun.of("verify", directory.resolve("nothing"), OLDER);
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).startsWith("tfckpt: ").hasLineCount(1);
        assertThat(run.out()).contains(": ok");
    }
}
