package org.tfckpt.edit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.tfckpt.Checkpoint;
import org.tfckpt.ReadOptions;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.tensor.Problem;
import org.tfckpt.testing.FullRead;

/** Helpers for tests of salvaging. */
final class Salvages {
    private Salvages() {}

    /** The result. */
    record Salvaged(List<Problem> lost, List<String> notes, RewriteSummary summary, Map<String, String> values) {
        /** {@code kind tensor} of each loss. */
        List<String> kinds() {
            return lost.stream()
                    .map(problem -> problem.kind() + " " + problem.tensor())
                    .toList();
        }
    }

    /** Salvages a checkpoint and verifies the result. */
    static Salvaged run(Path damaged, Path target, UnaryOperator<Rewrite.Builder> options) throws IOException {
        Rewrite rewrite;
        RewriteSummary summary;
        try (Checkpoint checkpoint = Checkpoint.open(damaged, ReadOptions.DEFAULT.withoutMapping())) {
            rewrite = options.apply(Rewrite.of(checkpoint).salvage()).build();
            summary = rewrite.run(target, true, RewriteProgress.NONE);
        }
        FullRead result = FullRead.of(target);
        assertThat(result.problems()).as("%s", damaged).isEmpty();
        assertThat(result.refusals()).as("%s", damaged).isEmpty();
        return new Salvaged(rewrite.lost(), rewrite.notes(), summary, result.values());
    }

    /** Salvages everything; checks that values are correct, and that all others are reported as lost. */
    static Salvaged all(Path damaged, Path target, Map<String, String> right) throws IOException {
        Salvaged salvaged = run(damaged, target, options -> options);
        Map<String, String> found = new TreeMap<>(salvaged.values);
        if (!salvaged.lost.isEmpty()) {
            // Keys of lost values are removed from it.
            found.keySet().removeIf(name -> name.startsWith(ObjectKeys.OBJECT_GRAPH));
        }
        assertThat(right).containsAllEntriesOf(found);
        assertThat(salvaged.lost.isEmpty()).isEqualTo(found.equals(right));
        return salvaged;
    }

    static void flip(Path file, long bit) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[(int) (bit / Byte.SIZE)] ^= (byte) (1 << bit % Byte.SIZE);
        Files.write(file, bytes);
    }
}
