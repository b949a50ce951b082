package org.tfckpt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.PublicApi;

class PublicApiTest {
    /** A change to the API is a change to this file. */
    private static final Path LISTED = Corpus.root().resolveSibling("src/api.txt");

    @Test
    void theApiIsAsListed() throws IOException {
        List<String> lines = PublicApi.lines();
        Path actual = Corpus.root().resolveSibling("target/api.txt");
        Files.createDirectories(actual.getParent());
        Files.write(actual, lines);
        List<String> listed = Files.readAllLines(LISTED);
        Stream<String> removed = listed.stream().filter(line -> !lines.contains(line));
        Stream<String> added = lines.stream().filter(line -> !listed.contains(line));
        assertThat(Stream.concat(removed.map("- "::concat), added.map("+ "::concat)))
                .as("The public API has changed. If that is intended and compatible (see CONTRIBUTING.md),"
                        + " commit the new list: cp target/api.txt src/api.txt")
                .isEmpty();
    }
}
