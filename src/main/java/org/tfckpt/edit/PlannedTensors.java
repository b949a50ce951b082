package org.tfckpt.edit;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.TensorNames;

/** Collects the tensors of the new checkpoint by their names, and the notes for the user. */
final class PlannedTensors {
    private final Specification spec;
    private final Map<String, RewrittenTensor> tensors = new LinkedHashMap<>();
    /** The names of variables whose values are replaced by their moving averages, by new name. */
    private final Map<String, String> variables = new HashMap<>();

    private final List<String> notes = new ArrayList<>();

    PlannedTensors(Specification spec) {
        this.spec = spec;
    }

    /** Returns the name in the checkpoint of the tensor that is written, or of the variable whose average is written. */
    String variable(RewrittenTensor tensor) {
        return variables.getOrDefault(tensor.name(), tensor.source().name());
    }

    void note(String text) {
        notes.add(text);
    }

    List<String> notes() {
        return notes;
    }

    Collection<RewrittenTensor> tensors() {
        return tensors.values();
    }

    void replaceAll(UnaryOperator<RewrittenTensor> change) {
        tensors.replaceAll((name, tensor) -> change.apply(tensor));
    }

    void add(RewrittenTensor tensor) throws CheckpointException {
        if (tensor.name().isEmpty()) {
            throw new CheckpointException(
                    "the new name of tensor '"
                            + TensorNames.printable(tensor.source().name()) + "' is empty",
                    ErrorContext.NONE);
        }
        MovingAverages averages = spec.averages();
        if (averages != null && spec.fit() == null && averages.isAverage(tensor.input(), tensor.source())) {
            return;
        }
        RewrittenTensor value =
                averages == null ? tensor : tensor.from(averages.valueOf(tensor.input(), tensor.source()), List.of());
        if (!value.source().name().equals(tensor.source().name())) {
            variables.put(tensor.name(), tensor.source().name());
        }
        List<Integer> axes = Axes.of(spec.axes(), value.source(), value.name());
        RewrittenTensor arranged = axes.isEmpty() ? value : value.from(value.source(), axes);
        RewrittenTensor cast = arranged.castTo(spec.newDtype(tensor.dtype()));
        RewrittenTensor other = tensors.get(cast.name());
        if (other == null || wins(cast, other)) {
            tensors.put(cast.name(), cast);
        }
    }

    private boolean wins(RewrittenTensor tensor, RewrittenTensor other) throws CheckpointException {
        if (tensor.input() == other.input()) {
            throw clash(tensor, other, "exclude one, or change the rules so that their names differ");
        }
        return switch (spec.clash()) {
            case REFUSE -> throw clash(tensor, other, refusal(tensor, other));
            case FIRST -> tensor.input() < other.input();
            case LAST -> tensor.input() > other.input();
        };
    }

    private static String refusal(RewrittenTensor tensor, RewrittenTensor other) {
        boolean slices = tensor.source().isPartitioned() && other.source().isPartitioned();
        return "exclude one, rename one, or use --on-clash (in Java onClash) to select one"
                + (slices ? "; CheckpointMerge (in Java) combines slices from several checkpoints" : "");
    }

    private CheckpointException clash(RewrittenTensor tensor, RewrittenTensor other, String hint) {
        return new CheckpointException(
                describe(other) + " and " + describe(tensor) + " would both be named '"
                        + TensorNames.printable(tensor.name()) + "'",
                ErrorContext.hint(hint));
    }

    private String describe(RewrittenTensor tensor) {
        return "'" + TensorNames.printable(tensor.source().name()) + "' of '"
                + spec.sources().get(tensor.input()) + "'";
    }

    @Nullable
    RewrittenTensor find(String name) {
        return tensors.get(name);
    }
}
