package org.tfckpt.edit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.Linking;
import org.tfckpt.Sharding;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.restore.NameMapping;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.testing.Checkpoints;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.Corpus.Expected;

@DisplayName("Rewritten tensors keep their digests")
class RewriteCorpusTest {
    @TempDir
    private Path directory;

    static Stream<Expected> complete() {
        return Corpus.checkpoints().stream()
                .filter(expected -> !expected.isV2() || expected.missingShards().isEmpty());
    }

    /** Copies data files: files of the corpus must not be linked. */
    private Path run(Expected expected, String name, java.util.function.UnaryOperator<Rewrite.Builder> options)
            throws IOException {
        Path target = directory.resolve(name);
        try (Checkpoint source = Checkpoint.open(expected.path())) {
            options.apply(Rewrite.of(source)).build().run(target);
        }
        return target;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("complete")
    void joinedAndResharded(Expected expected) throws IOException {
        Map<String, String> digests = Rewrites.digests(expected.path());
        Path target = run(expected, "whole", rewrite -> rewrite.joinSlices().sharding(Sharding.ofCount(3)));
        assertThat(Rewrites.digests(target)).isEqualTo(digests);
        try (Checkpoint checkpoint = Checkpoint.open(target)) {
            assertThat(checkpoint.format()).isEqualTo("V2");
            assertThat(checkpoint.shardCount()).isEqualTo(3);
            assertThat(checkpoint.tensors()).noneMatch(TensorInfo::isPartitioned);
        }
        assertThat(Checkpoints.problems(target)).isEmpty();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("complete")
    void renamedAndUnchanged(Expected expected) throws IOException {
        Map<String, String> digests = new TreeMap<>();
        Rewrites.digests(expected.path())
                .forEach((name, digest) ->
                        digests.put(name.equals(ObjectKeys.OBJECT_GRAPH) ? name : "new/" + name, digest));
        Path target = run(
                expected,
                "renamed",
                rewrite -> rewrite.rename(NameMapping.sed("s#^#new/#")).linking(Linking.NEVER));
        Map<String, String> found = Rewrites.digests(target);
        if (digests.containsKey(ObjectKeys.OBJECT_GRAPH)) {
            // Its keys have changed; RewriteObjectsTest checks them.
            found.remove(ObjectKeys.OBJECT_GRAPH);
            digests.remove(ObjectKeys.OBJECT_GRAPH);
        }
        assertThat(found).isEqualTo(digests);
        assertThat(Checkpoints.problems(target)).isEmpty();
    }
}
