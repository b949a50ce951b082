package org.tfckpt.cli;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.tfckpt.format.ProblemGroup;
import org.tfckpt.io.JsonOutput;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.TensorNames;

/** Problems as text and as JSON, the same in all commands. */
final class ProblemText {
    private ProblemText() {}

    /** Returns the line of a group. */
    static String line(ProblemGroup group) {
        Problem problem = group.problem();
        String offset = problem.offset() < 0 ? "" : ":0x" + Long.toHexString(problem.offset());
        String tensor = problem.tensor() == null ? "" : "tensor '" + problem.tensor() + "': ";
        int tensors = group.tensors().size();
        String affected = tensors > 1 ? Plural.of(tensors, "tensor") + ": " : tensor;
        return TensorNames.printable(
                problem.file() + offset + ": " + affected + problem.kind() + ": " + problem.message());
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
                .filter(problem -> problem.tensor() == null && !ProblemGroup.isOfFile(problem))
                .count();
        return (tensors == 0 ? "" : "; " + Plural.of(tensors, "tensor") + " lost")
                + (blocks == 0 ? "" : "; " + Plural.of(blocks, "index block") + " lost");
    }

    /** Writes the fields of a problem; the names of the tensors that it affects if {@code all} is set. */
    static void fields(JsonOutput out, ProblemGroup group, boolean all) throws IOException {
        Problem problem = group.problem();
        out.text("file", problem.file());
        out.number("offset", problem.offset() < 0 ? null : (Long) problem.offset());
        out.text("tensor", problem.tensor());
        out.text("kind", problem.kind().toString());
        out.text("message", problem.message());
        if (group.ofFile()) {
            out.number("tensors", group.tensors().size());
            if (all) {
                out.array("names", group.tensors(), out::text);
            }
        }
    }
}
