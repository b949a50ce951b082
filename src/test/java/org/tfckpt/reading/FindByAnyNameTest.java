package org.tfckpt.reading;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNotFoundException;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.Corpus;

@DisplayName("Checkpoints are found by directory, and tensors by any of their names")
class FindByAnyNameTest {
    @TempDir
    private Path directory;

    @BeforeEach
    void write() throws Exception {
        Path prefix = new BundleBuilder()
                .floats("var1", new long[] {1, 10}, new float[10])
                .floats("var2", new long[] {10, 10}, new float[100])
                .floats("var3", new long[] {100, 100}, new float[10_000])
                .floats("useful_scope/var4", new long[] {9, 9}, new float[81])
                .floats("odd:0", 5)
                .write(directory.resolve("checkpoint-1"));
        Files.writeString(directory.resolve("checkpoint"), "model_checkpoint_path: \"" + prefix.getFileName() + "\"");
    }

    @Test
    @DisplayName("CU-01 a directory lists its latest checkpoint")
    void list() throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            assertThat(checkpoint.tensors().map(TensorInfo::toString))
                    .containsExactly(
                            "odd:0 (DT_FLOAT) []",
                            "useful_scope/var4 (DT_FLOAT) [9,9]",
                            "var1 (DT_FLOAT) [1,10]",
                            "var2 (DT_FLOAT) [10,10]",
                            "var3 (DT_FLOAT) [100,100]");
        }
    }

    @ParameterizedTest(name = "CU-02 {0}")
    @ValueSource(strings = {"var1", "var1:0", "var2", "var3:0", "useful_scope/var4", "useful_scope/var4:0"})
    void load(String name) throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            TensorInfo found = checkpoint.findByAnyName(name).orElseThrow();
            assertThat(found.name()).isEqualTo(name.replace(":0", ""));
            assertThat(checkpoint.tensor(found).toFloatArray()).containsOnly(0);
        }
    }

    @Test
    void aNameMayEndInAnOutput() throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            assertThat(checkpoint.findByAnyName("odd:0").map(TensorInfo::name)).contains("odd:0");
            assertThat(checkpoint.findByAnyName("odd")).isEmpty();
        }
    }

    @Test
    @DisplayName("CU-03 no such tensor, no such directory")
    void missing() throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(directory)) {
            assertThat(checkpoint.findByAnyName("var5")).isEmpty();
            assertThat(checkpoint.findByAnyName("var5:0")).isEmpty();
            assertThatThrownBy(() -> checkpoint.tensor("var5"))
                    .isInstanceOf(TensorNotFoundException.class)
                    .hasMessageContaining("Key var5 not found in checkpoint");
        }
        assertThatThrownBy(() -> Checkpoint.open(directory.resolve("nowhere")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("Failed to find any matching files for");
    }

    @Test
    @DisplayName("CU-04 a directory without a state file")
    void noState() throws Exception {
        Files.delete(directory.resolve("checkpoint"));
        assertThatThrownBy(() -> Checkpoint.open(directory))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("Couldn't find 'checkpoint' file or checkpoints in given directory " + directory)
                .hasMessageContaining("checkpoint-1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "model/init_conv/kernel/.ATTRIBUTES/VARIABLE_VALUE",
                "model/init_conv/kernel",
                "input/init_conv/DW",
                "input/init_conv/DW:0"
            })
    void oneVariableOfTheStoryByAllItsNames(String name) throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(Corpus.root().resolve("story/tf2"))) {
            assertThat(checkpoint.findByAnyName(name).map(TensorInfo::name))
                    .contains("model/init_conv/kernel/.ATTRIBUTES/VARIABLE_VALUE");
        }
    }
}
