package org.tfckpt.damage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.tensor.Problem;
import org.tfckpt.testing.Corpus;

class SimilarFilesTest {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            m.data-00000-of-00001 (1)            | rename 'm.data-00000-of-00001 (1)' to 'm.data-00000-of-00001'
            m.data-00000-of-00001(2)             | rename 'm.data-00000-of-00001(2)' to
            m (1).data-00000-of-00001            | rename 'm (1).data-00000-of-00001' to
            m.data-00000-of-00001.txt            | rename
            m.data-00000-of-00001.1              | rename
            m.data-00000-of-00001 - Copy         | rename
            Copy of m.data-00000-of-00001        | rename
            m.data                               | rename 'm.data' to 'm.data-00000-of-00001'
            m.data.bin                           | rename
            m.data_00000_of_00001                | rename
            M.data-00000-of-00001                | rename
            m.data-00000-of-00001.gz             | unpack 'm.data-00000-of-00001.gz'
            m.data-00000-of-00001.crdownload     | a download that did not finish
            """)
    void aMissingDataFileIsFoundUnderAnotherName(String name, String advice) throws IOException {
        assertThat(missing(name)).contains(advice);
    }

    @ParameterizedTest
    @CsvSource({"m-1.data-00000-of-00001", "._m.data-00000-of-00001", "m.data-00001-of-00002", "m.meta", "n.data"})
    void otherFilesAreNotSuggested(String name) throws IOException {
        assertThat(missing(name)).doesNotContain("rename");
    }

    @Test
    void aFileOfAnotherCheckpointIsNotSuggested() throws IOException {
        Files.createFile(directory.resolve("m (1).index"));

        assertThat(missing("m (1).data-00000-of-00001")).doesNotContain("rename");
    }

    /** Verifies a checkpoint whose data file has another name. */
    private String missing(String name) throws IOException {
        Path intact = Corpus.root().resolve("story/log/model.ckpt-100000");
        Files.copy(Path.of(intact + ".index"), directory.resolve("m.index"));
        Files.createFile(directory.resolve(name));
        List<Problem> problems = new ArrayList<>();
        try (Checkpoint checkpoint = Checkpoint.open(directory.resolve("m"))) {
            checkpoint.verify(problems::add);
        }
        return problems.toString();
    }
}
