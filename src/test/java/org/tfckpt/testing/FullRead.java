package org.tfckpt.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.tfckpt.Checkpoint;
import org.tfckpt.ObjectGraph;
import org.tfckpt.ReadOptions;
import org.tfckpt.TensorDigest;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.TensorInfo;

/**
 * Everything that can be asked of a checkpoint, and what came of it. {@link CheckpointException}s are answers; anything
 * else that is thrown is a bug, and comes out of here as it is.
 *
 * @param values the digest of each tensor that could be read, by name, dtype and shape
 * @param refusals what could not be read, and why
 * @param problems what {@code verify} found; an exception from it counts as one
 */
public record FullRead(Map<String, String> values, List<CheckpointException> refusals, List<String> problems) {
    /** Whether somebody who reads everything learns that something is wrong. */
    public boolean isRefused() {
        return !refusals.isEmpty();
    }

    /** Whether somebody who verifies learns it. */
    public boolean isReported() {
        return !problems.isEmpty();
    }

    public static FullRead of(Path path) throws IOException {
        return of(path, ReadOptions.DEFAULT.withoutMapping());
    }

    public static FullRead of(Path path, ReadOptions options) throws IOException {
        FullRead result = new FullRead(new TreeMap<>(), new ArrayList<>(), new ArrayList<>());
        try (Checkpoint checkpoint = Checkpoint.open(path, options)) {
            result.read(checkpoint);
            result.verify(checkpoint);
        } catch (CheckpointException e) {
            result.refuse(e);
            result.problems.add(e.toString());
        }
        return result;
    }

    private void read(Checkpoint checkpoint) throws IOException {
        List<TensorInfo> infos = new ArrayList<>();
        attempt(() -> checkpoint.tensors().forEach(infos::add));
        attempt(() -> assertThat(checkpoint.entries().count()).isNotNegative());
        for (TensorInfo info : infos) {
            info.byteSize();
            attempt(() -> values.put(info.toString(), TensorDigest.sha256(checkpoint.tensor(info))));
            attempt(() -> checkpoint.find(info.name()));
        }
        attempt(() ->
                checkpoint.find("?").ifPresent(info -> assertThat(info.name()).isEqualTo("?")));
        attempt(() -> checkpoint.objectGraph().ifPresent(FullRead::walk));
    }

    private static void walk(ObjectGraph graph) {
        graph.walk((depth, child) -> assertThat(child).isNotNull());
        assertThat(graph.attributes().count()).isNotNegative();
        for (int id = 0; id < graph.size(); id++) {
            graph.pathOf(id);
            graph.slotOf(id);
        }
        graph.keysByFullName();
    }

    private void verify(Checkpoint checkpoint) throws IOException {
        List<Problem> found = new ArrayList<>();
        try {
            checkpoint.verify(found::add);
        } catch (CheckpointException e) {
            problems.add(e.toString());
        }
        found.forEach(problem -> problems.add(problem.kind() + " " + problem.tensor() + " " + problem.message()));
    }

    private interface Step {
        void run() throws IOException;
    }

    private void attempt(Step step) throws IOException {
        try {
            step.run();
        } catch (CheckpointException e) {
            refuse(e);
        } catch (UncheckedIOException e) {
            if (!(e.getCause() instanceof CheckpointException cause)) {
                throw e;
            }
            refuse(cause);
        }
    }

    private void refuse(CheckpointException e) {
        assertThat(e.problem()).isNotEmpty();
        refusals.add(e);
    }
}
