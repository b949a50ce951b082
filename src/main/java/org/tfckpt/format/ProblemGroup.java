package org.tfckpt.format;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.ProblemKind;

/**
 * A problem as {@code verify} prints it: a data file that is missing or damaged as a whole is one problem, however many
 * tensors it affects.
 *
 * @param problem the problem; it has a tensor if exactly one is affected
 * @param tensors the affected tensors of a data file; empty for other problems
 * @param ofFile whether this is a problem of a data file as a whole
 */
public record ProblemGroup(Problem problem, Set<String> tensors, boolean ofFile) {
    /** Groups the problems that a verification found, in the order of the first problem of each group. */
    public static List<ProblemGroup> of(List<Problem> problems) {
        Map<String, Problem> damagedFiles = new HashMap<>();
        for (Problem problem : problems) {
            if (isOfFile(problem)) {
                damagedFiles.put(problem.file(), problem);
            }
        }
        List<ProblemGroup> groups = new ArrayList<>();
        Map<Problem, ProblemGroup> files = new HashMap<>();
        for (Problem problem : problems) {
            Problem file = fileProblem(problem, damagedFiles.get(problem.file()));
            if (file == null) {
                groups.add(new ProblemGroup(problem, Set.of(), false));
                continue;
            }
            ProblemGroup group = files.get(file);
            if (group == null) {
                group = new ProblemGroup(file, new LinkedHashSet<>(), true);
                files.put(file, group);
                groups.add(group);
            }
            if (problem.tensor() != null) {
                group.tensors.add(problem.tensor());
            }
        }
        return groups.stream().map(ProblemGroup::withOnlyTensor).toList();
    }

    /** Returns the problem of the file that explains a problem, or null if it stands for itself. */
    private static @Nullable Problem fileProblem(Problem problem, @Nullable Problem damagedFile) {
        if (problem.tensor() != null && problem.kind() == ProblemKind.MISSING_FILE) {
            // Without the slice in front.
            String message = problem.message();
            message = message.substring(Math.max(0, message.indexOf("the data file ")));
            return new Problem(problem.file(), -1, null, ProblemKind.MISSING_FILE, message);
        }
        if (damagedFile == null || isOfFile(problem)) {
            return damagedFile;
        }
        boolean explained = damagedFile.kind() == ProblemKind.WRONG_FILE || problem.kind() == ProblemKind.TRUNCATED;
        return problem.tensor() != null && explained ? damagedFile : null;
    }

    private ProblemGroup withOnlyTensor() {
        if (tensors.size() != 1) {
            return this;
        }
        String tensor = tensors.iterator().next();
        return new ProblemGroup(
                new Problem(problem.file(), problem.offset(), tensor, problem.kind(), problem.message()),
                tensors,
                ofFile);
    }

    /**
     * Returns whether a problem is the reason why tensors of a data file are damaged: it describes the file as a whole.
     */
    public static boolean isOfFile(Problem problem) {
        return problem.tensor() == null
                && problem.offset() < 0
                && (problem.kind() == ProblemKind.WRONG_FILE || problem.kind() == ProblemKind.TRUNCATED);
    }
}
