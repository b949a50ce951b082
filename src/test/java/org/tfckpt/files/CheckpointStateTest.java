package org.tfckpt.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.testing.BundleBuilder;

class CheckpointStateTest {
    @TempDir
    private Path directory;

    private static CheckpointState of(Path directory, Path latest, List<Path> all) {
        return CheckpointState.of(directory, latest, all, List.of(), false);
    }

    private CheckpointState read(String text) throws IOException {
        return CheckpointState.read(Files.writeString(directory.resolve("checkpoint"), text));
    }

    @Test
    @DisplayName("CK-01 an absolute path stays, in an absolute directory")
    void absolute() {
        CheckpointState state = of(directory, directory.resolve("model-0"), List.of());
        assertThat(state.latest()).isEqualTo(directory.resolve("model-0").toString());
        assertThat(state.all()).containsExactly(state.latest());
    }

    @Test
    @DisplayName("CK-02 a relative path becomes relative to a relative directory")
    void relative() {
        CheckpointState state = of(Path.of("train"), Path.of("train/model-0"), List.of());
        assertThat(state.latest()).isEqualTo("model-0");
        assertThat(state.all()).containsExactly("model-0");
        assertThat(of(Path.of("train"), Path.of("other/model-0"), List.of()).latest())
                .isEqualTo(Path.of("../other/model-0").toString());
    }

    @Test
    @DisplayName("CK-03 the latest checkpoint is the last of all")
    void all() {
        Path model = Path.of("train/model-2");
        assertThat(of(Path.of("train"), model, List.of()).all()).containsExactly("model-2");
        assertThat(of(Path.of("train"), model, List.of(model)).all()).containsExactly("model-2");
        assertThat(of(Path.of("train"), model, List.of(Path.of("train/model-1")))
                        .all())
                .containsExactly("model-1", "model-2");
        assertThat(of(Path.of("train"), model, List.of(model, Path.of("train/model-1")))
                        .all())
                .containsExactly("model-2", "model-1", "model-2");
    }

    @Test
    @DisplayName("CK-03 times, if there are any, are one per checkpoint")
    void timestamps() {
        Path model = Path.of("model-1");
        assertThat(CheckpointState.of(directory, model, List.of(), List.of(1.5), false)
                        .timestamps())
                .containsExactly(1.5);
        assertThatThrownBy(() -> CheckpointState.of(directory, model, List.of(), List.of(1., 2.), false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Checkpoint timestamps, if provided, must match checkpoint paths");
    }

    @Test
    void aCheckpointIsNotCalledLikeTheStateFile() {
        assertThatThrownBy(() -> of(directory, directory.resolve("checkpoint"), List.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("conflicts with path used for checkpoint state.  Please use a different");
    }

    @Test
    @DisplayName("CK-04 what was written is read back, relative to its directory")
    void update() throws Exception {
        Path train = directory.resolve("train");
        Files.createDirectories(train);
        Path model0 = directory.resolve("model-0").toAbsolutePath();
        // A relative directory as a program has it; the test cannot change its own, so the entry is made by hand.
        CheckpointState written = of(Path.of("train"), Path.of("train/model-2"), List.of(model0));
        assertThat(written.all()).containsExactly(model0.toString(), "model-2");
        CheckpointState state = CheckpointState.read(Files.writeString(train.resolve("checkpoint"), written.toText()));
        assertThat(state.all()).isEqualTo(written.all());
        assertThat(state.resolve(state.all().get(0))).isEqualTo(model0);
        assertThat(state.resolve(state.latest())).isEqualTo(train.resolve("model-2"));
    }

    @Test
    @DisplayName("CK-05 relative mode: the file has relative paths, reading gives whole ones")
    void relativeMode() throws Exception {
        Path absolute = directory.toAbsolutePath();
        CheckpointState written =
                CheckpointState.of(absolute, absolute.resolve("model-2"), List.of(Path.of("model-0")), List.of(), true);
        assertThat(written.all()).containsExactly("model-0", "model-2");
        CheckpointState state =
                CheckpointState.read(Files.writeString(absolute.resolve("checkpoint"), written.toText()));
        assertThat(state.resolve(state.all().get(0))).isEqualTo(absolute.resolve("model-0"));
        assertThat(state.resolve(state.latest())).isEqualTo(absolute.resolve("model-2"));
    }

    @Test
    @DisplayName("CK-06 a state file that names no checkpoint")
    void incomplete() {
        assertThatThrownBy(() -> read(""))
                .isInstanceOf(DataLossException.class)
                .hasMessageContaining("Invalid checkpoint state loaded from " + directory);
    }

    @Test
    @DisplayName("CK-07 relative entries lie in the directory, as they are written")
    void relativeEntries() throws Exception {
        CheckpointState state = read("""
                model_checkpoint_path: "./model.ckpt-687529"
                all_model_checkpoint_paths: "./model.ckpt-687500"
                all_model_checkpoint_paths: "./model.ckpt-687529"
                """);
        assertThat(state.resolve(state.latest())).hasToString(directory + "/./model.ckpt-687529");
        assertThat(state.resolve(state.all().get(0))).hasToString(directory + "/./model.ckpt-687500");
    }

    @Test
    @DisplayName("an entry that leads out of the directory is followed, as TensorFlow follows it")
    void outOfTheDirectory() throws Exception {
        Path inner = Files.createDirectory(directory.resolve("inner"));
        new BundleBuilder().floats("v", 1).write(directory.resolve("ckpt"));
        Files.writeString(inner.resolve("checkpoint"), "model_checkpoint_path: \"../ckpt\"\n");
        try (Checkpoint checkpoint = Checkpoint.open(inner)) {
            assertThat(checkpoint.prefix()).isEqualTo(inner + "/../ckpt");
        }
    }

    @Test
    @DisplayName("CK-08 the latest of several in a directory is the one that opens")
    void latest() throws Exception {
        for (int step = 0; step < 3; step++) {
            Path prefix = new BundleBuilder().floats("v", step).write(directory.resolve("model-" + step));
            Files.writeString(
                    directory.resolve("checkpoint"),
                    CheckpointState.of(directory, prefix, List.of(), List.of(), true)
                            .toText());
        }
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            assertThat(checkpoint.tensor("v").toFloatArray()).containsExactly(2);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model_checkpoint_path: ",
                "model_checkpoint_path: \"a",
                "model_checkpoint_path: 5",
                "{}}",
                "model_checkpoint_path: \"\\xff\" \"",
                "last_preserved_timestamp: \"x\"",
                "\u0000",
                "model_checkpoint_path: 'm' field_of_nobody: 5"
            })
    @DisplayName("CK-14 a state file that cannot be parsed is an exception that says where")
    void unparsable(String text) {
        assertThatThrownBy(() -> read(text))
                .isInstanceOf(DataLossException.class)
                .hasMessageContaining("not a checkpoint state file")
                .hasMessageContaining(directory.resolve("checkpoint").toString());
    }

    @Test
    @DisplayName("CK-15 a state file whose checkpoint is gone")
    void gone() throws Exception {
        new BundleBuilder().floats("v", 1).write(directory.resolve("model-1"));
        read("model_checkpoint_path: \"model-2\"");
        assertThatThrownBy(() -> Checkpoint.open(directory))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("Couldn't match files for checkpoint " + directory.resolve("model-2"))
                .hasMessageContaining("model-1");
    }

    @ParameterizedTest(name = "CK-16 the graph of {0}")
    @CsvSource({
        "m-123-?????-of-00005, m-123.meta",
        "m-123-00001-of-00002, m-123.meta",
        "m-123, m-123.meta",
        "d/m-123-00001-of-00002, d/m-123.meta",
        "m-1-of-2x, m-1-of-2x.meta"
    })
    void graphFile(String checkpoint, String graph) {
        assertThat(CheckpointState.graphFile(checkpoint)).isEqualTo(graph);
    }

    @Test
    void anAbsoluteEntryIsFoundAgainWhereItsDirectoryMovedTo() throws Exception {
        new BundleBuilder().floats("v", 1).write(directory.resolve("model-1"));
        CheckpointState state = read("model_checkpoint_path: \"/nowhere/at/all/model-1\"");
        assertThat(state.candidates(state.latest()))
                .containsExactly(Path.of("/nowhere/at/all/model-1"), directory.resolve("model-1"));
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            assertThat(checkpoint.prefix())
                    .isEqualTo(directory.resolve("model-1").toString());
        }
    }

    @Test
    void quotesEscapesCommentsAndFieldsOfLaterReleases() throws Exception {
        CheckpointState state = read("""
                # written by hand
                model_checkpoint_path: 'm\\157del "1"\\x2e\\303\\251' # a comment
                all_model_checkpoint_paths: "a\\"\\\\\\n" 'b'
                all_model_checkpoint_timestamps: [1576200425.7340214, 2e9]
                last_preserved_timestamp: 1576200424.8
                """);
        assertThat(state.latest()).isEqualTo("model \"1\".é");
        assertThat(state.all()).containsExactly("a\"\\\nb");
        assertThat(state.timestamps()).containsExactly(1576200425.7340214, 2e9);
        assertThat(state.lastPreserved()).hasValue(1576200424.8);
    }

    @Test
    void theTextIsTensorFlows() throws Exception {
        CheckpointState state = new CheckpointState(
                directory,
                "model.ckpt-2",
                List.of("model.ckpt-1", "model.ckpt-2", "é\"\\\n"),
                List.of(1576200425.7340214, 1e15, 0.25),
                OptionalDouble.of(1576200424.8));
        assertThat(state.toText()).isEqualTo("""
                model_checkpoint_path: "model.ckpt-2"
                all_model_checkpoint_paths: "model.ckpt-1"
                all_model_checkpoint_paths: "model.ckpt-2"
                all_model_checkpoint_paths: "\\303\\251\\"\\\\\\n"
                all_model_checkpoint_timestamps: 1576200425.7340214
                all_model_checkpoint_timestamps: 1000000000000000
                all_model_checkpoint_timestamps: 0.25
                last_preserved_timestamp: 1576200424.8
                """);
        assertThat(read(state.toText())).isEqualTo(state);
        CheckpointState odd = new CheckpointState(
                directory, "m", List.of(), List.of(Double.NaN, Double.NEGATIVE_INFINITY), OptionalDouble.empty());
        assertThat(read(odd.toText())).isEqualTo(odd);
    }

    @Test
    void aDirectoryWithoutOneHasNone() throws Exception {
        assertThat(CheckpointState.find(directory)).isEmpty();
        read("model_checkpoint_path: 'm'");
        assertThat(CheckpointState.find(directory).map(CheckpointState::latest)).contains("m");
        assertThatThrownBy(() -> CheckpointState.read(directory.resolve("elsewhere")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("No such file or directory");
    }

    @Test
    void hostileFilesGiveTheirException() {
        String list = "model_checkpoint_path: 'm' all_model_checkpoint_paths: ";
        for (String text : List.of(
                list + "[".repeat(1_000_000),
                list + "['a'" + ", 'a'".repeat(1_000_000),
                "x {".repeat(1_000_000),
                "x <".repeat(1_000_000),
                "x: [".repeat(1_000_000),
                "x: " + "[".repeat(1_000_000),
                "model_checkpoint_path: \"" + "a".repeat(5_000_000),
                "model_checkpoint_path: \"" + "\\".repeat(5_000_001),
                "#".repeat(17 << 20))) {
            assertThatThrownBy(() -> read(text)).isInstanceOf(DataLossException.class);
        }
    }

    @Test
    void aVeryLongNameIsOnlyLong() throws Exception {
        assertThat(read("model_checkpoint_path: \"" + "\\\\".repeat(2_000_000) + "\"")
                        .latest())
                .hasSize(2_000_000);
    }

    @Test
    void bytesThatAreNotUtf8() throws Exception {
        Path file = Files.write(directory.resolve("checkpoint"), new byte[] {'a', (byte) 0xff});
        assertThatThrownBy(() -> CheckpointState.read(file)).isInstanceOf(DataLossException.class);
    }
}
