package org.tfckpt.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ProblemKind;

/** Reports tensors that cannot be read. A data file that is missing or of another kind is reported once. */
final class DamageReport {
    private final Consumer<String> messages;
    private final Map<String, Integer> tensorsOfFile = new LinkedHashMap<>();
    private boolean empty = true;

    DamageReport(Consumer<String> messages) {
        this.messages = messages;
    }

    boolean isEmpty() {
        return empty;
    }

    void add(CheckpointException damage) {
        // The advice is the same for all tensors.
        String text = empty ? Failures.describe(damage) : String.valueOf(damage.getMessage());
        empty = false;
        boolean wholeFile = damage instanceof DataLossException loss
                && (loss.kind() == ProblemKind.WRONG_FILE || loss.kind() == ProblemKind.MISSING_FILE);
        if (!wholeFile || tensorsOfFile.merge(String.valueOf(damage.context().file()), 1, Integer::sum) == 1) {
            messages.accept(text);
        }
    }

    /** Reports how many tensors each of the files affects; {@code lack} says what these do not have. */
    void finish(String lack) {
        tensorsOfFile.forEach((file, tensors) -> {
            if (tensors > 1) {
                messages.accept(tensors + " tensors " + lack + " because of '" + file + "'");
            }
        });
        tensorsOfFile.clear();
    }
}
