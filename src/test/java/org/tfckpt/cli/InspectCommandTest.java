package org.tfckpt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tfckpt.cli.ToolRun.testdata;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.Corpus.Expected;
import org.tfckpt.testing.Json;

class InspectCommandTest {
    @TempDir
    private Path directory;

    private Path one;
    private Path slots;

    @BeforeEach
    void write() throws IOException {
        one = directory.resolve("one.ckpt");
        new BundleBuilder()
                .floats("v", 1)
                .entry("v", entry -> entry.clearShape())
                .write(one);
        slots = directory.resolve("slots.ckpt");
        new BundleBuilder()
                .floats("w", 1, 2, 3, 4, 5, 6)
                .floats("w/Adam", 1, 2, 3, 4, 5, 6)
                .floats("w/Adam_1", 1, 2, 3, 4, 5, 6)
                .write(slots);
    }

    private static ToolRun inspect(Path file, String... flags) {
        String[] args = new String[flags.length + 2];
        args[0] = "inspect";
        args[1] = "--file_name=" + file;
        System.arraycopy(flags, 0, args, 2, flags.length);
        return ToolRun.of((Object[]) args);
    }

    @Test
    @DisplayName("IN-01 without --file_name: the usage line, exit 1")
    void in01() {
        assertThat(ToolRun.of("inspect"))
                .isEqualTo(new ToolRun(
                        1,
                        "Usage: inspect_checkpoint --file_name=checkpoint_file_name [--tensor_name=tensor_to_print]"
                                + " [--all_tensors] [--all_tensor_names] [--printoptions]\n",
                        ""));
    }

    @Test
    @DisplayName("IN-02 no options: the listing, an empty line, the count")
    void in02() {
        assertThat(inspect(one).out()).isEqualTo("v (DT_FLOAT) []\n\n# Total number of params: 1\n");
    }

    @Test
    @DisplayName("IN-03 --all_tensor_names: names, sorted, with two blanks")
    void in03() {
        assertThat(inspect(slots, "--all_tensor_names").out()).isEqualTo("""
                        tensor_name:  w
                        tensor_name:  w/Adam
                        tensor_name:  w/Adam_1
                        # Total number of params: 18
                        """);
    }

    @Test
    @DisplayName("IN-04 --all_tensors: names and values")
    void in04() {
        assertThat(inspect(slots, "--all_tensors").out())
                .startsWith("tensor_name:  w\n[1. 2. 3. 4. 5. 6.]\ntensor_name:  w/Adam\n[1. 2. 3. 4. 5. 6.]\n");
    }

    @Test
    @DisplayName("IN-05 --tensor_name: name, value, count")
    void in05() {
        assertThat(inspect(one, "--tensor_name=v").out())
                .isEqualTo("tensor_name:  v\n1.0\n# Total number of params: 1\n");
    }

    @Test
    @DisplayName("IN-06 a missing tensor: its name, then the error, and no count")
    void in06() {
        assertThat(inspect(one, "--tensor_name=w"))
                .isEqualTo(new ToolRun(2, "tensor_name:  w\nKey w not found in checkpoint\n", ""));
    }

    @Test
    @DisplayName("IN-07 --count_exclude_pattern: two lines of counts")
    void in07() {
        assertThat(inspect(slots, "--count_exclude_pattern=Adam").out()).endsWith("""
                        # Excluding 2 tensors (12 params) that match Adam when counting.
                        # Total number of params: 6
                        """);
    }

    @ParameterizedTest
    @CsvSource({
        "--all_tensors=false, false",
        "--all_tensors=True, true",
        "--all_tensors, true",
        "--all_tensors=1, false"
    })
    @DisplayName("IN-08 flags are true when bare, and when they say so")
    void in08(String flag, boolean values) {
        assertThat(inspect(one, flag).out().contains("tensor_name:  v\n1.0\n")).isEqualTo(values);
    }

    @Test
    @DisplayName("IN-09 a part of a V2 checkpoint: the error and the hint, with the prefix")
    void in09() throws IOException {
        String hint = "\n\nIt's likely that this is a V2 checkpoint and you need to provide the filename\n"
                + "*prefix*.  Try removing the '.' and extension.  Try:\ninspect checkpoint --file_name = " + one
                + "\n";
        String error = "Unable to open table file %s: DATA_LOSS: %s: perhaps your file is in a different file format"
                + " and you need to use a different restore operator?";
        Path data = directory.resolve("one.ckpt.data-00000-of-00001");
        assertThat(inspect(data))
                .isEqualTo(new ToolRun(2, String.format(error, data, "file is too short to be an sstable") + hint, ""));
        Path meta = Files.write(directory.resolve("one.ckpt.meta"), new byte[100]);
        assertThat(inspect(meta))
                .isEqualTo(new ToolRun(2, String.format(error, meta, "not an sstable (bad magic number)") + hint, ""));
        Path index = Files.write(directory.resolve("one.ckpt.index"), new byte[100]);
        assertThat(inspect(index))
                .isEqualTo(new ToolRun(2, String.format(error, index, "not an sstable (bad magic number)") + hint, ""));
    }

    @Test
    @DisplayName("IN-10 a damaged Snappy block: the error and its hint")
    void in10() throws IOException {
        new BundleBuilder()
                .floats("v", 1)
                .table(table -> table.block(0, block -> block.withType(1)))
                .write(one);
        assertThat(inspect(one).out())
                .contains("corrupted compressed block contents\n")
                .endsWith("It's likely that your checkpoint file has been compressed with SNAPPY.\n");
    }

    @Test
    @DisplayName("IN-11 print options are applied, or refused in the tool's words")
    void in11() {
        assertThat(inspect(one, "--tensor_name=v", "--printoptions", "threshold=100000", "precision=3")
                        .code())
                .isZero();
        assertThat(inspect(slots, "--tensor_name=w", "--printoptions", "threshold=2", "edgeitems=1")
                        .out())
                .contains("[1. ... 6.]");
        assertThat(inspect(one, "--printoptions", "x").err()).contains("'x' is not in the form k=v.");
        assertThat(inspect(one, "--printoptions", "foo=1").err()).contains("'foo' is not a valid printoption.");
        assertThat(inspect(one, "--printoptions", "formatter=1").err())
                .contains("Setting 'formatter' from the command line is not supported.");
    }

    static List<Expected> listedByTensorFlow() {
        return Corpus.v2().stream()
                .filter(expected -> expected.string("debug_string") != null)
                .toList();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("listedByTensorFlow")
    @DisplayName("IN-12 the listing is TensorFlow's, byte for byte, slices under their raw keys")
    void in12(Expected expected) throws IOException {
        ByteArrayOutputStream wanted = new ByteArrayOutputStream();
        try (InputStream in = Corpus.open(expected.directory().resolve(expected.string("debug_string")))) {
            in.transferTo(wanted);
        }
        long params = expected.tensors().stream()
                .mapToLong(
                        tensor -> Json.<Long>list(tensor.get("shape")).stream().reduce(1L, (a, b) -> a * b))
                .sum();
        wanted.writeBytes(("\n# Total number of params: " + params + "\n").getBytes(StandardCharsets.UTF_8));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int code = Main.run(
                List.of("inspect", "--file_name=" + expected.path()),
                InputStream.nullInputStream(),
                out,
                System.err,
                false);
        assertThat(code).isZero();
        assertThat(out.toByteArray()).isEqualTo(wanted.toByteArray());
    }

    @Test
    @DisplayName("IN-12 --all_tensors shows a partitioned tensor once, whole")
    void in12Whole() {
        String out = inspect(Path.of(testdata("golden/tf218-v2-partitioned/ckpt")), "--all_tensors")
                .out();
        assertThat(out.lines().filter(line -> line.equals("tensor_name:  cube")))
                .hasSize(1);
    }

    @Test
    void printsTheValuesThatNumpyPrints() {
        Expected expected = Corpus.v2().stream()
                .filter(each -> each.toString().equals("golden/tf218-v2-dtypes/ckpt"))
                .findFirst()
                .orElseThrow();
        Map<String, Object> printed =
                Json.object(Corpus.json(expected.directory().resolve(expected.string("printed"))));
        assertThat(printed).hasSizeGreaterThan(40);
        printed.forEach((name, text) -> assertThat(
                        inspect(expected.path(), "--tensor_name=" + name).out())
                .startsWith("tensor_name:  " + name + "\n" + text + "\n# Total number of params: "));
    }
}
