package org.tfckpt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tfckpt.cli.ToolRun.testdata;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.commons.io.output.BrokenOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    private static final String STORY = testdata("story/log/model.ckpt-122543");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "story/log",
                "story/log/checkpoint",
                "story/log/model.ckpt-122543.index",
                "story/log/model.ckpt-122543.data-00000-of-00001",
                "story/log/model.ckpt-122543.meta"
            })
    void takesEveryFormOfACheckpoint(String form) {
        assertThat(ToolRun.of("ls", testdata(form))).isEqualTo(ToolRun.of("ls", STORY));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "variables", "variables/variables", "variables/variables.index"})
    void takesASavedModel(String form) {
        ToolRun run = ToolRun.of("ls", testdata("real/tfx-benchmark-snappy/" + form));
        assertThat(run.code()).isZero();
        assertThat(run.lines()).hasSize(21);
    }

    @ParameterizedTest
    @CsvSource({
        "story/log/model.ckpt, has the checkpoints 'model.ckpt-100000'",
        "story/changed, Couldn't find 'checkpoint' file",
        "story/log/nothing, Failed to find any matching files",
        "README.md, ''",
    })
    void answersAWrongOneWithTheRightOne(String form, String advice) {
        ToolRun run = ToolRun.of("ls", testdata(form));
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.out()).isEmpty();
        assertThat(run.err()).startsWith("tfckpt: ").contains(advice).hasLineCount(1);
    }

    @Test
    void explainsWrongUsageInOneLine() {
        for (List<String> args :
                List.of(List.<String>of(), List.of("list"), List.of("ls"), List.of("ls", "--sort", "colour", STORY))) {
            ToolRun run = ToolRun.of(args.toArray());
            assertThat(run.code()).isEqualTo(2);
            assertThat(run.err()).startsWith("tfckpt: ").contains("--help").hasLineCount(1);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "lss | unknown command 'lss'; did you mean 'ls'? Or try 'tfckpt --help'",
                "ls | missing required parameter: 'CHECKPOINT'",
                "ls a b | unexpected argument 'b'",
                "ls --no-slot a | unknown option '--no-slot'; did you mean '--no-slots'? Or try 'tfckpt ls --help'",
                "ls --sort age a | --sort must be one of name, size, not 'age'",
                "ls --include re:( a | --include: 're:(' is not a valid regular expression: Unclosed group",
                "rewrite a -o b --shards x | --shards: 'x' is not a valid integer",
            })
    void saysWhatIsWrongInACommandLine(String line, String message) {
        ToolRun run = ToolRun.of((Object[]) line.split(" "));
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err())
                .startsWith("tfckpt: " + message)
                .contains("try 'tfckpt ")
                .hasLineCount(1);
    }

    @Test
    void rejectsAnEmptyPath() {
        assertThat(ToolRun.of("ls", "").err())
                .isEqualTo(
                        "tfckpt: CHECKPOINT: the path is empty; '.' is the current directory; try 'tfckpt ls --help'\n");
    }

    @Test
    void showsWhereAnErrorAroseOnRequestOnly() {
        assertThat(ToolRun.of("ls", "--stacktrace", STORY + "x").err()).contains("\tat org.tfckpt.");
        assertThat(ToolRun.of("ls", STORY + "x").err()).doesNotContain("\tat ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ls",
                "show",
                "digest",
                "verify",
                "inspect",
                "state",
                "objects",
                "graph",
                "compare",
                "rewrite",
                "completion"
            })
    void helpsWithAnExample(String command) {
        ToolRun run = ToolRun.of(command, "--help");
        assertThat(run.code()).isZero();
        assertThat(run.out())
                .contains("Usage: tfckpt " + command, "Example: ")
                .endsWith(CommonOptions.EXIT_STATUS + "\n");
        assertThat(run.lines()).allMatch(line -> line.length() <= 100);
        assertThat(ToolRun.of("--help").out()).containsPattern("(?m)^  " + command + " +[A-Z].{10,58}[.]$");
    }

    @Test
    void coloursOnRequest() {
        assertThat(ToolRun.of("verify", "--color=always", STORY).out()).contains("\u001b[");
        assertThat(ToolRun.of("verify", STORY).out()).doesNotContain("\u001b[");
        assertThat(ToolRun.onTerminal("verify", "--color=never", STORY).out()).doesNotContain("\u001b[");
        assertThat(ToolRun.of("ls", "--color=always", "--help").out()).contains("\u001b[");
    }

    @Test
    void completesEveryCommand() {
        assertThat(ToolRun.of("completion").out())
                .contains("function _complete_tfckpt", "'--include'", "digest", "verify");
    }

    @Test
    void endsQuietlyWhenNobodyReads() {
        OutputStream closed = new BrokenOutputStream(none -> new IOException("Broken pipe"));
        var err = new java.io.ByteArrayOutputStream();
        var stream = new PrintStream(err, true, StandardCharsets.UTF_8);
        assertThat(Main.run(List.of("ls", STORY), InputStream.nullInputStream(), closed, stream, false))
                .isZero();
        assertThat(Main.run(List.of("ls", "--json", STORY), InputStream.nullInputStream(), closed, stream, false))
                .isZero();
        assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"ls %s", "ls --json %s", "stats --json %s", "--help", "ls --help", "completion"})
    void saysOnceThatTheResultCouldNotBeWritten(String command) {
        OutputStream full = new BrokenOutputStream(none -> new IOException("No space left on device"));
        var err = new java.io.ByteArrayOutputStream();
        int code = Main.run(
                List.of(command.formatted(STORY).split(" ")),
                InputStream.nullInputStream(),
                full,
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false);
        assertThat(code).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .isEqualTo("tfckpt: cannot write the output: No space left on device\n");
    }

    @Test
    void tooLittleMemoryIsNoDifference() {
        OutputStream exhausted = new OutputStream() {
            @Override
            public void write(int b) {
                throw new OutOfMemoryError("Java heap space");
            }
        };
        var err = new java.io.ByteArrayOutputStream();
        int code = Main.run(
                List.of("diff", STORY, STORY),
                InputStream.nullInputStream(),
                exhausted,
                new PrintStream(err, true, StandardCharsets.UTF_8),
                false);
        assertThat(code).isEqualTo(2);
        assertThat(err.toString(StandardCharsets.UTF_8))
                .startsWith("tfckpt: not enough memory (Java heap space); ")
                .hasLineCount(1);
    }
}
