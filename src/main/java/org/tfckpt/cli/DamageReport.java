package org.tfckpt.cli;

import java.io.PrintStream;
import java.util.LinkedHashMap;
import java.util.Map;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ProblemKind;

/** Reports tensors that cannot be read. A data file that is missing or of another kind is reported once. */
final class DamageReport {
    private final PrintStream err;
    private final Map<String, Integer> tensorsOfFile = new LinkedHashMap<>();
    private boolean empty = true;

    DamageReport(PrintStream err) {
        this.err = err;
    }

    boolean isEmpty() {
        return empty;
    }

    void add(CheckpointException damage) {
        empty = false;
        boolean wholeFile = damage instanceof DataLossException loss
                && (loss.kind() == ProblemKind.WRONG_FILE || loss.kind() == ProblemKind.MISSING_FILE);
        if (!wholeFile || tensorsOfFile.merge(String.valueOf(damage.context().file()), 1, Integer::sum) == 1) {
            err.println("tfckpt: " + Failures.describe(damage));
        }
    }

    /** Reports how many tensors each of the files affects; {@code lack} says what these do not have. */
    void finish(String lack) {
        tensorsOfFile.forEach((file, tensors) -> {
            if (tensors > 1) {
                err.println(
                        "tfckpt: " + tensors + " tensors " + lack + " because of '" + Failures.printable(file) + "'");
            }
        });
        tensorsOfFile.clear();
    }
}
