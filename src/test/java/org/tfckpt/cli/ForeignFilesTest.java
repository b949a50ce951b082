package org.tfckpt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.tfckpt.testing.Corpus;

/** Files that are not what a command expects: the answer names what they are, or says that this is not known. */
class ForeignFilesTest {
    private static final Path FIELD = Corpus.root().resolve("field");

    @TempDir
    private Path temporary;

    /** Runs the commands that read a file on it; each must end with a status and, if it fails, one line that says why. */
    private static List<ToolRun> runs(Path file) {
        List<ToolRun> runs = List.of(
                ToolRun.of("ls", file),
                ToolRun.of("verify", file),
                ToolRun.of("graph", file),
                ToolRun.of("compare", file, file),
                ToolRun.of("state", file));
        for (ToolRun run : runs) {
            assertThat(run.code()).as(run.err()).isBetween(0, 2);
            if (run.code() == 2 && !run.err().isEmpty()) {
                assertThat(run.err())
                        .startsWith("tfckpt: ")
                        .hasLineCount(1)
                        .doesNotContain("Exception")
                        .doesNotStartWith("tfckpt: not an sstable");
            }
        }
        return runs;
    }

    static Stream<Path> field() throws IOException {
        try (Stream<Path> files = Files.walk(FIELD)) {
            return files.filter(Files::isRegularFile).toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("field")
    void everyFileFromTheFieldIsAnswered(Path file) {
        runs(file);
    }

    @ParameterizedTest
    @CsvSource({
        "golden/tf218-v2-single/ckpt.index, ckpt.index",
        "golden/tf218-v2-single/ckpt.data-00000-of-00001, ckpt.data-00000-of-00001",
        "golden/tf218-v2-single/ckpt.index, v1",
        "story/log/model.ckpt-122543.meta, x.meta",
        "story/log/checkpoint, checkpoint",
        "story/changed/graph.pbtxt, graph.pbtxt"
    })
    void everyTruncatedFileIsAnswered(String source, String name) throws IOException {
        byte[] bytes = Files.readAllBytes(Corpus.root().resolve(source));
        for (int length : new int[] {0, 1, 47, 100}) {
            Path file = temporary.resolve(name);
            Files.write(file, Arrays.copyOf(bytes, Math.min(length, bytes.length)));
            List<ToolRun> runs = runs(file);
            assertThat(runs.get(4).code()).isNotZero();
            if (length == 0 && name.equals("v1")) {
                assertThat(runs.get(0).err()).contains("the file is empty");
            }
        }
    }

    /** The first bytes, in Java's escapes without the backslash for {@code x}, and a word of the answer. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "version https://git-lfs.github.com/spec/v1~oid sha256:0 | Git LFS pointer; git lfs pull",
                "<!DOCTYPE html><html> | HTML",
                "<?xml version='1.0'?> | XML",
                "PK%03%04%14%00 | zip",
                "%1f%8b%08%00 | gzip",
                "BZh91AY&SY | bzip2",
                "%fd7zXZ%00 | xz",
                "(%b5/%fd | Zstandard",
                "7z%bc%af'%1c | 7z",
                "Rar!%1a | RAR",
                "!<arch>~debian-binary | ar archive",
                "%89HDF%0d~%1a~ | HDF5",
                "%80%02%8a~l%fc%9cF%f9 j%a8P%19 | PyTorch",
                "%80%04%95%10 | pickle",
                "%1c%00%00%00TFL3 | TensorFlow Lite",
                "%93NUMPY%01%00 | NumPy",
                "%89PNG%0d~%1a~ | PNG",
                "%ff%d8%ff%e0 | JPEG",
                "GIF89a | GIF",
                "RIFF%00%00%00%00WEBP | RIFF",
                "%00%00%00%20ftypisom | MP4",
                "OggS%00 | Ogg",
                "%%PDF-1.7 | PDF",
                "%7fELF%02 | ELF",
                "MZ%90%00------------------------------------------------------------PE%00%00 | Windows",
                "%ca%fe%ba%be%00 | Java class",
                "%00asm%01 | WebAssembly",
                "SQLite format 3%00 | SQLite",
                "PAR1%15 | Parquet",
                "ARROW1%00 | Arrow",
                "GGUF%03 | GGUF",
                "%08%07%12%07pytorch%1a%01 | ONNX",
                "%82%a6params%81 | MessagePack",
                "#!/bin/sh~ | script",
                "{'a': 1} | JSON",
                "Just some words~ | text file",
                "%fe%dc%ba%98%76%54 | not"
            })
    void aForeignFileIsNamed(String start, String answer) throws IOException {
        Path file = Files.write(temporary.resolve("model.ckpt"), Arrays.copyOf(bytes(start), start.length() + 200));
        if (!start.contains("%")) {
            Files.write(file, bytes(start));
        }
        List<ToolRun> runs = runs(file);
        for (ToolRun run : List.of(runs.get(0), runs.get(2))) {
            assertThat(run.code()).isEqualTo(2);
            assertThat(run.err()).contains(answer.split("; "));
        }
        assertThat(runs.get(1).code()).isNotZero();
        assertThat(runs.get(1).out()).contains(answer.split("; "));
        assertThat(runs.get(4).code()).isEqualTo(2);
        if (!answer.equals("script")) {
            assertThat(runs.get(4).err())
                    .contains("not a checkpoint state file")
                    .contains(answer.split("; "));
        }
    }

    private static byte[] bytes(String start) {
        List<Byte> bytes = new ArrayList<>();
        for (int i = 0; i < start.length(); i++) {
            char c = start.charAt(i);
            if (c == '%' && start.charAt(i + 1) != '%') {
                c = (char) Integer.parseInt(start.substring(i + 1, i + 3), 16);
                i += 2;
            } else if (c == '%') {
                i++;
            } else if (c == '~') {
                c = '\n';
            }
            bytes.add((byte) c);
        }
        byte[] array = new byte[bytes.size()];
        for (int i = 0; i < array.length; i++) {
            array[i] = bytes.get(i);
        }
        return array;
    }

    @ParameterizedTest
    @CsvSource({
        "story/changed/graph.pb, a TensorFlow graph",
        "story/changed/graph.pbtxt, a TensorFlow graph",
        "story/log/model.ckpt-122543.meta, a TensorFlow graph",
        "real/vespa-modelb/saved_model.pbtxt, a TensorFlow graph",
        "real/jobvector-sm/saved_model.pb, a TensorFlow SavedModel"
    })
    void aGraphIsNotACheckpoint(String path, String kind) throws IOException {
        Path copy = temporary.resolve("copy");
        Files.copy(Corpus.root().resolve(path), copy);
        assertThat(ToolRun.of("ls", copy).err()).contains(kind).contains("use it as GRAPH");
    }

    @Test
    void aRenamedFileOfACheckpointIsNotAGraph() throws IOException {
        Path copy = temporary.resolve("copy");
        Files.copy(Corpus.root().resolve("story/log/model.ckpt-122543.index"), copy);
        assertThat(ToolRun.of("graph", copy).err())
                .contains("if it is the index of a V2 checkpoint, it must be called PREFIX.index");
        Files.writeString(copy, "model_checkpoint_path: \"x\"", StandardCharsets.UTF_8);
        assertThat(ToolRun.of("graph", copy).err())
                .contains("the latest checkpoint of the state file, ")
                .contains("does not exist");
    }

    @Test
    void aGraphThatIsAPointerSaysHowToGetIt() throws IOException {
        Path prefix = temporary.resolve("m");
        SituationsTest.copy(prefix);
        Path meta = Files.writeString(temporary.resolve("m.meta"), "version https://git-lfs.github.com/spec/v1\n");
        for (ToolRun run : List.of(ToolRun.of("graph", meta), ToolRun.of("compare", meta, prefix))) {
            assertThat(run.code()).isEqualTo(2);
            assertThat(run.err())
                    .isEqualTo("tfckpt: '" + meta + "' is not a TensorFlow graph but a Git LFS pointer; run"
                            + " 'git lfs pull' in its repository to get the file\n");
        }
    }

    @Test
    void directoriesOfOtherLibraries() throws IOException {
        Path directory = Files.createDirectory(temporary.resolve("orbax"));
        Files.createFile(directory.resolve("_CHECKPOINT_METADATA"));
        for (String command : List.of("ls", "graph", "state")) {
            assertThat(ToolRun.of(command, directory).err()).contains("an Orbax checkpoint");
        }
        directory = Files.createDirectory(temporary.resolve("transformers"));
        Files.createFile(directory.resolve("pytorch_model.bin"));
        assertThat(ToolRun.of("ls", directory).err()).contains("Hugging Face").contains("'pytorch_model.bin'");
    }

    /** A command that reads values, and one that writes them. */
    @ParameterizedTest
    @CsvSource({
        "version https://git-lfs.github.com/spec/v1, a Git LFS pointer, run 'git lfs pull'",
        "<!DOCTYPE html><html>, a web page (HTML), download the file itself",
        "404: Not Found, a text file, copy or download the data file",
        "%PDF-1.7, a PDF document, copy or download the data file"
    })
    void aForeignDataFileIsNamedWhereverAValueIsRead(String content, String kind, String advice) throws IOException {
        Path prefix = temporary.resolve("m");
        SituationsTest.copy(prefix);
        Path data = temporary.resolve("m.data-00000-of-00001");
        Files.writeString(data, content, StandardCharsets.ISO_8859_1);
        for (ToolRun run : List.of(
                ToolRun.of("show", prefix, "global_step"),
                ToolRun.of("digest", prefix),
                ToolRun.of("rewrite", prefix, "-o", temporary.resolve("new")),
                ToolRun.of("rewrite", prefix, "-o", temporary.resolve("new"), "--shards", "2"))) {
            assertThat(run.code()).isPositive();
            assertThat(run.err())
                    .startsWith("tfckpt: the data file is " + kind)
                    .contains("[file " + data)
                    .contains("; " + advice)
                    .doesNotContain("null");
        }
        assertThat(ToolRun.of("inspect", "--file_name=" + prefix, "--tensor_name=global_step")
                        .out())
                .contains("Checksum does not match: stored 3666983131");
    }

    @Test
    void aMistypedCommandOrOptionIsCorrected() {
        assertThat(ToolRun.of("lss", "x").err()).startsWith("tfckpt: unknown command 'lss'; did you mean 'ls'?");
        assertThat(ToolRun.of("verfy", "x").err()).contains("did you mean 'verify'?");
        assertThat(ToolRun.of("qqq").err()).isEqualTo("tfckpt: unknown command 'qqq'; try 'tfckpt --help'\n");
        assertThat(ToolRun.of("ls", "--no-slot", "x").err()).contains("did you mean '--no-slots'?");
        assertThat(ToolRun.of("ls", "x", "y").err()).contains("try 'tfckpt ls --help'");
    }

    @Test
    void anEmptyPathIsAnError() {
        for (String command : List.of("ls", "verify", "graph", "state")) {
            ToolRun run = ToolRun.of(command, "");
            assertThat(run.code()).isEqualTo(2);
            assertThat(run.err()).contains("the path is empty");
        }
        assertThat(ToolRun.of("ls", temporary.resolve("x")).err()).startsWith("tfckpt: no checkpoint found at '");
    }
}
