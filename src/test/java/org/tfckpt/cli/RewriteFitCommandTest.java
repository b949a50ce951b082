package org.tfckpt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.tensor.DataType;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.Folder;
import org.tfckpt.testing.Json;

class RewriteFitCommandTest {
    private static final String LOG = ToolRun.testdata("story/log");
    private static final String TF2 = ToolRun.testdata("story/tf2");
    private static final String GRAPH = ToolRun.testdata("story/changed/graph.meta");

    @TempDir
    private Path directory;

    private Path target() {
        return directory.resolve("new");
    }

    private ToolRun rewrite(Object... options) {
        Object[] all = new Object[options.length + 1];
        all[0] = "rewrite";
        System.arraycopy(options, 0, all, 1, options.length);
        return ToolRun.of(all);
    }

    @Test
    void saysOnceWhatWasRecognised() {
        String text = ToolRun.testdata("story/changed/texts/python2.txt");
        ToolRun run = rewrite(LOG, "-o", target(), "--for", text, "--include", "unit_*/**");
        assertThat(run.code()).isZero();
        assertThat(run.err())
                .isEqualTo(
                        "tfckpt: 68 variables recognised in '" + text + "', 6 lines ignored" + System.lineSeparator());
    }

    @Test
    void namesEveryTensorThatIsResized() {
        ToolRun run = rewrite(
                LOG,
                "-o",
                target(),
                "--for",
                GRAPH,
                "--from",
                "s#^init/#input/#",
                "--resize",
                "--exclude",
                "aux/**",
                "--exclude",
                "global_step");
        assertThat(run.err()).isEmpty();
        assertThat(run.code()).isZero();
        assertThat(run.lines())
                .containsExactly(
                        target()
                                + ": 64 tensors, 8 renamed, 2 resized, 28 dropped; 255,888 bytes written, 123,288 bytes"
                                + " saved",
                        "  logit/DW (DT_FLOAT) [32,10] -> [32,100]: resized, the rest is zeros",
                        "  logit/biases (DT_FLOAT) [10] -> [100]: resized, the rest is zeros");
        assertThat(ToolRun.of("show", target(), "logit/biases", "--slice", "10,90", "--full")
                        .out())
                .doesNotContainPattern("[1-9]\\.");
    }

    @Test
    void jsonAndDryRunSayWhatIsFilled() throws IOException {
        ToolRun json = rewrite(LOG, "-o", target(), "--for", TF2, "--fill-from", TF2, "--json", "--dry-run");
        assertThat(json.code()).isZero();
        List<Map<String, Object>> tensors = Json.list(json.json().get("tensors"));
        assertThat(tensors)
                .filteredOn(tensor -> tensor.get("filled").equals(true))
                .extracting(tensor -> tensor.get("name"))
                .hasSize(5)
                .contains("optimizer/iter/.ATTRIBUTES/VARIABLE_VALUE");
        assertThat(tensors).allMatch(tensor -> tensor.get("resized") == null);
        assertThat(Json.object(json.json().get("totals")))
                .containsEntry("filled", 5L)
                .containsEntry("resized", 0L)
                .containsEntry("dropped", 25L);
        ToolRun text = rewrite(LOG, "-o", target(), "--for", TF2, "--fill-from", TF2, "--dry-run");
        assertThat(text.lines())
                .contains("  optimizer/iter/.ATTRIBUTES/VARIABLE_VALUE (DT_INT64) []: filled")
                .contains(
                        "  input/init_conv/DW (DT_FLOAT) [3,3,3,16] -> model/init_conv/kernel/.ATTRIBUTES/VARIABLE_VALUE")
                .contains("- input/init_conv/DW/ExponentialMovingAverage (DT_FLOAT) [3,3,3,16]")
                .doesNotContain("- optimizer/iter/.ATTRIBUTES/VARIABLE_VALUE (DT_INT64) []");
        assertThat(Folder.names(directory)).isEmpty();
    }

    @Test
    void jsonSaysWhatIsResized() throws IOException {
        Path old = new BundleBuilder().floats("a", 1, 2).write(directory.resolve("old"));
        Path model = new BundleBuilder().floats("a", 3, 4, 5).write(directory.resolve("model"));
        ToolRun json = rewrite(old, "-o", target(), "--for", model, "--fill-from", model, "--resize", "--json");
        Map<String, Object> tensor =
                Json.<Map<String, Object>>list(json.json().get("tensors")).get(0);
        assertThat(tensor).containsEntry("shape", List.of(3L)).containsEntry("filled", false);
        assertThat(Json.object(tensor.get("resized")))
                .containsEntry("from", List.of(2L))
                .containsEntry("rest", "filled");
        assertThat(ToolRun.of("show", target(), "a").out()).contains("1. 2. 5.");
    }

    @Test
    void fromObjectsToNamesAndBack() {
        assertThat(rewrite(TF2, "-o", target(), "--names", "full").out())
                .isEqualTo(
                        target() + ": 71 tensors, 71 renamed, 2 dropped; 245,356 bytes written, 10,293 bytes saved\n");
        assertThat(ToolRun.of("ls", target()).lines()).contains("input/init_conv/DW/Momentum (DT_FLOAT) [3,3,3,16]");
        Path back = directory.resolve("back");
        assertThat(rewrite(target(), "-o", back, "--for", TF2).code()).isZero();
        assertThat(ToolRun.of("digest", back).out())
                .isEqualTo(ToolRun.of("digest", TF2).out());
        assertThat(ToolRun.of("objects", back).out())
                .isEqualTo(ToolRun.of("objects", TF2).out());
    }

    @Test
    void aSavedModelIsATemplate() throws IOException {
        String model = ToolRun.testdata("real/rust-regression/regression_savedmodel");
        Path names = directory.resolve("names");
        ToolRun named = rewrite(model, "-o", names, "--names", "full");
        assertThat(named.code()).as(named.err()).isZero();
        ToolRun run = rewrite(names, "-o", target(), "--for", model);
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(ToolRun.of("digest", target()).out())
                .isEqualTo(ToolRun.of("digest", model).out());
    }

    @Test
    void whatIsMissingIsNamedWithWhatToDo() throws IOException {
        ToolRun run = rewrite(LOG, "-o", target(), "--for", TF2);
        assertThat(run.code()).isEqualTo(1);
        assertThat(run.err())
                .contains("4 variables of the graph without a tensor of the same shape and dtype: SGD/decay, SGD/iter,"
                        + " SGD/learning_rate, SGD/momentum")
                .contains("--fill-from");
        assertThat(Folder.names(directory)).isEmpty();
        ToolRun partial = rewrite(LOG, "-o", target(), "--for", TF2, "--partial");
        assertThat(partial.code()).isZero();
        assertThat(partial.out()).contains("69 tensors");
        assertThat(partial.err()).contains("4 variables of the graph");
    }

    @Test
    void aTextIsAGraphUnlessItIsTheMessageOfAFailedRestore() throws IOException {
        Path printed = Files.writeString(directory.resolve("printed"), "a:0 (3,)\nstep:0 ()\n");
        Path old = new BundleBuilder()
                .floats("a", 1, 2)
                .tensor("step", DataType.DT_INT64, new long[0], new byte[8])
                .write(directory.resolve("old"));
        Path model = new BundleBuilder()
                .floats("a", 3, 4, 5)
                .tensor("step", DataType.DT_INT32, new long[0], new byte[4])
                .write(directory.resolve("model"));
        ToolRun run = rewrite(old, "-o", target(), "--for", printed, "--fill-from", model, "--resize");
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.out())
                .contains("a (DT_FLOAT) [2] -> [3]: resized, the rest is filled")
                .as("the text has no dtypes, so that of the new model counts")
                .contains("step (DT_INT32) []: filled");
        Path failed = Files.writeString(directory.resolve("failed"), "Key a not found in checkpoint\n");
        ToolRun refused = rewrite(old, "-o", directory.resolve("x"), "--for", failed, "--partial");
        assertThat(refused.code()).isEqualTo(2);
        assertThat(refused.err())
                .contains("is the message of a failed restore, which names only some variables")
                .contains("a .meta file, a SavedModel");
    }

    @Test
    void optionsThatNeedAGraph() {
        for (String option : List.of("--resize", "--fill-from=" + TF2)) {
            ToolRun run = rewrite(LOG, "-o", target(), option);
            assertThat(run.code()).isEqualTo(2);
            assertThat(run.err()).contains("--fill-from, --resize, --partial").contains("require --for");
        }
        ToolRun both = rewrite(LOG, "-o", target(), "--for", GRAPH, "--names", "full");
        assertThat(both.code()).isEqualTo(2);
        assertThat(both.err()).contains("--for cannot be combined with --rename, --names or --no-slots");
        ToolRun none = rewrite(LOG, "-o", target(), "--names", "full");
        assertThat(none.code()).isZero();
        assertThat(none.err()).contains("has no object graph; its names do not change");
    }
}
