package org.tfckpt.edit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.restore.NameMapping;
import org.tfckpt.slots.OptimizerSlots;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;

/** Selects the tensors to keep by their names, and determines their new names. */
final class TensorSelection {
    private final Specification spec;
    private final PlannedTensors planned;
    /** New names by name in the checkpoint. */
    private final Map<String, List<String>> pairs = new HashMap<>();

    private final Set<String> unusedPairs;
    private boolean renamed;

    private TensorSelection(Specification spec, PlannedTensors planned) {
        this.spec = spec;
        this.planned = planned;
        spec.pairs()
                .forEach((name, source) -> pairs.computeIfAbsent(source, none -> new ArrayList<>(1))
                        .add(name));
        this.unusedPairs = new HashSet<>(pairs.keySet());
    }

    static void run(Specification spec, PlannedTensors planned) throws IOException {
        TensorSelection selection = new TensorSelection(spec, planned);
        for (int input = 0; input < spec.inputs().size(); input++) {
            selection.add(input, spec.inputs().get(input));
        }
        selection.unusedPairs.stream()
                .sorted(TensorNames.ORDER)
                .forEach(name -> planned.note(
                        "the map contains '" + TensorNames.printable(name) + "', which is not a selected tensor"));
        if (spec.rename() != null && !selection.renamed) {
            planned.note("no tensor is renamed by the rules: " + spec.rename());
        }
    }

    private void add(int input, Checkpoint checkpoint) throws IOException {
        OptimizerSlots slots = spec.withoutSlots() ? OptimizerSlots.of(checkpoint) : null;
        for (Iterator<TensorInfo> all = checkpoint.tensorIterator(); all.hasNext(); ) {
            TensorInfo tensor = all.next();
            // ObjectGraphUpdate adds the object graph.
            if (!tensor.name().equals(ObjectKeys.OBJECT_GRAPH) && isChosen(tensor, slots)) {
                for (String name : names(tensor.name())) {
                    planned.add(new RewrittenTensor(input, tensor, name, tensor.dtype()));
                }
            }
        }
    }

    private boolean isChosen(TensorInfo tensor, @Nullable OptimizerSlots slots) throws IOException {
        return spec.filter().accepts(tensor.name())
                && (slots == null || !slots.kindOf(tensor).isOptimizerState());
    }

    /** Returns the new names of a tensor. The map takes precedence over the rules. */
    private List<String> names(String name) {
        List<String> mapped = pairs.get(name);
        if (mapped != null) {
            unusedPairs.remove(name);
            return mapped;
        }
        NameMapping rules = spec.rename();
        String other = rules == null ? name : rules.apply(name);
        renamed |= !other.equals(name);
        return List.of(other);
    }
}
