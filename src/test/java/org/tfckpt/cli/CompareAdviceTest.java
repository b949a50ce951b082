package org.tfckpt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tfckpt.cli.ToolRun.testdata;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.Json;

class CompareAdviceTest {
    private static final String CHANGED = testdata("story/changed/graph.meta");
    private static final String LOG = testdata("story/log");

    @TempDir
    private Path directory;

    private String checkpoint(String name, String... tensors) throws IOException {
        BundleBuilder builder = new BundleBuilder();
        for (String tensor : tensors) {
            builder.floats(tensor, new long[] {2}, 1, 2);
        }
        return builder.write(directory.resolve(name)).toString();
    }

    private static List<String> words(String command) {
        return Pattern.compile("'([^']*)'|(\\S+)")
                .matcher(command)
                .results()
                .map(word -> word.group(1) == null ? word.group(2) : word.group(1))
                .toList();
    }

    private static String command(ToolRun run, String name) {
        return run.lines().stream()
                .filter(line -> line.startsWith("  tfckpt " + name))
                .findFirst()
                .orElseThrow()
                .strip();
    }

    @Test
    void theStoryEndsWithCommandsThatWork() throws IOException {
        ToolRun run = ToolRun.of("compare", CHANGED, LOG);

        assertThat(run.lines())
                .contains(
                        "  --from 's#^init/#input/#'   finds 8 variables",
                        "  --exclude 'aux/**'   leaves out 3 variables",
                        "  --exclude 'logit/**'   leaves out 2 variables",
                        "  --exclude global_step   leaves out 1 variable",
                        "to restore the 62 variables found:");
        List<String> compare = words(command(run, "compare"));
        ToolRun again = ToolRun.of(compare.subList(1, compare.size()).toArray());
        assertThat(again.code()).as(again.out()).isZero();
        List<String> rewrite = words(command(run, "rewrite")
                .replace("PREFIX", directory.resolve("new").toString()));
        assertThat(ToolRun.of(rewrite.subList(1, rewrite.size()).toArray()).code())
                .isZero();
        assertThat(ToolRun.of("ls", directory.resolve("new")).lines()).hasSize(62);
        assertThat(run.out()).contains("--fill-from NEW --resize", "  saver = tf.compat.v1.train.Saver({re.sub(");
    }

    /** The value of a variable is printed only where it has one without a session. */
    @ParameterizedTest
    @CsvSource({"tf2, true", "keras3, true", "repr, false", "python2, false"})
    void aPrintedEagerProgramHasNoSaver(String text, boolean eager) {
        String out = ToolRun.of("compare", testdata("story/changed/texts/" + text + ".txt"), LOG)
                .out();

        assertThat(out).contains("\nin Python:\n");
        assertThat(out.contains("for v in model.variables:")).isEqualTo(eager);
        assertThat(out.contains("v.assign(reader.get_tensor(re.sub(")).isEqualTo(eager);
        assertThat(out.contains("train.Saver(")).isEqualTo(!eager);
    }

    @Test
    void thePlanIsInTheJson() throws IOException {
        var plan =
                Json.object(ToolRun.of("compare", "--json", CHANGED, LOG).json().get("plan"));

        assertThat(plan)
                .containsEntry("from", List.of("s#^init/#input/#"))
                .containsEntry("exclude", List.of("aux/**", "logit/**", "global_step"))
                .containsEntry("no_slots", false)
                .containsEntry("complete", true);
    }

    @Test
    void whatFitsIsSaidToFitAndNoMore() {
        ToolRun run = ToolRun.of("compare", testdata("story/log/model.ckpt-122543.meta"), LOG);

        assertThat(run.code()).isZero();
        assertThat(run.lines()).hasSize(4).last().isEqualTo("the checkpoint fits: a restore finds every variable");
    }

    @Test
    void aCheckpointOfAnotherModelIsNamed() throws IOException {
        ToolRun run = ToolRun.of("compare", checkpoint("a", "x/long_name"), checkpoint("b", "other", "more"));

        assertThat(run.out())
                .endsWith("no variable of the graph is found: the checkpoint probably belongs to another" + " model\n");
        assertThat(run.out()).doesNotContain("--exclude", "Python");
    }

    @Test
    void aScopePairIsAnAssignmentMap() throws IOException {
        ToolRun run = ToolRun.of(
                "compare",
                checkpoint("a", "init/a", "init/b", "init/c/d"),
                checkpoint("b", "input/a", "input/b", "input/c/d"));

        assertThat(run.out())
                .contains("tf.compat.v1.train.init_from_checkpoint('" + directory.resolve("b")
                        + "', {'input/': 'init/'})");
    }

    /** Returns a name without digits, which globs would leave open. */
    private static String letters(int i) {
        return "" + (char) ('a' + i * 7 % 26) + (char) ('a' + i / 26) + (char) ('a' + i * 11 % 26);
    }

    private List<ToolRun> pastedRewrites(ToolRun compared, String fill) {
        return compared.lines().stream()
                .filter(line -> line.startsWith("  tfckpt rewrite"))
                .map(line -> line.strip()
                        .replace("-o PREFIX", "--force -o " + directory.resolve("new"))
                        .replace("NEW", fill))
                .map(line -> words(line).stream().skip(1).toArray())
                .map(ToolRun::of)
                .toList();
    }

    @Test
    void rewriteWorksEvenIfNoShortListOfExclusionsDoes() throws IOException {
        List<String> wanted = new ArrayList<>();
        List<String> found = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            String name = letters(i) + "/w";
            wanted.add(name);
            (i % 2 == 0 ? found : new ArrayList<String>()).add(name);
        }
        String model = checkpoint("graph", wanted.toArray(String[]::new));
        ToolRun run = ToolRun.of("compare", model, checkpoint("c", found.toArray(String[]::new)));

        assertThat(run.lines()).contains("with these options, 150 variables are still not found");
        assertThat(pastedRewrites(run, model))
                .hasSize(2)
                .allSatisfy(
                        rewrite -> assertThat(rewrite.code()).as(rewrite.err()).isZero());
        assertThat(ToolRun.of("compare", model, directory.resolve("new")).code())
                .as("filled")
                .isZero();
    }

    @Test
    void namesWithoutShapesArePastedWithTheirFormat() throws IOException {
        Path names = Files.writeString(directory.resolve("names"), "a\nb\n");
        ToolRun run = ToolRun.of("compare", "--graph-format", "names", names, checkpoint("c", "a"));

        assertThat(pastedRewrites(run, checkpoint("graph", "a", "b")))
                .hasSize(2)
                .allSatisfy(
                        rewrite -> assertThat(rewrite.code()).as(rewrite.err()).isZero());
    }

    @Test
    void aMapIsWrittenAsADictionary() throws IOException {
        Path map = Files.writeString(directory.resolve("map"), "q's\\r -> a\n");
        ToolRun run = ToolRun.of("compare", "--map", map, checkpoint("g", "a", "b"), checkpoint("c", "q's\\r", "b"));

        assertThat(run.code()).as(run.out()).isZero();
        assertThat(run.lines()).contains("      'a': 'q\\'s\\\\r',");
    }

    @Test
    void literalsAreEscaped() {
        assertThat(PythonCode.string("it's \\ \u00e9\n\ud83d\ude00")).isEqualTo("'it\\'s \\\\ \\xe9\\x0a\\U0001f600'");
        assertThat(PythonCode.raw("a\\.b")).isEqualTo("r'a\\.b'");
        assertThat(PythonCode.regex(List.of("a.b/**", "c?_*"))).isEqualTo("(?:a\\.b/.*|c[^/]_[^/]*)$");
        assertThat(PythonCode.substitutions(List.of("s#/block_([0-9]+)/#/stage\\1x/#;s|a\\.b$|c\\&|")))
                .hasValue(List.of(
                        "re.sub('/block_([0-9]+)/', r'/stage\\g<1>x/', name, count=1)",
                        "re.sub(r'a\\.b$', 'c&', name, count=1)"));
        assertThat(PythonCode.substitutions(List.of("s#a[[:digit:]]#b#"))).isEmpty();
        assertThat(PythonCode.substitutions(List.of("s#a#b#g"))).isEmpty();
    }
}
