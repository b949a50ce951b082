package org.tfckpt.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.ReadOptions;
import org.tfckpt.files.InterruptedSave;
import org.tfckpt.format.ProblemGroup;
import org.tfckpt.format.bundle.SimilarFiles;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorNames;

/**
 * The result of verifying one checkpoint.
 *
 * @param path the checkpoint
 * @param totals counts
 * @param checksums whether the format has checksums of the values
 * @param problems the damage found
 * @param failure why the checkpoint could not be verified, or null
 * @param nanos the time that the verification took
 */
record VerifyResult(
        Path path,
        Checkpoint.Verification totals,
        boolean checksums,
        List<Problem> problems,
        @Nullable IOException failure,
        long nanos) {
    /**
     * What to verify.
     *
     * @param path the checkpoint
     * @param searched whether it was found in a directory, so that it is a checkpoint even if files are missing
     * @param interrupted the temporary files, if the checkpoint was not saved completely
     */
    record Target(Path path, boolean searched, @Nullable InterruptedSave interrupted) {}

    static VerifyResult of(Target target, ReadOptions options, ThreadOptions.Workers workers, ProgressLine progress) {
        long start = System.nanoTime();
        List<Problem> problems = new ArrayList<>();
        Checkpoint.Verification totals = new Checkpoint.Verification(0, 0, 1);
        IOException failure = null;
        boolean checksums = true;
        if (target.interrupted != null) {
            InterruptedSave save = target.interrupted;
            String message = save.description() + "; " + save.advice();
            Problem problem = new Problem(save.prefix() + ".index", -1, null, ProblemKind.MISSING_FILE, message);
            return new VerifyResult(target.path, totals, true, List.of(problem), null, 0);
        }
        try (Checkpoint checkpoint = Checkpoint.open(target.path, options)) {
            checksums = checkpoint.hasChecksums();
            progress.expect(checkpoint);
            totals = checkpoint.verify(problems::add, progress::add, workers.executor(), workers.degree());
        } catch (DataLossException e) {
            problems.add(withHint(e));
        } catch (IOException e) {
            Path index = target.path.resolveSibling(target.path.getFileName() + ".index");
            if (target.searched && e instanceof CheckpointException && !Files.exists(index)) {
                String message = "the data files have no index"
                        + SimilarFiles.advice(index)
                                .map(advice -> "; " + advice)
                                .orElse("");
                problems.add(new Problem(index.toString(), -1, null, ProblemKind.MISSING_FILE, message));
            } else {
                failure = e;
            }
        }
        return new VerifyResult(target.path, totals, checksums, problems, failure, System.nanoTime() - start);
    }

    /** A checkpoint that cannot be opened has one problem: then it matters what to do. */
    private static Problem withHint(DataLossException e) {
        Problem problem = e.toProblem();
        String hint = e.context().hint();
        return hint == null
                ? problem
                : new Problem(
                        problem.file(),
                        problem.offset(),
                        problem.tensor(),
                        problem.kind(),
                        problem.message() + "; " + hint);
    }

    void writeText(Output out, Style style, boolean all) throws IOException {
        List<ProblemGroup> groups = ProblemGroup.of(problems);
        for (ProblemGroup group : groups) {
            out.text(style.bad(ProblemText.line(group)) + "\n");
            if (all && group.tensors().size() > 1) {
                for (String tensor : group.tensors()) {
                    out.text("  " + TensorNames.printable(tensor) + "\n");
                }
            }
        }
        if (failure == null) {
            out.text(TensorNames.printable(path.toString()) + ": "
                    + (totals.isIntact() ? ok(style) : damaged(groups, style)) + "\n");
        }
    }

    private String ok(Style style) {
        return style.good("ok") + " (" + Plural.of(totals.tensors(), "tensor") + ", "
                + Plural.of(totals.bytes(), "byte") + ")"
                + (checksums ? "" : ", structure only: the format has no checksums");
    }

    private String damaged(List<ProblemGroup> groups, Style style) {
        long affected = ProblemText.tensors(problems);
        return style.bad("damaged") + ": " + Plural.of(groups.size(), "problem")
                + (affected == 0 ? "" : " affecting " + Plural.of(affected, "tensor"));
    }

    void writeJson(Output output, boolean all) throws IOException {
        output.json(out -> {
            out.text("checkpoint", path.toString());
            out.objects("problems", ProblemGroup.of(problems), group -> ProblemText.fields(out, group, all));
            out.flag("ok", totals.isIntact());
            if (!checksums) {
                out.flag("checksums", false);
            }
            out.number("tensors", totals.tensors());
            out.number("bytes", totals.bytes());
        });
    }
}
