package org.tfckpt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.tfckpt.cli.ToolRun.testdata;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.CheckpointWriter;
import org.tfckpt.ValueSource;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.Json;
import org.tfckpt.testing.LargeCheckpoints;

class ReportCommandTest {
    private static final String STORY = testdata("story/log/model.ckpt-122543");
    private static final Pattern DATA =
            Pattern.compile("<script type=\"application/json\" id=\"data\">(.*?)</script>", Pattern.DOTALL);

    @TempDir
    private Path directory;

    private Path file;

    private Map<String, Object> report(Object... arguments) throws IOException {
        return run(0, arguments);
    }

    private Map<String, Object> damaged(Object... arguments) throws IOException {
        return run(1, arguments);
    }

    private Map<String, Object> run(int code, Object... arguments) throws IOException {
        List<Object> all = new ArrayList<>(List.of("report", "--force"));
        all.addAll(List.of(arguments));
        file = directory.resolve("out/report.html");
        all.addAll(List.of("-o", file));
        ToolRun done = ToolRun.of(all.toArray());
        assertThat(done.code()).as(done.err()).isEqualTo(code);
        return Json.object(Json.parse(group(DATA, Files.readString(file))));
    }

    private static String group(Pattern pattern, String text) {
        MatchResult found = pattern.matcher(text).results().findFirst().orElseThrow();
        return found.group(1);
    }

    private static List<String> coded(Map<String, Object> data, String column) {
        List<String> texts = Json.list(data.get(column + "_names"));
        return Json.<Number>list(data.get(column)).stream()
                .map(code -> texts.get(code.intValue()))
                .toList();
    }

    @Test
    void statesWhatTheListingStates() throws IOException {
        Map<String, Object> data = report(STORY);
        Map<String, Object> ls = ToolRun.of("ls", "--json", STORY).json();
        assertThat(data)
                .containsEntry("file", "model.ckpt-122543")
                .containsEntry("format", "V2")
                .containsEntry("step", 122543L)
                .containsEntry("totals", ls.get("totals"))
                .containsEntry("problems", List.of())
                .doesNotContainKeys("values", "changes", "graph", "verification");
        List<Object> tensors = Json.list(ls.get("tensors"));
        assertThat(Json.list(data.get("name"))).hasSameSizeAs(tensors);
        long end = 0;
        for (int i = 0; i < tensors.size(); i++) {
            Map<String, Object> tensor = Json.object(tensors.get(i));
            long offset = end + Json.<Long>list(data.get("offset")).get(i);
            end = offset + (long) tensor.get("bytes");
            assertThat(Json.list(data.get("name")).get(i)).isEqualTo(tensor.get("name"));
            assertThat(coded(data, "dtype").get(i)).isEqualTo(tensor.get("dtype"));
            assertThat(coded(data, "shape").get(i))
                    .isEqualTo(tensor.get("shape").toString().replace(" ", ""));
            assertThat(Json.list(data.get("bytes")).get(i)).isEqualTo(tensor.get("bytes"));
            assertThat(Json.list(data.get("shard")).get(i)).isEqualTo(tensor.get("shard"));
            assertThat(offset).isEqualTo(tensor.get("offset"));
            assertThat(String.format("%08x", Json.<Long>list(data.get("crc32c")).get(i)))
                    .isEqualTo(tensor.get("crc32c"));
        }
        List<String> names = Json.list(data.get("name"));
        int momentum = names.indexOf("input/init_conv/DW/Momentum");
        assertThat(Json.list(data.get("of")).get(momentum)).isEqualTo((long) names.indexOf("input/init_conv/DW"));
    }

    @Test
    void statesTheSlicesOfPartitionedTensors() throws IOException {
        Map<String, Object> data = report(testdata("golden/tf115-v2-partitioned-sharded/ckpt"));
        List<Object> listed = Json.list(ToolRun.of("ls", "--json", testdata("golden/tf115-v2-partitioned-sharded/ckpt"))
                .json()
                .get("tensors"));
        Map<String, Object> slices = Json.object(data.get("slices"));
        assertThat(slices).isNotEmpty();
        slices.forEach((row, found) -> assertThat(Json.list(found).stream()
                        .map(slice -> Json.list(slice).get(0))
                        .toList())
                .isEqualTo(
                        Json.list(Json.object(listed.get(Integer.parseInt(row))).get("slices")).stream()
                                .map(slice -> Json.object(slice).get("spec"))
                                .toList()));
    }

    private static void assertClose(Object rounded, Object exact) {
        if (exact instanceof Number number && !exact.equals(rounded)) {
            double value = number.doubleValue();
            assertThat(((Number) rounded).doubleValue()).isCloseTo(value, within(Math.abs(value) * 1e-6));
        } else {
            assertThat(rounded).isEqualTo(exact);
        }
    }

    @Test
    void statesWhatTheStatisticsState() throws IOException {
        Map<String, Object> values = Json.object(report("--values", STORY).get("values"));
        List<Object> tensors =
                Json.list(ToolRun.of("stats", "--json", STORY).json().get("tensors"));
        for (int i = 0; i < tensors.size(); i++) {
            Map<String, Object> tensor = Json.object(tensors.get(i));
            for (String key : List.of("nan", "inf", "neg_inf", "zeros", "min", "max", "mean", "std", "norm")) {
                assertClose(Json.list(values.get(key)).get(i), tensor.get(key));
            }
            List<Object> quantiles =
                    Json.list(Json.list(values.get("quantiles")).get(i));
            List<Object> expected =
                    new ArrayList<>(Json.object(tensor.get("quantiles")).values());
            for (int j = 0; j < expected.size(); j++) {
                assertClose(quantiles.get(j), expected.get(j));
            }
        }
    }

    private Path write(String name, float change) throws IOException {
        Path prefix = directory.resolve(name);
        try (CheckpointWriter out = CheckpointWriter.open(prefix)) {
            out.add("a/changed", Shape.of(2, 2), ValueSource.of(1f, 2f, 3f, 4f + change));
            out.add("a/same", Shape.of(2), ValueSource.of(5f, 6f));
            out.add("b/dtype", Shape.of(1), change == 0 ? ValueSource.of(1f) : ValueSource.of(1d));
            out.add(
                    "b/shape",
                    Shape.of(change == 0 ? 1 : 2),
                    change == 0 ? ValueSource.of(1f) : ValueSource.of(1f, 2f));
            out.add(change == 0 ? "c/old" : "c/new", Shape.of(1), ValueSource.of(1f));
            out.finish();
        }
        return prefix;
    }

    @Test
    void statesWhatTheDiffStates() throws IOException {
        Path before = write("before", 0);
        Path after = write("after", 1);
        Map<String, Object> data = report(after, "--against", before);
        Map<String, Object> changes = Json.object(data.get("changes"));
        List<String> names = Json.list(data.get("name"));
        assertThat(Json.object(changes.get("counts")))
                .containsEntry("same", 1L)
                .containsEntry("changed", 1L)
                .containsEntry("added", 1L)
                .containsEntry("removed", 1L)
                .containsEntry("reshaped", 1L)
                .containsEntry("dtype", 1L);
        assertThat(changes).containsEntry("other", "before").containsEntry("equal", false);
        assertThat(changes.get("added")).isEqualTo(List.of((long) names.indexOf("c/new")));
        assertThat(changes.get("reshaped")).isEqualTo(Map.of("" + names.indexOf("b/shape"), "[1]"));
        assertThat(changes.get("dtype")).isEqualTo(Map.of("" + names.indexOf("b/dtype"), "DT_FLOAT"));
        assertThat(Json.object(Json.list(changes.get("removed")).get(0))).containsEntry("name", "c/old");
        Map<String, Object> changed = Json.object(changes.get("changed"));
        Map<String, Object> diff = Json.object(
                Json.list(ToolRun.of("diff", "--json", before, after).json().get("values"))
                        .get(0));
        for (String key : List.of("max_abs", "max_rel", "mean_abs", "rms", "cosine", "different")) {
            assertClose(Json.list(changed.get(key)).get(0), diff.get(key));
        }
    }

    @Test
    void statesWhatTheComparisonWithAGraphStates() throws IOException {
        String graph = testdata("story/changed/texts/python2.txt");
        Map<String, Object> shown = Json.object(report(STORY, "--graph", graph).get("graph"));
        Map<String, Object> compared =
                ToolRun.of("compare", "--json", graph, STORY).json();
        List<Object> variables = Json.list(shown.get("variables"));
        assertThat(of("missing", variables)).isEqualTo(named(compared.get("missing")));
        assertThat(of("matched", variables)).isEqualTo(named(compared.get("matched")));
        assertThat(of("shape", variables)).isEqualTo(named(compared.get("shape_mismatch")));
        assertThat(shown.get("unused_count"))
                .isEqualTo((long) Json.list(compared.get("unused")).size());
        Map<String, Object> plan = Json.object(shown.get("plan"));
        Map<String, Object> expected = Json.object(compared.get("plan"));
        for (String key : List.of("no_slots", "exclude", "from", "complete")) {
            assertThat(plan.get(key)).as(key).isEqualTo(expected.get(key));
        }
    }

    private static List<Object> of(String outcome, List<Object> variables) {
        return variables.stream()
                .filter(variable -> outcome.equals(Json.list(variable).get(1)))
                .map(variable -> Json.list(variable).get(0))
                .toList();
    }

    private static List<Object> named(Object list) {
        return Json.list(list).stream()
                .map(item -> Json.object(item).get("variable"))
                .toList();
    }

    @Test
    void warnsAndSaysHowThatWasDetermined() throws IOException {
        Path prefix = directory.resolve("m");
        try (CheckpointWriter out = CheckpointWriter.open(prefix)) {
            out.add("constant", Shape.of(2), ValueSource.of(3f, 3f));
            out.add("copy", Shape.of(2), ValueSource.of(1f, 2f));
            out.add("kernel", Shape.of(2), ValueSource.of(1f, 2f));
            out.add("kernel/Momentum", Shape.of(2), ValueSource.of(-2e6f, 0f));
            out.add("nan", Shape.of(3), ValueSource.of(1f, Float.NaN, Float.POSITIVE_INFINITY));
            out.add("scalar", Shape.of(), ValueSource.of(0f));
            out.add("zero", Shape.of(2), ValueSource.of(0f, -0f));
            out.finish();
        }
        assertThat(report(prefix).get("warnings")).isEqualTo(List.of());
        List<String> warnings = new ArrayList<>();
        for (Object warning : Json.list(report("--values", prefix).get("warnings"))) {
            Map<String, Object> item =
                    Json.object(Json.list(Json.object(warning).get("items")).get(0));
            warnings.add(Json.object(warning).get("kind") + " " + item.get("tensors") + " " + item.get("note"));
            assertThat((String) Json.object(warning).get("how")).isNotBlank();
        }
        assertThat(warnings)
                .containsExactly(
                        "nan [nan] 1 NaN, 1 infinite of 3",
                        "slot [kernel/Momentum] largest absolute value 2000000",
                        "equal [copy, kernel] 8 bytes in copies",
                        "zero [zero] 2 elements",
                        "constant [constant] 2 elements of 3");
    }

    @Test
    void namesNeverBecomeMarkup() throws IOException {
        String hostile = "</script><img src=x onerror=alert(1)>";
        String rightToLeft = "\u202eabc/\u05d0\u05d1";
        Path prefix = new BundleBuilder()
                .floats("a/" + hostile, 1, 2)
                .floats("b/" + "x".repeat(10_000), 1, 2)
                .tensor(new byte[] {'c', (byte) 0xff}, DataType.DT_BOOL, new long[] {1}, new byte[1])
                .floats(rightToLeft, 1)
                .write(directory.resolve("<m>&"));
        Map<String, Object> data = report("--values", prefix);
        assertThat(Json.list(data.get("name"))).contains("a/" + hostile, rightToLeft, Map.of("base64", "Y/8="));
        assertThat(Files.readString(file)).doesNotContain("<img", "<m>").contains("a/\\u003C/script>\\u003Cimg src=x");
    }

    @Test
    void thePolicyAllowsTheInlineScriptAndStyleOnly() throws Exception {
        report(STORY);
        String page = Files.readString(file);
        String policy = group(Pattern.compile("Content-Security-Policy\" content=\"([^\"]*)\""), page);
        assertThat(policy)
                .startsWith("default-src 'none'")
                .contains(
                        "script-src '" + sha256(group(Pattern.compile("<script>(.*?)</script>", Pattern.DOTALL), page)))
                .contains("style-src '" + sha256(group(Pattern.compile("<style>(.*?)</style>", Pattern.DOTALL), page)))
                .doesNotContain("unsafe", "http");
        assertThat(page.replace("http://www.w3.org/2000/svg", "")).doesNotContain("http:", "https:");
    }

    private static String sha256(String text) throws Exception {
        return "sha256-"
                + Base64.getEncoder()
                        .encodeToString(
                                MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void aDirectoryIsNotShownUnlessThatIsAskedFor() throws IOException {
        Path secret = Files.createDirectory(directory.resolve("customer x"));
        Path prefix = new BundleBuilder().floats("v", 1, 2).write(secret.resolve("model.ckpt-7"));
        Path graph = Files.writeString(
                secret.resolve("graph.txt"), "w:0 <dtype: 'float32_ref'> (2,)\nv:0 <dtype: 'float32_ref'> (2,)\n");
        report(prefix, "--against", prefix, "--graph", graph);
        assertThat(Files.readString(file)).doesNotContain("customer", directory.toString());
        report("--show-paths", prefix);
        assertThat(Files.readString(file)).contains(prefix.toString());
        Files.delete(secret.resolve("model.ckpt-7.data-00000-of-00001"));
        Map<String, Object> damaged = damaged("--verify", prefix);
        assertThat(Files.readString(file)).doesNotContain("customer", directory.toString());
        assertThat(Json.object(Json.list(damaged.get("problems")).get(0)))
                .containsEntry("kind", "missing-file")
                .containsEntry("file", "model.ckpt-7.data-00000-of-00001");
    }

    @Test
    void damageIsDescribed() throws IOException {
        Path prefix =
                new BundleBuilder().floats("good", 1, 2).floats("torn", 3, 4).write(directory.resolve("m"));
        Path values = directory.resolve("m.data-00000-of-00001");
        byte[] bytes = Files.readAllBytes(values);
        bytes[bytes.length - 1] ^= 1;
        Files.write(values, bytes);
        assertThat(report(prefix)).containsEntry("problems", List.of());
        for (String option : List.of("--verify", "--values")) {
            Map<String, Object> data = damaged(option, prefix);
            assertThat(Json.list(data.get("name"))).containsExactly("good", "torn");
            assertThat(Json.list(data.get("problems"))).hasSize(1);
            assertThat(Json.object(Json.list(data.get("problems")).get(0))).containsEntry("tensor", "torn");
        }
        Files.write(directory.resolve("m.index"), new byte[60]);
        Map<String, Object> unreadable = damaged(prefix);
        assertThat(Json.list(unreadable.get("problems"))).hasSize(1);
        assertThat(unreadable).doesNotContainKey("name").containsEntry("file", "m");
    }

    /** The first block of the index is intact. */
    @Test
    void whatIsIntactOfADamagedIndexIsShown() throws IOException {
        Path prefix = directory.resolve("m");
        LargeCheckpoints.ofZeros(prefix, 30_000, 1);
        Path index = directory.resolve("m.index");
        byte[] bytes = Files.readAllBytes(index);
        bytes[bytes.length / 2] ^= 1;
        Files.write(index, bytes);
        Map<String, Object> data = damaged(prefix);
        assertThat(Json.list(data.get("name"))).hasSizeBetween(1000, 29_999);
        assertThat(Json.list(data.get("problems"))).isNotEmpty();
    }

    @Test
    void theLargestTensorsAreListedAndTheOthersSummedUp() throws IOException {
        Path prefix = directory.resolve("many");
        LargeCheckpoints.ofZeros(prefix, 100_500, 1);
        Map<String, Object> data = report(prefix);
        assertThat(Json.list(data.get("name"))).hasSize(100_000);
        assertThat(Json.object(data.get("totals"))).containsEntry("tensors", 100_500L);
        assertThat(data.get("rest"))
                .isEqualTo(List.of(Map.of("name", "scope", "tensors", 500L, "parameters", 500L, "bytes", 2000L)));
        assertThat(Files.size(file)).isLessThan(200_000 + 100_000 * (60 + 20));
    }

    @Test
    void thePageIsSmall() throws IOException {
        Path prefix = directory.resolve("many");
        int count = 3000;
        try (CheckpointWriter out = CheckpointWriter.open(prefix)) {
            for (int i = 0; i < count; i++) {
                float[] values = new float[64];
                for (int j = 0; j < values.length; j++) {
                    values[j] = (float) Math.sin(i + j * 0.37) * 0.01f;
                }
                out.add("layer_" + (10_000 + i) + "/bias", Shape.of(64), ValueSource.of(values));
            }
            out.finish();
        }
        int names = count * "layer_10000/bias".length();
        report(prefix);
        assertThat(Files.size(file)).isLessThan(200_000 + names + 60 * count);
        report("--values", prefix);
        assertThat(Files.size(file)).isLessThan(200_000 + names + 300 * count);
        Path empty = directory.resolve("empty");
        try (CheckpointWriter out = CheckpointWriter.open(empty)) {
            out.finish();
        }
        assertThat(Json.list(report("--values", empty).get("name"))).isEmpty();
        assertThat(Files.size(file)).isLessThan(200_000);
    }

    @Test
    void aDirectoryIsNoFileToWrite() {
        assertThat(ToolRun.of("report", STORY, "--force", "-o", directory).err())
                .isEqualTo("tfckpt: -o needs the file to write, and '" + directory
                        + "' is a directory; write for example -o '" + directory.resolve("report.html") + "'\n");
    }

    @Test
    void aFileIsNotReplacedUnlessThatIsAskedFor() throws IOException {
        Path existing = Files.writeString(directory.resolve("x.html"), "kept");
        ToolRun run = ToolRun.of("report", STORY, "-o", existing);
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("already exists; use --force");
        assertThat(Files.readString(existing)).isEqualTo("kept");
        assertThat(ToolRun.of("report", STORY, "--force", "-o", existing).out()).endsWith("x.html: 92 tensors\n");
        assertThat(directory.toFile().list()).containsExactly("x.html");
    }

    @Test
    void selectsTensorsAndDoesNotDependOnThreads() throws IOException {
        Map<String, Object> one = report("--values", "--threads", 1, "--include", "input/**", STORY);
        Map<String, Object> four = report("--values", "--threads", 4, "--include", "input/**", STORY);
        one.remove("made");
        four.remove("made");
        assertThat(one).isEqualTo(four);
        assertThat(Json.<String>list(one.get("name"))).isNotEmpty().allMatch(name -> name.startsWith("input/"));
    }

    @Test
    void otherFormatsHaveReports() throws IOException {
        assertThat(report("--values", "--verify", testdata("interchange/fortran.npy")))
                .containsEntry("format", "npy");
        assertThat(report("--values", "--verify", testdata("golden/tf115-v1-slices/model.ckpt")))
                .containsEntry("format", "V1");
    }
}
