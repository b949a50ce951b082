package org.tfckpt.spark;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import org.apache.hadoop.fs.ChecksumException;
import org.apache.hadoop.hdfs.BlockMissingException;
import org.apache.hadoop.security.AccessControlException;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.CheckpointReplacedException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.UnsupportedFormatException;

/**
 * Why a checkpoint or a tensor cannot be read, as a row says it.
 *
 * @param kind a kind of damage as the tool prints it, or {@code gone}, {@code unsupported} or {@code unreadable}
 * @param file the file, or null
 * @param offset the offset in the file, or −1
 * @param message the reason
 */
record Failure(String kind, @Nullable String file, long offset, String message) {
    static final String GONE = "gone";

    static Failure gone(Target target) {
        return new Failure(
                GONE,
                target.location() + target.file(),
                -1,
                "the checkpoint was deleted or replaced after it was found, and before it was read");
    }

    /** Returns the failure of a checkpoint whose save was interrupted. */
    static Failure interrupted(Target target) {
        return new Failure(ProblemKind.MISSING_FILE.toString(), target.uri() + ".index", -1, target.interrupted());
    }

    /** Returns the failure that an exception stands for; throws the exception if reading again may succeed. */
    static Failure of(IOException e, Target target) throws IOException {
        if (e instanceof CheckpointReplacedException
                || e instanceof NoSuchFileException
                || e instanceof FileNotFoundException) {
            return gone(target);
        }
        if (e instanceof DataLossException damage) {
            Problem problem = damage.toProblem();
            return new Failure(
                    damage.kind().toString(), problem.file(), problem.offset(), withHint(problem.message(), damage));
        }
        if (e instanceof CheckpointException problem) {
            return new Failure(
                    e instanceof UnsupportedFormatException ? "unsupported" : "unreadable",
                    problem.context().file(),
                    problem.context().offset(),
                    withHint(problem.problem(), problem));
        }
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof AccessControlException
                    || cause instanceof AccessDeniedException
                    || cause instanceof ChecksumException
                    || cause instanceof BlockMissingException) {
                return new Failure("unreadable", null, -1, String.valueOf(cause.getMessage()));
            }
        }
        throw e;
    }

    private static String withHint(String message, CheckpointException e) {
        String hint = e.context().hint();
        return hint == null ? message : message + "; " + hint;
    }
}
