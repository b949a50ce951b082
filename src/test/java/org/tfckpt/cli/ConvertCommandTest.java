package org.tfckpt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConvertCommandTest {
    private static final String BERT = ToolRun.testdata("real/keras-bert-tiny/bert_model.ckpt");

    @TempDir
    private Path directory;

    private Path file(String name) {
        return directory.resolve(name);
    }

    @Test
    void aRealBertIsConvertedByItsRecipe() {
        ToolRun run = ToolRun.of("convert", BERT, "--recipe", "bert", "-o", file("m.safetensors"));
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).contains("46 tensors, 46 renamed, 93 dropped");
        assertThat(ToolRun.of("ls", file("m.safetensors")).lines())
                .contains(
                        "bert.embeddings.word_embeddings.weight (DT_FLOAT) [15,4]",
                        "bert.encoder.layer.1.intermediate.dense.weight (DT_FLOAT) [16,4]",
                        "cls.seq_relationship.weight (DT_FLOAT) [2,4]")
                .hasSize(46);
    }

    @Test
    void theSuffixSelectsTheFormatUnlessTheOptionDoes() {
        for (String[] outputs : new String[][] {{"a.safetensors", "safetensors"}, {"a.npz", "npz"}, {"a", "V2"}}) {
            assertThat(ToolRun.of("rewrite", BERT, "-o", file(outputs[0])).code())
                    .isZero();
            assertThat(ToolRun.of("ls", "--json", file(outputs[0])).out())
                    .contains("\"format\":\"" + outputs[1] + "\"");
        }
        assertThat(ToolRun.of("convert", BERT, "--format", "npz", "-o", file("b"))
                        .code())
                .isZero();
        assertThat(ToolRun.of("ls", "--json", file("b")).out()).contains("\"format\":\"npz\"");
        assertThat(ToolRun.of("convert", BERT, "--format", "v2", "-o", file("c.npz"))
                        .code())
                .isZero();
        assertThat(file("c.npz.index")).exists();
        String one = "bert/pooler/dense/bias";
        assertThat(ToolRun.of("convert", BERT, "--include", one, "-o", file("d.npy"))
                        .code())
                .isZero();
        assertThat(ToolRun.of("ls", file("d.npy")).out()).isEqualTo("d (DT_FLOAT) [4]\n");
    }

    @Test
    void aSuffixOfAFormatThatIsNotWrittenIsReported() {
        ToolRun run = ToolRun.of("convert", BERT, "-o", file("m.pt"));
        assertThat(run.code()).isZero();
        assertThat(run.err())
                .isEqualTo("tfckpt: '" + file("m.pt")
                        + "' becomes the prefix of a TensorFlow checkpoint; to write a file that"
                        + " PyTorch, Keras and JAX read, use the suffix .safetensors\n");
        assertThat(ToolRun.of("convert", BERT, "--format", "v2", "--force", "-o", file("m.pt"))
                        .err())
                .isEmpty();
    }

    @Test
    void aRecipeMayBeAFile() throws IOException {
        Path recipe = Files.writeString(file("my.recipe"), """
                # mine
                exclude re:adam|cls|encoder|embeddings
                rename s#^bert/#x.#
                transpose **/kernel
                """);
        ToolRun run = ToolRun.of("convert", BERT, "--recipe", recipe, "--dry-run", "-o", file("x.npz"));
        assertThat(run.lines())
                .contains(
                        "  bert/pooler/dense/bias (DT_FLOAT) [4] -> x.pooler/dense/bias",
                        "  bert/pooler/dense/kernel (DT_FLOAT) [4,4] -> x.pooler/dense/kernel [4,4]: axes [1, 0]");
        assertThat(file("x.npz")).doesNotExist();
        Files.writeString(recipe, "\nfrobnicate x\n");
        assertThat(ToolRun.of("convert", BERT, "--recipe", recipe, "-o", file("x.npz"))
                        .err())
                .isEqualTo("tfckpt: line 2 of the recipe, 'frobnicate x': 'frobnicate' is not a rule; rules are"
                        + " 'exclude', 'rename' and 'transpose'\n");
        assertThat(ToolRun.of("convert", BERT, "--recipe", "brt", "-o", file("x.npz"))
                        .err())
                .contains("'tfckpt recipes' lists those");
    }

    @Test
    void recipesAreListedAndPrinted() {
        assertThat(ToolRun.of("recipes").lines())
                .hasSize(4)
                .anyMatch(line -> line.startsWith("gpt2  GPT-2 (openai/gpt-2)"));
        assertThat(ToolRun.of("recipes", "bert").out()).startsWith("# BERT").contains("\ntranspose **/kernel\n");
        assertThat(ToolRun.of("recipes", "x").code()).isEqualTo(2);
    }

    @Test
    void metadataIsWrittenAsAsked() throws IOException {
        Path target = file("m.safetensors");
        Object[] common = {"convert", BERT, "--force", "-o", target};
        assertThat(ToolRun.of(common).code()).isZero();
        assertThat(Files.readString(target, java.nio.charset.StandardCharsets.ISO_8859_1))
                .contains("{\"__metadata__\":{\"format\":\"pt\"},");
        assertThat(ToolRun.of(
                                "convert",
                                BERT,
                                "--force",
                                "-o",
                                target,
                                "--metadata",
                                "a=b=c",
                                "--metadata",
                                "format=tf")
                        .code())
                .isZero();
        assertThat(Files.readString(target, java.nio.charset.StandardCharsets.ISO_8859_1))
                .contains("{\"__metadata__\":{\"a\":\"b=c\",\"format\":\"tf\"},");
        assertThat(ToolRun.of("convert", BERT, "--force", "-o", target, "--no-metadata")
                        .code())
                .isZero();
        assertThat(Files.readString(target, java.nio.charset.StandardCharsets.ISO_8859_1))
                .doesNotContain("__metadata__");
    }

    @Test
    void optionsThatDoNotApplyAreRefused() {
        Path target = file("m.npz");
        for (String[] options : new String[][] {
            {"--metadata", "a=b"},
            {"--no-metadata"},
            {"--shards", "2"},
            {"--shard-bytes", "9"},
            {"--link"},
            {"--copy"},
            {"--align", "8"},
            {"--byte-order", "big"},
            {"--meta", "copy"},
            {"--state", "update"}
        }) {
            Object[] all = new Object[4 + options.length];
            all[0] = "convert";
            all[1] = BERT;
            all[2] = "-o";
            all[3] = target;
            System.arraycopy(options, 0, all, 4, options.length);
            ToolRun run = ToolRun.of(all);
            assertThat(run.code()).as(String.join(" ", options)).isEqualTo(2);
            assertThat(run.err()).startsWith("tfckpt: --").hasLineCount(1);
        }
        assertThat(target).doesNotExist();
    }

    @Test
    void onlyDataFilesOfCheckpointsAreLinked() {
        assertThat(ToolRun.of("convert", BERT, "-o", file("m.npz")).code()).isZero();
        assertThat(ToolRun.of("convert", file("m.npz"), "--link", "-o", file("m"))
                        .err())
                .startsWith("tfckpt: --link applies to the data files of V2 checkpoints, not to '" + file("m.npz")
                        + "', which is npz");
    }

    @Test
    void sizesMayHaveUnits() {
        assertThat(java.util.stream.Stream.of(
                                "4096", "4096B", "4kB", "4KiB", "4 KB", "4.096kB", "1.5MiB", "5GB", "5GiB", "2TB",
                                "1TiB")
                        .map(new ByteSize()::convert))
                .containsExactly(
                        4096L,
                        4096L,
                        4000L,
                        4096L,
                        4000L,
                        4096L,
                        1_572_864L,
                        5_000_000_000L,
                        5L << 30,
                        2_000_000_000_000L,
                        1L << 40);
        assertThat(ToolRun.of("convert", BERT, "--shard-bytes", "4kB", "-o", file("m.safetensors"))
                        .code())
                .isZero();
        assertThat(file("m-00001-of-00003.safetensors")).exists();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "5G",
                "5gb",
                "-1",
                "1e9",
                "5GBB",
                "GB",
                "0.3",
                "1.5B",
                "9223372036854775808",
                "9000000TiB",
                "5i",
                "5iB"
            })
    void otherSizesAreRefused(String size) {
        ToolRun run = ToolRun.of("convert", BERT, "--shard-bytes=" + size, "-o", file("m.safetensors"));
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err())
                .contains("--shard-bytes", "'" + size + "' is not a")
                .hasLineCount(1);
    }

    @Test
    void whatIsLeftOutIsReportedInOneLine() {
        String strings = ToolRun.testdata("golden/tf218-v2-strings/ckpt");
        ToolRun run = ToolRun.of("convert", strings, BERT, "-o", file("m.safetensors"));
        assertThat(run.code()).isZero();
        assertThat(run.err())
                .isEqualTo("tfckpt: safetensors cannot hold 9 tensors: 'all_empty' (DT_STRING), 'binary' (DT_STRING),"
                        + " 'lengths' (DT_STRING), …: they are left out\n");
        run = ToolRun.of("convert", strings, BERT, "--strict", "--force", "-o", file("m.safetensors"));
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("cannot hold 9 tensors").hasLineCount(1);
    }
}
