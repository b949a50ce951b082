package org.tfckpt.cli;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.TensorNames;

/** Damage as a line, and as JSON: the same wherever it is told. */
final class ProblemText {
    private ProblemText() {}

    static String line(Problem problem) {
        String offset = problem.offset() < 0 ? "" : ":0x" + Long.toHexString(problem.offset());
        String tensor = problem.tensor() == null ? "" : "tensor '" + problem.tensor() + "': ";
        return TensorNames.printable(
                problem.file() + offset + ": " + tensor + problem.kind() + ": " + problem.message());
    }

    /** What is lost, counted; nothing if nothing is. */
    static String lost(List<Problem> problems) {
        long tensors = problems.stream()
                .map(Problem::tensor)
                .filter(Objects::nonNull)
                .distinct()
                .count();
        long blocks =
                problems.stream().filter(problem -> problem.tensor() == null).count();
        return lost(tensors, "tensor", "tensors") + lost(blocks, "block of entries", "blocks of entries");
    }

    private static String lost(long count, String one, String several) {
        return count == 0 ? "" : String.format(Locale.ROOT, "; %,d %s lost", count, count == 1 ? one : several);
    }

    static void array(JsonOutput out, String name, Iterable<Problem> problems) throws IOException {
        out.generator().writeArrayFieldStart(name);
        for (Problem problem : problems) {
            object(out, problem);
        }
        out.generator().writeEndArray();
    }

    private static void object(JsonOutput out, Problem problem) throws IOException {
        out.generator().writeStartObject();
        out.text("file", problem.file());
        if (problem.offset() < 0) {
            out.generator().writeNullField("offset");
        } else {
            out.generator().writeNumberField("offset", problem.offset());
        }
        out.text("tensor", problem.tensor());
        out.text("kind", problem.kind().toString());
        out.text("message", problem.message());
        out.generator().writeEndObject();
    }
}
