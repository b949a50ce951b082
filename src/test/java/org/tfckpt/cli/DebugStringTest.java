package org.tfckpt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tfckpt.testing.V1Builder.floats;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.Checkpoint;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNotFoundException;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.V1Builder;

@DisplayName("TensorFlow's CheckpointReader: what it lists, and what it says of what it lacks")
class DebugStringTest {
    private static final long[] V0 = {2, 3};
    private static final long[] V1 = {3, 2, 1};
    private static final float[] VALUES = {1, 2, 3, 4, 5, 6};

    @TempDir
    private Path directory;

    @Test
    @DisplayName("CR-01 the listing, the shapes and the values of a V2 checkpoint")
    void cr01OfV2() throws IOException {
        Path prefix = new BundleBuilder()
                .floats("v0", V0, VALUES)
                .floats("v1", V1, VALUES)
                .write(directory.resolve("ckpt"));
        listsTwo(prefix);
        assertThat(inspect(prefix, "--tensor_name=v3"))
                .isEqualTo(new ToolRun(2, "tensor_name:  v3\nKey v3 not found in checkpoint\n", ""));
    }

    @Test
    @DisplayName("CR-01 the listing, the shapes and the values of a V1 checkpoint")
    void cr01OfV1() throws IOException {
        Path file = new V1Builder()
                .tensor("v0", DataType.DT_FLOAT, V0, floats(VALUES))
                .tensor("v1", DataType.DT_FLOAT, V1, floats(VALUES))
                .write(directory.resolve("ckpt"));
        listsTwo(file);
    }

    private static void listsTwo(Path checkpoint) throws IOException {
        try (Checkpoint open = Checkpoint.open(checkpoint)) {
            assertThat(open.entries().map(TensorInfo::toString))
                    .containsExactly("v0 (DT_FLOAT) [2,3]", "v1 (DT_FLOAT) [3,2,1]");
            assertThat(open.find("v0").map(TensorInfo::shape)).contains(Shape.of(V0));
            assertThat(open.find("v1").map(TensorInfo::shape)).contains(Shape.of(V1));
            assertThat(open.tensor("v0").toFloatArray()).containsExactly(VALUES);
            assertThat(open.tensor("v1").toFloatArray()).containsExactly(VALUES);
            assertThat(open.find("v3")).isEmpty();
            assertThatThrownBy(() -> open.tensor("v3"))
                    .isInstanceOf(TensorNotFoundException.class)
                    .hasMessageContaining("v3")
                    .hasMessageContaining("not found in checkpoint");
        }
        assertThat(inspect(checkpoint).out())
                .isEqualTo("v0 (DT_FLOAT) [2,3]\nv1 (DT_FLOAT) [3,2,1]\n\n# Total number of params: 12\n");
    }

    @Test
    @DisplayName("CR-03 the line of a string scalar")
    void cr03() throws IOException {
        Path prefix =
                new BundleBuilder().strings("s", new long[0], new byte[] {'x'}).write(directory.resolve("ckpt"));
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            assertThat(checkpoint.entries().map(TensorInfo::toString)).containsExactly("s (DT_STRING) []");
        }
        assertThat(inspect(prefix).lines()).startsWith("s (DT_STRING) []");
    }

    private static ToolRun inspect(Path checkpoint, String... flags) {
        return flags.length == 0
                ? ToolRun.of("inspect", "--file_name=" + checkpoint)
                : ToolRun.of("inspect", "--file_name=" + checkpoint, flags[0]);
    }
}
