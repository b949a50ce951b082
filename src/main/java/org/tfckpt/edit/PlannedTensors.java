package org.tfckpt.edit;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.TensorNames;

/** The tensors to come by their names, as they are found one by one; and what there is to say of them. */
final class PlannedTensors {
    private final Specification wanted;
    private final Map<String, RewrittenTensor> tensors = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();

    PlannedTensors(Specification wanted) {
        this.wanted = wanted;
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

    void add(RewrittenTensor tensor) throws CheckpointException {
        if (tensor.name().isEmpty()) {
            throw new CheckpointException(
                    "tensor '" + TensorNames.printable(tensor.source().name()) + "' would have no name",
                    ErrorContext.NONE);
        }
        RewrittenTensor cast = tensor.as(dtype(tensor.dtype()));
        RewrittenTensor other = tensors.get(cast.name());
        if (other == null || wins(cast, other)) {
            tensors.put(cast.name(), cast);
        }
    }

    private DataType dtype(DataType dtype) {
        DataType cast = wanted.cast;
        return cast != null && FloatCast.isFloat(dtype) ? cast : dtype;
    }

    private boolean wins(RewrittenTensor tensor, RewrittenTensor other) throws CheckpointException {
        if (tensor.input() == other.input()) {
            throw clash(tensor, other, "let the rules give them different names, or exclude one");
        }
        return switch (wanted.clash) {
            case REFUSE -> throw clash(tensor, other, refusal(tensor, other));
            case FIRST -> tensor.input() < other.input();
            case LAST -> tensor.input() > other.input();
        };
    }

    private static String refusal(RewrittenTensor tensor, RewrittenTensor other) {
        boolean slices = tensor.source().isPartitioned() && other.source().isPartitioned();
        return "exclude one, rename one, or say which of them wins"
                + (slices ? "; in Java, CheckpointMerge puts slices of several checkpoints together" : "");
    }

    private CheckpointException clash(RewrittenTensor tensor, RewrittenTensor other, String hint) {
        return new CheckpointException(
                describe(other) + " and " + describe(tensor) + " would both be called '"
                        + TensorNames.printable(tensor.name()) + "'",
                ErrorContext.hint(hint));
    }

    private String describe(RewrittenTensor tensor) {
        return "'" + TensorNames.printable(tensor.source().name()) + "' of " + wanted.inputs.get(tensor.input());
    }

    @Nullable
    RewrittenTensor find(String name) {
        return tensors.get(name);
    }
}
