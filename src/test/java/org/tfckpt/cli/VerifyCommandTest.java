package org.tfckpt.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.tfckpt.cli.ToolRun.testdata;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.Json;
import org.tfckpt.testing.SmallCheckpoints;

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
                .containsExactly(STORY + ": ok (92 tensors, 367,296 bytes)", OLDER + ": ok (3 tensors, 1,776 bytes)");
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
        assertThat(run.out()).contains("the file is full of zeros, not part of a checkpoint");
    }

    @Test
    void saysThatItCouldNotBeDone() {
        ToolRun run = ToolRun.of("verify", directory.resolve("nothing"), OLDER);
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).startsWith("tfckpt: ").hasLineCount(1);
        assertThat(run.out()).contains(": ok");
    }

    @Test
    void walksDirectoriesAndTellsInOrder() throws IOException {
        Path v2 = Files.createDirectories(directory.resolve("a/b"));
        new BundleBuilder().floats("v", 1).write(v2.resolve("ckpt-1"));
        new BundleBuilder().floats("v", 1).shard(1).floats("w", 2).write(v2.resolve("ckpt-2"));
        Files.delete(v2.resolve("ckpt-2.data-00001-of-00002"));
        new BundleBuilder().floats("v", 1).write(v2.resolve("ckpt-3"));
        Files.delete(v2.resolve("ckpt-3.index"));
        SmallCheckpoints.V1.write(Files.createDirectory(directory.resolve("old")));
        SmallCheckpoints.V1_SHARDED.write(Files.createDirectory(directory.resolve("older")));
        Files.writeString(directory.resolve("README"), "nothing of that kind");
        Files.write(
                directory.resolve("database.ldb"),
                new BundleBuilder().floats("v", 1).index());

        ToolRun run = ToolRun.of("verify", directory);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).isEmpty();
        assertThat(run.lines().stream().map(line -> line.replace(directory.toString(), ".")))
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("./a/b/ckpt-1: ok (1 tensor, 4 bytes)"),
                        line -> assertThat(line)
                                .startsWith("./a/b/ckpt-2.data-00001-of-00002: tensor 'w': missing-file: "),
                        line -> assertThat(line).startsWith("./a/b/ckpt-2: damaged: 1 problem affecting 1 tensor"),
                        line -> assertThat(line)
                                .startsWith("./a/b/ckpt-3.index: missing-file: the data files have no index"),
                        line -> assertThat(line).startsWith("./a/b/ckpt-3: damaged: 1 problem"),
                        line -> assertThat(line).startsWith("./old/ckpt: ok (3 tensors"),
                        line -> assertThat(line).startsWith("./older/ckpt-?????-of-00002: ok (2 tensors"));
    }

    @Test
    void findsADamagedCheckpointOfTheOlderFormatByItsLastBytes() throws IOException {
        Path file = SmallCheckpoints.V1.write(directory);
        byte[] bytes = Files.readAllBytes(file);
        bytes[3] ^= 1;
        Files.write(file, bytes);
        ToolRun run = ToolRun.of("verify", "--json", directory);
        assertThat(run.code()).isEqualTo(1);
        assertThat(Json.object(Json.parse(run.out()))).containsEntry("ok", false);
        assertThat(run.out()).contains("the bytes of a block do not match their checksum");
    }

    @Test
    void aDirectoryWithoutAnyIsNoAnswer() {
        ToolRun run = ToolRun.of("verify", directory);
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).startsWith("tfckpt: ");
    }

    private Path threeTensorsIn(byte[] data) throws IOException {
        Path prefix = directory.resolve("ckpt");
        new BundleBuilder().floats("v", 1).floats("w", 2).floats("x", 3).write(prefix);
        Files.write(BundleBuilder.data(prefix, 0, 1), data);
        return prefix;
    }

    @Test
    void aMissingDataFileIsOneProblem() throws IOException {
        Path prefix = threeTensorsIn(new byte[0]);
        Path data = BundleBuilder.data(prefix, 0, 1);
        Files.delete(data);
        ToolRun run = ToolRun.of("verify", prefix);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.lines())
                .containsExactly(
                        data + ": 3 tensors: missing-file: the data file does not exist",
                        prefix + ": damaged: 1 problem affecting 3 tensors");
        assertThat(ToolRun.of("verify", "--all", prefix).lines()).hasSize(5).containsSequence("  v", "  w", "  x");
    }

    @Test
    void aTruncatedDataFileIsOneProblemNextToOthers() throws IOException {
        Path prefix = threeTensorsIn(new byte[] {1, 2, 3, 4, 5});
        ToolRun run = ToolRun.of("verify", "--json", "--all", prefix);
        assertThat(run.code()).isEqualTo(1);
        List<Map<String, Object>> problems =
                Json.list(Json.object(Json.parse(run.out())).get("problems"));
        assertThat(problems)
                .satisfiesExactly(
                        damaged -> assertThat(damaged)
                                .containsEntry("kind", "tensor-checksum")
                                .containsEntry("tensor", "v")
                                .doesNotContainKey("tensors"),
                        truncated -> assertThat(truncated)
                                .containsEntry("kind", "truncated")
                                .containsEntry("tensor", null)
                                .containsEntry("tensors", 2L)
                                .containsEntry("names", List.of("w", "x")));
    }

    @Test
    void aForeignDataFileIsOneProblem() throws IOException {
        Path prefix = threeTensorsIn("version https://git-lfs.github.com/spec/v1".getBytes(UTF_8));
        ToolRun run = ToolRun.of("verify", prefix);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.lines())
                .hasSize(2)
                .first()
                .asString()
                .contains(": 3 tensors: wrong-file: the data file is a Git LFS pointer; run 'git lfs pull'");
    }
}
