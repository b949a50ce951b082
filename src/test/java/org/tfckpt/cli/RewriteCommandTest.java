package org.tfckpt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.Folder;
import org.tfckpt.testing.Json;

class RewriteCommandTest {
    @TempDir
    private Path directory;

    private Path source = Path.of("");

    @BeforeEach
    void copyTheStory() throws IOException {
        source = Copies.of(
                ToolRun.testdata("story/log/model.ckpt-122543"), Files.createDirectory(directory.resolve("log")));
    }

    @Test
    void renamesAndSaysWhatItDid() {
        Path target = directory.resolve("new");
        ToolRun run = ToolRun.of("rewrite", source, "-o", target, "--rename", "s#^input/#init/#");
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .isEqualTo(target + ": 92 tensors, 11 renamed; 1 data file linked (367,296 bytes), 0 bytes written\n");
        assertThat(run.code()).isZero();
        assertThat(ToolRun.of("digest", target).out().replace("  init/", "  input/"))
                .contains(ToolRun.of("digest", source, "--include", "input/**").out());
        assertThat(ToolRun.of("verify", target).code()).isZero();
    }

    @Test
    void aDryRunSaysWhatItWouldDoAndTouchesNothing() throws IOException {
        ToolRun run = ToolRun.of(
                "rewrite",
                source,
                "-o",
                directory.resolve("new"),
                "--dry-run",
                "--no-slots",
                "--rename",
                "s#^input/#init/#");
        assertThat(run.code()).isZero();
        assertThat(run.lines())
                .contains("  input/init_conv/DW (DT_FLOAT) [3,3,3,16] -> init/init_conv/DW")
                .contains("- input/init_conv/DW/Momentum (DT_FLOAT) [3,3,3,16]")
                .contains(source + ", data file 0 of 1: 67 tensors written");
        assertThat(Folder.names(directory)).containsExactly("log");
        ToolRun json = ToolRun.of("rewrite", source, "-o", directory.resolve("new"), "--dry-run", "--json");
        assertThat(json.json()).containsEntry("written", false);
        Map<String, Object> totals = Json.object(json.json().get("totals"));
        assertThat(totals).containsEntry("linked_files", 1L).containsEntry("tensors", 92L);
        assertThat(Folder.names(directory)).containsExactly("log");
    }

    @Test
    void aGraphThatWantsMoreThanThereIsGetsExitCode1() {
        String graph = ToolRun.testdata("story/changed/graph.meta");
        Path target = directory.resolve("new");
        ToolRun run = ToolRun.of("rewrite", source, "-o", target, "--for", graph, "--from", "s#^init/#input/#");
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).contains("Key aux/conv/DW not found in checkpoint");
        assertThat(Folder.names(directory)).containsExactly("log");
        ToolRun fitting = ToolRun.of(
                "rewrite",
                source,
                "-o",
                target,
                "--for",
                graph,
                "--from",
                "s#^init/#input/#",
                "--exclude",
                "aux/**",
                "--exclude",
                "logit/**",
                "--exclude",
                "global_step",
                "--meta",
                "copy");
        assertThat(fitting.err()).isEmpty();
        assertThat(fitting.code()).isZero();
        assertThat(Folder.bytes(Folder.sibling(target, ".meta"))).isEqualTo(Folder.bytes(Path.of(graph)));
        ToolRun compare = ToolRun.of(
                "compare",
                target + ".meta",
                target,
                "--exclude",
                "aux/**",
                "--exclude",
                "logit/**",
                "--exclude",
                "global_step");
        assertThat(compare.code()).isZero();
    }

    @Test
    void alsoWithIncludeAndOfSeveralCheckpointsAVariableThatIsMissingIsExitCode1() {
        String graph = ToolRun.testdata("story/changed/graph.meta");
        Path target = directory.resolve("new");
        List<ToolRun> runs = List.of(
                ToolRun.of("rewrite", source, "-o", target, "--for", graph, "--include", "**"),
                ToolRun.of("rewrite", source, source, "-o", target, "--for", graph, "--on-clash", "first"));
        for (ToolRun run : runs) {
            assertThat(run.code()).isEqualTo(1);
            assertThat(run.err()).contains("without a tensor of the same shape and dtype", "aux/conv/DW");
        }
        assertThat(Folder.names(directory)).containsExactly("log");
    }

    @Test
    void tensorsAreAlignedAsAsked() throws IOException {
        Path target = directory.resolve("new");
        assertThat(ToolRun.of("rewrite", source, "-o", target, "--no-slots", "--align", "64")
                        .code())
                .isZero();
        assertThat(ToolRun.of("verify", target).code()).isZero();
        assertThat(ToolRun.of("rewrite", source, "-o", target, "--align", "0").err())
                .contains("--align must be at least 1, not 0");
        try (Checkpoint checkpoint = Checkpoint.open(target)) {
            assertThat(checkpoint.entries())
                    .allMatch(entry -> entry.storage().offset() % 64 == 0)
                    .anyMatch(entry -> entry.storage().size() % 64 != 0);
        }
    }

    @Test
    void whatIsThereIsReplacedOnlyWithForce() {
        Path target = directory.resolve("new");
        assertThat(ToolRun.of("rewrite", source, "-o", target).code()).isZero();
        ToolRun again = ToolRun.of("rewrite", source, "-o", target);
        assertThat(again.code()).isEqualTo(2);
        assertThat(again.err())
                .startsWith("tfckpt: '" + target + ".index' already exists; use --force to replace it")
                .hasLineCount(1);
        assertThat(ToolRun.of("rewrite", source, "-o", target, "--force", "--no-slots")
                        .code())
                .isZero();
        assertThat(ToolRun.of("rewrite", source, "-o", source, "--force", "--no-slots")
                        .code())
                .isZero();
        assertThat(ToolRun.of("digest", source).out())
                .isEqualTo(ToolRun.of("digest", target).out());
    }

    @Test
    void stateAndGraphAreTouchedOnlyOnRequest() throws IOException {
        Path target = directory.resolve("out/model.ckpt-7");
        ToolRun.of("rewrite", source, "-o", target);
        assertThat(Folder.names(target.getParent()))
                .containsExactly("model.ckpt-7.data-00000-of-00001", "model.ckpt-7.index");
        ToolRun run = ToolRun.of("rewrite", source, "-o", target, "--force", "--meta", "copy", "--state", "update");
        assertThat(run.code()).isZero();
        assertThat(Folder.names(target.getParent()))
                .containsExactly(
                        "checkpoint", "model.ckpt-7.data-00000-of-00001", "model.ckpt-7.index", "model.ckpt-7.meta");
        ToolRun.of("rewrite", source, "-o", target.resolveSibling("model.ckpt-8"), "--state", "update");
        assertThat(Files.readString(target.resolveSibling("checkpoint"))).startsWith("""
                        model_checkpoint_path: "model.ckpt-8"
                        all_model_checkpoint_paths: "model.ckpt-7"
                        all_model_checkpoint_paths: "model.ckpt-8"
                        all_model_checkpoint_timestamps:""");
        assertThat(ToolRun.of("ls", target.getParent()).code()).isZero();
    }

    @Test
    void mapAndCastAndShards() throws IOException {
        Path map = Files.writeString(directory.resolve("map"), "logit/DW -> head/kernel\nlogit/DW -> head/copy\n");
        Path target = directory.resolve("new");
        ToolRun run = ToolRun.of(
                "rewrite", source, "-o", target, "--map", map, "--cast", "half", "--shards", 2, "--include", "logit/*");
        assertThat(run.err()).isEmpty();
        assertThat(ToolRun.of("ls", target).lines())
                .containsExactly(
                        "head/copy (DT_HALF) [32,10]", "head/kernel (DT_HALF) [32,10]", "logit/biases (DT_HALF) [10]");
        assertThat(Folder.names(directory)).contains("new.data-00000-of-00002", "new.data-00001-of-00002");
        assertThat(ToolRun.of("verify", target).code()).isZero();
    }

    @Test
    void wishesThatCannotBeAreSaidInOneLine() {
        Path target = directory.resolve("new");
        List<List<Object>> calls = List.of(
                List.of("rewrite", source, "-o", target, "--from", "s/a/b/"),
                List.of("rewrite", source, "-o", target, "--link", "--copy"),
                List.of("rewrite", source, "-o", target, "--shards", 0),
                List.of("rewrite", source, "-o", target, "--rename", "s/a"),
                List.of("rewrite", source, "-o", target, "--rename", "s/.*/x/"),
                List.of("rewrite", source, source, "-o", target),
                List.of("rewrite", source, "-o", target + ".index"),
                List.of("rewrite", source, "-o", directory.resolve("no/such/place")),
                List.of("rewrite", source, "-o", source + ".index/new"),
                List.of("rewrite", ToolRun.testdata("story/tf2/ckpt-1"), "-o", target, "--meta", "copy"),
                List.of("rewrite", directory.resolve("nothing"), "-o", target));
        for (List<Object> call : calls) {
            ToolRun run = ToolRun.of(call.toArray());
            assertThat(run.code()).as("%s", call).isEqualTo(2);
            assertThat(run.err()).as("%s", call).startsWith("tfckpt: ").hasLineCount(1);
            assertThat(run.out()).isEmpty();
        }
        assertThat(Folder.names(directory)).containsExactly("log");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--link --copy | --link cannot be combined with --copy",
                "--shards 0 | --shards must be between 1 and 99999, not 0",
                "--shards 2 --shard-bytes 9 | --shards cannot be combined with --shard-bytes",
                "--shard-bytes 0 | --shard-bytes must be at least 1, not 0",
                "--copy --shards 2 | so --link and --copy do not apply",
                "--for g --no-slots | --for cannot be combined with --rename, --names or --no-slots",
                "--partial | require --for",
            })
    void contradictingOptionsAreNamed(String options, String message) {
        List<Object> args = new ArrayList<>(List.of("rewrite", source, "-o", directory.resolve("new")));
        args.addAll(List.of(options.split(" ")));
        ToolRun run = ToolRun.of(args.toArray());
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).startsWith("tfckpt: ").contains(message).hasLineCount(1);
    }

    private static void flip(Path file, int at) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[at] ^= 1;
        Files.write(file, bytes);
    }

    @Test
    void salvagesAndSaysWhatIsLostAsVerifyDoes() throws IOException {
        flip(Folder.sibling(source, ".data-00000-of-00001"), 100_000);
        flip(Folder.sibling(source, ".data-00000-of-00001"), 300_000);
        Path target = directory.resolve("new");
        assertThat(ToolRun.of("rewrite", source, "-o", target, "--copy", "--no-slots")
                        .code())
                .isEqualTo(2);
        List<String> problems = ToolRun.of("verify", source).lines().subList(0, 2);

        ToolRun dry = ToolRun.of("rewrite", "--salvage", source, "-o", target, "--dry-run");
        assertThat(dry.code()).isEqualTo(1);
        assertThat(dry.lines().subList(0, 2)).isEqualTo(problems);
        assertThat(dry.lines()).contains(source + ", data file 0 of 1: 90 tensors written");
        assertThat(Folder.names(directory)).containsExactly("log");

        ToolRun run = ToolRun.of("rewrite", "--salvage", source, "-o", target);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err()).isEmpty();
        assertThat(run.lines()).hasSize(3);
        assertThat(run.lines().subList(0, 2)).isEqualTo(problems);
        assertThat(run.lines().get(2)).startsWith(target + ": 90 tensors; ").endsWith(" bytes written; 2 tensors lost");
        assertThat(ToolRun.of("verify", target).code()).isZero();

        assertThat(ToolRun.of("rewrite", "--salvage", source, "-o", source).code())
                .isEqualTo(2);
        assertThat(ToolRun.of("rewrite", "--salvage", source, "-o", source, "--force")
                        .code())
                .isEqualTo(1);
        ToolRun again = ToolRun.of("rewrite", "--salvage", source, "-o", source, "--force");
        assertThat(again.code()).isZero();
        assertThat(again.out())
                .isEqualTo(run.lines()
                                .get(2)
                                .replace(target.toString(), source.toString())
                                .replaceFirst(
                                        "; ([0-9,]*) bytes written.*",
                                        "; 1 data file linked ($1 bytes), 0 bytes written")
                        + "\n");
        assertThat(ToolRun.of("digest", source).out())
                .isEqualTo(ToolRun.of("digest", target).out());
    }

    @Test
    void whatIsLostIsInTheDocument() throws IOException {
        flip(Folder.sibling(source, ".data-00000-of-00001"), 100_000);
        Path target = directory.resolve("new");
        ToolRun run = ToolRun.of("rewrite", "--salvage", source, "-o", target, "--json");
        assertThat(run.code()).isEqualTo(1);
        List<Map<String, Object>> lost = Json.list(run.json().get("lost"));
        assertThat(lost)
                .isEqualTo(
                        Json.list(ToolRun.of("verify", "--json", source).json().get("problems")))
                .singleElement(org.assertj.core.api.InstanceOfAssertFactories.MAP)
                .containsOnlyKeys("file", "offset", "tensor", "kind", "message")
                .containsEntry("kind", "tensor-checksum");
        assertThat(run.json()).containsEntry("written", true);
        assertThat(ToolRun.of("rewrite", target, "-o", source, "--force", "--json")
                        .json())
                .containsEntry("lost", List.of());
    }

    @Test
    void aMissingDataFileIsOneProblemOfASalvage() throws IOException {
        Path damaged = Copies.of(ToolRun.testdata("golden/tf218-v2-sharded/ckpt"), directory);
        Files.delete(Folder.sibling(damaged, ".data-00001-of-00003"));
        Path target = directory.resolve("new");
        List<String> problems = ToolRun.of("verify", damaged).lines();

        ToolRun run = ToolRun.of("rewrite", "--salvage", damaged, "-o", target);

        assertThat(run.code()).isEqualTo(1);
        assertThat(run.lines()).hasSize(2);
        assertThat(run.lines().get(0)).isEqualTo(problems.get(0)).containsPattern(": [0-9]+ tensors: missing-file: ");
        assertThat(run.lines().get(1)).endsWith(" tensors lost");
        List<Map<String, Object>> lost =
                Json.list(ToolRun.of("rewrite", "--salvage", damaged, "-o", target, "--json", "--dry-run")
                        .json()
                        .get("lost"));
        assertThat(lost).hasSize(1);
        assertThat(Json.list(lost.get(0).get("names")))
                .hasSize(((Number) lost.get(0).get("tensors")).intValue())
                .hasSizeGreaterThan(1);
    }

    @Test
    void aStateFileThatCannotBeUpdatedIsReportedBeforeAnythingIsWritten() throws IOException {
        Path run = Files.createDirectory(directory.resolve("run"));
        ToolRun state = ToolRun.of("rewrite", source, "-o", run.resolve("checkpoint"), "--state", "update");
        assertThat(state.code()).isEqualTo(2);
        assertThat(state.err()).contains("a checkpoint cannot have the path of the state file");
        assertThat(Folder.names(run)).isEmpty();

        Files.writeString(run.resolve("checkpoint"), "Not a state file.");
        state = ToolRun.of("rewrite", source, "-o", run.resolve("new"), "--state", "update");
        assertThat(state.code()).isEqualTo(2);
        assertThat(state.err()).contains("not a checkpoint state file but a text file");
        assertThat(Folder.names(run)).containsExactly("checkpoint");
    }

    @Test
    void anEmptyCheckpointIsNotWrittenWithoutNeed() throws IOException {
        Path target = directory.resolve("new");
        for (String option : List.of("--include=nothing", "--exclude=**")) {
            ToolRun run = ToolRun.of("rewrite", source, "-o", target, option);
            assertThat(run.code()).isEqualTo(2);
            assertThat(run.err())
                    .startsWith("tfckpt: the new checkpoint would be empty: no tensor of '" + source + "' is selected"
                            + " (for example, it has '");
        }
        Files.delete(Folder.sibling(source, ".data-00000-of-00001"));
        ToolRun salvage = ToolRun.of("rewrite", "--salvage", source, "-o", target);
        assertThat(salvage.code()).isEqualTo(2);
        assertThat(salvage.lines()).singleElement().asString().contains(" tensors: missing-file: ");
        assertThat(salvage.err())
                .isEqualTo("tfckpt: the new checkpoint would be empty: no selected tensor is intact\n");
        assertThat(Folder.names(directory)).containsExactly("log");

        Path empty = new BundleBuilder().write(directory.resolve("empty"));
        assertThat(ToolRun.of("rewrite", empty, "-o", target).code()).isZero();
    }

    @Test
    void whatCannotBeSalvagedIsSaidInOneLine() throws IOException {
        flip(Folder.sibling(source, ".index"), 10);
        Path target = directory.resolve("new");
        ToolRun run = ToolRun.of("rewrite", "--salvage", source, "-o", target);
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err())
                .hasLineCount(1)
                .contains("the bytes of a block do not match their checksum")
                .endsWith("; a checkpoint that cannot be opened cannot be salvaged\n");
        assertThat(ToolRun.of("rewrite", "--salvage", target, "-o", target, "--link")
                        .code())
                .isEqualTo(2);
        assertThat(Folder.names(directory)).containsExactly("log");
    }

    @Test
    void progressTellsBytesRateAndTimeLeft() {
        assertThat(ProgressLine.text(1_500_000_000L, 6_000_000_000L, 2))
                .isEqualTo("1,500.0 of 6,000.0 MB (25 %), 750.0 MB/s, 0:06 left");
        assertThat(ProgressLine.text(0, 0, 1)).isEqualTo("0.0 of 0.0 MB (100 %), 0.0 MB/s, 0:00 left");
    }
}
