package org.tfckpt.cli;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorNames;

/** Problems as text and as JSON, the same in all commands. */
final class ProblemText {
    private ProblemText() {}

    static String line(Problem problem) {
        String tensor = problem.tensor() == null ? "" : "tensor '" + problem.tensor() + "': ";
        return line(problem, tensor);
    }

    /** Returns the line of a problem; {@code affected} is empty or ends with a colon and a space. */
    static String line(Problem problem, String affected) {
        String offset = problem.offset() < 0 ? "" : ":0x" + Long.toHexString(problem.offset());
        return TensorNames.printable(
                problem.file() + offset + ": " + affected + problem.kind() + ": " + problem.message());
    }

    /** Whether a problem is the reason why tensors of a data file are damaged. */
    static boolean isOfFile(Problem problem) {
        return problem.tensor() == null
                && problem.offset() < 0
                && (problem.kind() == ProblemKind.WRONG_FILE || problem.kind() == ProblemKind.TRUNCATED);
    }

    /** Returns the number of affected tensors. */
    static long tensors(List<Problem> problems) {
        return problems.stream()
                .map(Problem::tensor)
                .filter(Objects::nonNull)
                .distinct()
                .count();
    }

    /** Returns for example {@code ; 2 tensors lost}, or an empty string. */
    static String lost(List<Problem> problems) {
        long tensors = tensors(problems);
        long blocks = problems.stream()
                .filter(problem -> problem.tensor() == null && !isOfFile(problem))
                .count();
        return (tensors == 0 ? "" : "; " + Plural.of(tensors, "tensor") + " lost")
                + (blocks == 0 ? "" : "; " + Plural.of(blocks, "index block") + " lost");
    }

    /** Writes the fields of a problem into an object. */
    static void fields(JsonOutput out, Problem problem) throws IOException {
        out.text("file", problem.file());
        if (problem.offset() < 0) {
            out.generator().writeNullField("offset");
        } else {
            out.generator().writeNumberField("offset", problem.offset());
        }
        out.text("tensor", problem.tensor());
        out.text("kind", problem.kind().toString());
        out.text("message", problem.message());
    }
}
