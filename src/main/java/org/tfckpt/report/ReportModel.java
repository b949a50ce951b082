package org.tfckpt.report;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.tfckpt.format.ProblemGroup;
import org.tfckpt.io.JsonOutput;
import org.tfckpt.tensor.Problem;

/** What a page shows. */
final class ReportModel {
    final ShownPaths paths;
    final List<Problem> problems = new ArrayList<>();

    /** What was read of the checkpoint. */
    final List<Warning> warnings = new ArrayList<>();

    final List<JsonOutput.Element<Columns>> parts = new ArrayList<>();
    long tensors;

    private final Instant time;

    ReportModel(ShownPaths paths, Instant time) {
        this.paths = paths;
        this.time = time;
    }

    /** Returns the problems as {@code verify} groups them. */
    List<ProblemGroup> groups() {
        return ProblemGroup.of(problems);
    }

    /** Writes the data of the page: what the commands print as JSON, by columns instead of by tensors. */
    void write(Columns out) throws IOException {
        out.text("file", paths.checkpoint());
        out.text("path", paths.path());
        out.text("made", time.toString());
        out.objects("problems", groups(), group -> problem(out, group));
        out.objects("warnings", warnings, warning -> warning.write(out));
        for (JsonOutput.Element<Columns> part : parts) {
            part.write(out);
        }
    }

    private void problem(Columns out, ProblemGroup group) throws IOException {
        Problem problem = group.problem();
        out.text("file", problem.file() == null ? null : ShownPaths.fileName(problem.file()));
        out.number("offset", problem.offset() < 0 ? null : (Long) problem.offset());
        out.text("tensor", problem.tensor());
        out.text("kind", problem.kind().toString());
        out.text("message", paths.message(problem.message()));
        out.number("tensors", group.tensors().size());
    }
}
