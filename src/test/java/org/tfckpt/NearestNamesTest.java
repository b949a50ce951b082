package org.tfckpt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.tensor.TensorNotFoundException;
import org.tfckpt.testing.BundleBuilder;

class NearestNamesTest {
    @TempDir
    Path directory;

    private List<String> nearest(String asked, String... names) throws IOException {
        BundleBuilder bundle = new BundleBuilder();
        for (String name : names) {
            bundle.floats(name, 1);
        }
        try (Checkpoint checkpoint = Checkpoint.open(bundle.write(directory.resolve("ckpt")))) {
            TensorNotFoundException missing =
                    catchThrowableOfType(TensorNotFoundException.class, () -> checkpoint.tensor(asked));
            assertThat(missing.name()).isEqualTo(asked);
            assertThat(missing)
                    .hasMessageStartingWith(
                            "no tensor named '" + asked + "' (TensorFlow: \"Key " + asked + " not found");
            return missing.nearest();
        }
    }

    @Test
    void bestFirstAndThreeAtMost() throws IOException {
        assertThat(nearest("layer/kernel", "layer/kernal", "layer/kernels", "laier/kernal", "layer/kxrnxl", "other"))
                .hasSize(3)
                .startsWith("layer/kernal", "layer/kernels");
        assertThat(nearest("weights", "bias", "step")).isEmpty();
    }

    @Test
    void theSameNameUnderAnotherPath() throws IOException {
        assertThat(nearest("a/very/long/scope/of/layer/kernel", "model/layer/kernel", "model/kernel", "model/bias"))
                .containsExactly("model/layer/kernel");
    }

    @Test
    void tensorsOfAScope() throws IOException {
        assertThat(nearest("logit", "conv/weights", "logit/biases", "logit/weights/Momentum", "logits/long/name"))
                .containsExactly("logit/biases", "logit/weights/Momentum");
    }

    @Test
    void whatADamagedIndexStillTells() throws IOException {
        BundleBuilder bundle = new BundleBuilder().floats("aaa", 1).record("b", new byte[] {(byte) 0xff});
        try (Checkpoint checkpoint = Checkpoint.open(bundle.write(directory.resolve("ckpt")))) {
            TensorNotFoundException missing =
                    catchThrowableOfType(TensorNotFoundException.class, () -> checkpoint.tensor("aab"));
            assertThat(missing.nearest()).containsExactly("aaa");
        }
    }

    @Test
    @Timeout(value = 10, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void namesOfAMegabyteAreNotCompared() throws IOException {
        String name = "ab".repeat(500_000);
        assertThat(nearest(name, "ba".repeat(500_000), "v")).isEmpty();
    }
}
