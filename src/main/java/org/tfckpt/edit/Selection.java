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
import org.tfckpt.slots.OptimizerSlots;
import org.tfckpt.slots.TensorRole;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;

/** Chooses tensors by their names in the checkpoints, and gives them their new ones. */
final class Selection {
    private final Specification wanted;
    private final PlannedTensors outcome;
    /** From names in the checkpoint to the names wanted. */
    private final Map<String, List<String>> pairs = new HashMap<>();

    private final Set<String> idlePairs;
    private boolean renamed;

    private Selection(Specification wanted, PlannedTensors outcome) {
        this.wanted = wanted;
        this.outcome = outcome;
        wanted.pairs.forEach((name, source) ->
                pairs.computeIfAbsent(source, none -> new ArrayList<>(1)).add(name));
        this.idlePairs = new HashSet<>(pairs.keySet());
    }

    static void run(Specification wanted, PlannedTensors outcome) throws IOException {
        Selection selection = new Selection(wanted, outcome);
        for (int input = 0; input < wanted.inputs.size(); input++) {
            selection.add(input, wanted.inputs.get(input));
        }
        selection.idlePairs.stream()
                .sorted(TensorNames.ORDER)
                .forEach(name -> outcome.note(
                        "the map names '" + TensorNames.printable(name) + "', which is not among the tensors chosen"));
        if (wanted.renames && !selection.renamed) {
            outcome.note("the rules rename no tensor: " + wanted.rename);
        }
    }

    private void add(int input, Checkpoint checkpoint) throws IOException {
        OptimizerSlots slots = wanted.withoutSlots ? OptimizerSlots.of(checkpoint) : null;
        for (Iterator<TensorInfo> all = checkpoint.tensorIterator(); all.hasNext(); ) {
            TensorInfo tensor = all.next();
            // The object graph follows the others.
            if (!tensor.name().equals(ObjectKeys.OBJECT_GRAPH) && isChosen(tensor, slots)) {
                for (String name : names(tensor.name())) {
                    outcome.add(new RewrittenTensor(input, tensor, name, tensor.dtype()));
                }
            }
        }
    }

    private boolean isChosen(TensorInfo tensor, @Nullable OptimizerSlots slots) throws IOException {
        return wanted.accepts(tensor.name()) && (slots == null || slots.kindOf(tensor) != TensorRole.Kind.SLOT);
    }

    /** A line of the map is more particular than a rule. */
    private List<String> names(String name) {
        List<String> mapped = pairs.get(name);
        if (mapped != null) {
            idlePairs.remove(name);
            return mapped;
        }
        String other = wanted.rename.apply(name);
        renamed |= !other.equals(name);
        return List.of(other);
    }
}
