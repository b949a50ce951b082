package org.tfckpt.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.tfckpt.Checkpoint;
import org.tfckpt.testing.BundleBuilder;

class NioStorageTest {
    @Test
    void readsByTheUriOfAProvider() throws IOException {
        try (FileSystem memory = Jimfs.newFileSystem("bucket", Configuration.unix())) {
            Path directory = Files.createDirectories(memory.getPath("/log/deep"));
            new BundleBuilder().floats("v", 1, 2).write(directory.resolve("m"));
            Files.writeString(memory.getPath("/log/checkpoint"), "model_checkpoint_path: \"deep/m\"");
            assertThat(directory.toUri()).hasToString("jimfs://bucket/log/deep/");
            for (String name : new String[] {"log/deep/m", "log/deep/m.index", "/log", "log/", "log/checkpoint"}) {
                NioStorage storage = NioStorage.of("jimfs://bucket/" + name);
                assertThat(storage.location()).isEqualTo("jimfs://bucket/");
                try (Checkpoint checkpoint = Checkpoint.open(storage, storage.name())) {
                    assertThat(checkpoint.prefix()).isEqualTo("jimfs://bucket/log/deep/m");
                    assertThat(checkpoint.tensor("v").toFloatArray()).containsExactly(1, 2);
                    assertThat(checkpoint.verify(problem -> {}).isIntact()).isTrue();
                }
            }
            assertThat(NioStorage.of("JIMFS://bucket").name()).isEmpty();
            assertThat(memory.isOpen()).isTrue();
        }
    }

    @Test
    void namesTheDependencyForASchemeThatNoProviderHas() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NioStorage.of("gs://bucket/m"))
                .withMessageContaining("'gs://'")
                .withMessageContaining("com.google.cloud:google-cloud-nio");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NioStorage.of("s3://bucket/m"))
                .withMessageContaining("software.amazon.nio.s3:aws-java-nio-spi-for-s3");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NioStorage.of("nothing://bucket/m"))
                .withMessageContaining("'nothing://'");
    }

    @Test
    void doesNotShowAPassword() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> NioStorage.of("jar://user:secret@host/m"))
                .withMessageNotContaining("secret")
                .withNoCause();
    }
}
