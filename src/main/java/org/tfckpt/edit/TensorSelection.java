package org.tfckpt.edit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    /**
     * Plans the tensors.
     *
     * @return the new value of the object graph, or null
     */
    static byte @Nullable [] run(Specification spec, PlannedTensors planned) throws IOException {
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
        return spec.fullNames() ? null : ObjectGraphUpdate.run(spec, planned);
    }

    private void add(int input, Checkpoint checkpoint) throws IOException {
        OptimizerSlots slots = spec.withoutSlots() ? OptimizerSlots.of(checkpoint) : null;
        FullNames fullNames = spec.fullNames() ? FullNames.of(checkpoint) : null;
        Map<String, List<TensorInfo>> byName = new LinkedHashMap<>();
        for (Iterator<TensorInfo> all = checkpoint.tensorIterator(); all.hasNext(); ) {
            TensorInfo tensor = all.next();
            // ObjectGraphUpdate adds the object graph.
            if (tensor.name().equals(ObjectKeys.OBJECT_GRAPH)) {
                continue;
            }
            Optional<String> name = fullNames == null ? Optional.of(tensor.name()) : fullNames.of(tensor);
            if (name.isPresent() && isChosen(tensor, name.get(), slots)) {
                for (String newName : names(tensor.name(), name.get())) {
                    byName.computeIfAbsent(newName, none -> new ArrayList<>(1)).add(tensor);
                }
            }
        }
        if (fullNames != null) {
            fullNames.notes().forEach(planned::note);
            fullNames.requireDistinct(byName);
        }
        for (Map.Entry<String, List<TensorInfo>> named : byName.entrySet()) {
            for (TensorInfo tensor : named.getValue()) {
                planned.add(new RewrittenTensor(input, tensor, named.getKey()));
            }
        }
    }

    private boolean isChosen(TensorInfo tensor, String fullName, @Nullable OptimizerSlots slots) throws IOException {
        Specification.Filter filter = spec.filter();
        return (filter.includes(tensor.name()) || filter.includes(fullName))
                && !filter.excludes(tensor.name())
                && !filter.excludes(fullName)
                && (slots == null || !slots.kindOf(tensor).isOptimizerState());
    }

    /** Returns the new names of a tensor. The map takes precedence over the rules. */
    private List<String> names(String key, String name) {
        for (String mapped : List.of(key, name)) {
            if (pairs.containsKey(mapped)) {
                unusedPairs.remove(mapped);
                return pairs.get(mapped);
            }
        }
        NameMapping rules = spec.rename();
        String other = rules == null ? name : rules.apply(name);
        renamed |= !other.equals(name);
        return List.of(other);
    }
}
