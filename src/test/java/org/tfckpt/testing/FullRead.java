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
import org.tfckpt.ReadOptions;
import org.tfckpt.TensorDigest;
import org.tfckpt.objects.ObjectGraph;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.TensorInfo;

/**
 * The results of calling every method of a checkpoint. {@link CheckpointException}s are recorded; any other exception is
 * a bug and is thrown.
 *
 * @param values the digest of each tensor that could be read, by name, dtype and shape
 * @param refusals the tensors that could not be read, and why
 * @param problems what {@code verify} reported; an exception thrown by it counts as one
 */
public record FullRead(Map<String, String> values, List<String> refusals, List<String> problems) {
    /** Limits the recorded refusals, because a hostile file can cause more than fit a small heap. */
    private static final int KEPT = 1_000;

    private static final int LONGEST = 400;

    /** Returns whether reading everything reports an error. */
    public boolean isRefused() {
        return !refusals.isEmpty();
    }

    /** Returns whether {@code verify} reports an error. */
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
            result.problems.add(shortened(e.toString()));
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
        List<String> found = new ArrayList<>();
        try {
            checkpoint.verify(problem -> {
                if (found.size() < KEPT) {
                    found.add(shortened(problem.kind() + " " + problem.message()));
                }
            });
        } catch (CheckpointException e) {
            problems.add(shortened(e.toString()));
        }
        problems.addAll(found);
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

    private static String shortened(String text) {
        return text.length() > LONGEST ? text.substring(0, LONGEST) : text;
    }

    private void refuse(CheckpointException e) {
        assertThat(e.problem()).isNotEmpty();
        if (refusals.size() < KEPT) {
            refusals.add(shortened(e.toString()));
        }
    }
}
