package org.tfckpt.spark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.ProblemGroup;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.TensorInfo;

/** The table {@code problems}. */
final class ProblemRows extends TableRows {
    static final int FILE = 1;

    private @Nullable Iterator<ProblemGroup> problems;

    ProblemRows(Input input) {
        super(input);
    }

    @Override
    Object @Nullable [] next() throws IOException {
        Iterator<ProblemGroup> found = problems;
        if (found == null) {
            found = verify().iterator();
            problems = found;
        }
        return found.hasNext() ? of(found.next()) : null;
    }

    private List<ProblemGroup> verify() throws IOException {
        List<Problem> found = new ArrayList<>();
        Map<String, Object[]> unknown = input.split().known();
        input.checkpoint().verify(found::add, entry -> {
            TensorInfo.Storage storage = entry.storage();
            return unknown != null && storage != null && !unknown.containsKey(storage.toString());
        });
        return ProblemGroup.of(found);
    }

    private Object[] of(ProblemGroup group) {
        Problem problem = group.problem();
        Object[] row = row(input.split().target(), input.table());
        row[FILE] = problem.file() == null ? null : text(problem.file());
        row[FILE + 1] = problem.offset() < 0 ? null : problem.offset();
        row[FILE + 2] = problem.tensor() == null ? null : text(problem.tensor());
        row[FILE + 3] = group.ofFile() ? (Long) (long) group.tensors().size() : null;
        row[FILE + 4] = text(problem.kind().toString());
        row[FILE + 5] = text(problem.message());
        return row;
    }
}
