package org.tfckpt.restore;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tfckpt.restore.TestCheckpoints.wanted;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.Checkpoint;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.testing.BundleBuilder;

@DisplayName("What RestoreV2 says, a strict plan says")
class RestoreOpTest {
    private static final String MISSING =
            "Restoring from checkpoint failed. This is most likely due to a Variable name or other graph key that is"
                    + " missing from the checkpoint. Please ensure that you have not altered the graph expected based on"
                    + " the checkpoint. Original error:\n\n";
    private static final String MISMATCH =
            "Restoring from checkpoint failed. This is most likely due to a mismatch between the current graph and the"
                    + " graph from the checkpoint. Please ensure that you have not altered the graph expected based on"
                    + " the checkpoint. Original error:\n\n";

    @TempDir
    Path directory;

    private void fails(BundleBuilder builder, String message, Wanted... variables) throws IOException {
        try (Checkpoint checkpoint = TestCheckpoints.open(builder, directory)) {
            RestorePlan plan =
                    RestorePlan.from(checkpoint).variables(List.of(variables)).build();
            assertThatThrownBy(() -> plan.forEach((variable, value) -> {
                        throw new AssertionError("nothing may be read");
                    }))
                    .isInstanceOf(RestoreException.class)
                    .hasMessageStartingWith("cannot restore ")
                    .hasMessageContaining(" of " + variables.length + " variable")
                    .hasMessageEndingWith("\n(TensorFlow: \"" + message + "\")");
        }
    }

    private static Wanted of(String name, DataType dtype, long... shape) {
        return Wanted.of(name, dtype, Shape.of(shape));
    }

    @Test
    @DisplayName("RS-01 a missing key, before whatever else does not fit")
    void rs01() throws IOException {
        BundleBuilder builder = new BundleBuilder().floats("v", new long[0], 1);
        fails(builder, MISSING + "Key w not found in checkpoint", of("v", DataType.DT_INT32), wanted("w"), wanted("x"));
    }

    @Test
    @DisplayName("RS-02 every dtype that differs has a line, by name, before any shape")
    void rs02() throws IOException {
        BundleBuilder builder = new BundleBuilder()
                .floats("v", new long[0], 1)
                .floats("a", new long[0], 1)
                .floats("fits", new long[0], 1)
                .floats("shape", new long[] {2}, 1, 2);
        String v = "tensor_name = v; expected dtype int32 does not equal original dtype float";
        fails(builder, MISMATCH + v, of("v", DataType.DT_INT32), wanted("fits"));
        fails(
                builder,
                MISMATCH + "tensor_name = a; expected dtype int64 does not equal original dtype float\n" + v,
                wanted("shape", 3),
                of("v", DataType.DT_INT32),
                of("a", DataType.DT_INT64, 7),
                wanted("fits"));
        fails(
                builder,
                MISMATCH + "Received incompatible tensor with shape (2,) when attempting to restore variable with"
                        + " shape (3,) and name shape.",
                wanted("shape", 3),
                wanted("fits"));
    }
}
