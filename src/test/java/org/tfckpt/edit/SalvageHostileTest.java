package org.tfckpt.edit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.edit.Salvages.Salvaged;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.testing.Folder;
import org.tfckpt.testing.HostileInputs;

@DisplayName("Files made to exhaust memory or time are rejected or salvaged")
class SalvageHostileTest {
    @TempDir
    private Path directory;

    @Test
    void rejectedOrSalvaged() throws IOException {
        HostileInputs.main(new String[] {"make", directory.toString()});
        Set<String> salvaged = new TreeSet<>();
        for (HostileInputs hostile : HostileInputs.values()) {
            Path prefix = directory.resolve(hostile.name()).resolve("ckpt");
            if (Files.exists(prefix) || Files.exists(Folder.sibling(prefix, ".index"))) {
                try {
                    Salvaged done = Salvages.run(prefix, directory.resolve("target"), options -> options);
                    assertThat(done.lost()).as("%s", hostile).isNotEmpty();
                    salvaged.add(hostile.name());
                } catch (CheckpointException refused) {
                    assertThat(refused.problem()).isNotEmpty();
                }
            }
        }
        assertThat(salvaged).hasSizeGreaterThan(5);
    }
}
