package org.tfckpt.edit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.objects.ObjectGraph;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.objects.ObjectNode;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;

/**
 * Updates the object graph: replaces the keys of renamed tensors and removes the values of dropped ones. Objects and
 * their attributes stay, so that the same program can restore the new checkpoint.
 */
final class ObjectGraphUpdate {
    private final Specification spec;
    private final PlannedTensors planned;
    /** The new key of each value, empty if it is dropped; a value can consist of several tensors. */
    private final Map<String, Optional<String>> keys = new HashMap<>();

    private boolean changed;

    private ObjectGraphUpdate(Specification spec, PlannedTensors planned) {
        this.spec = spec;
        this.planned = planned;
    }

    /**
     * Plans the tensor that contains the object graph.
     *
     * @return its new value; null if there is no object graph, or it does not change
     */
    static byte @Nullable [] run(Specification spec, PlannedTensors planned) throws IOException {
        return new ObjectGraphUpdate(spec, planned).run();
    }

    private byte @Nullable [] run() throws IOException {
        List<Integer> candidates = new ArrayList<>();
        for (int input = 0; input < spec.inputs().size(); input++) {
            if (spec.inputs().get(input).find(ObjectKeys.OBJECT_GRAPH).isPresent()) {
                candidates.add(input);
            }
        }
        if (candidates.isEmpty() || spec.filter().excludes(ObjectKeys.OBJECT_GRAPH)) {
            return null;
        }
        GraphFit fit = spec.fit();
        if (fit != null && !fit.needsObjectGraph()) {
            planned.note("the object graph is dropped: the graph restores its variables by name");
            return null;
        }
        int input = selectInput(candidates);
        Checkpoint checkpoint = spec.inputs().get(input);
        TensorInfo entry = checkpoint.find(ObjectKeys.OBJECT_GRAPH).orElseThrow();
        ObjectGraph graph = checkpoint.objectGraph().orElseThrow();
        updateKeys(input, checkpoint, graph);
        SalvageLosses losses = spec.losses();
        if (losses != null && !losses.isComplete(input)) {
            dropLost(input, losses, graph);
        }
        planned.add(new RewrittenTensor(input, entry, ObjectKeys.OBJECT_GRAPH));
        return changed ? graph.withKeys(key -> keys.getOrDefault(key, Optional.of(key))) : null;
    }

    private int selectInput(List<Integer> candidates) throws CheckpointException {
        if (candidates.size() == 1) {
            return candidates.get(0);
        }
        if (spec.clash() == ClashPolicy.REFUSE) {
            throw new CheckpointException(
                    "several checkpoints have an object graph; object graphs cannot be merged",
                    ErrorContext.hint("exclude " + ObjectKeys.OBJECT_GRAPH
                            + ", or use --on-clash (in Java onClash) to select one"));
        }
        int input = candidates.get(spec.clash() == ClashPolicy.FIRST ? 0 : candidates.size() - 1);
        planned.note("the object graph is taken from '" + spec.inputs().get(input)
                + "'; it does not contain objects that only other checkpoints have");
        return input;
    }

    private void updateKeys(int input, Checkpoint checkpoint, ObjectGraph graph) throws IOException {
        Map<String, List<String>> names = new HashMap<>();
        for (RewrittenTensor tensor : planned.tensors()) {
            if (tensor.input() == input) {
                names.computeIfAbsent(planned.variable(tensor), none -> new ArrayList<>(1))
                        .add(tensor.name());
            }
        }
        for (Iterator<TensorInfo> all = checkpoint.tensorIterator(); all.hasNext(); ) {
            String tensor = all.next().name();
            if (!tensor.equals(ObjectKeys.OBJECT_GRAPH)) {
                // A tensor of the same name from another checkpoint replaces the value.
                boolean replaced = !names.containsKey(tensor) && planned.find(tensor) != null;
                updateKeys(graph, tensor, replaced ? List.of(tensor) : names.getOrDefault(tensor, List.of()));
            }
        }
    }

    private void updateKeys(ObjectGraph graph, String tensor, List<String> names) throws CheckpointException {
        boolean stays = names.contains(tensor);
        Optional<ObjectNode.Attribute> attribute = graph.attributeOf(tensor);
        if (attribute.isEmpty()) {
            requireKnown(graph, tensor, stays);
            return;
        }
        String key = attribute.get().key();
        String rest = tensor.substring(key.length());
        Optional<String> other = stays
                ? Optional.of(key)
                : names.stream()
                        .filter(name -> name.endsWith(rest))
                        .map(name -> name.substring(0, name.length() - rest.length()))
                        .findFirst();
        Optional<String> before = keys.putIfAbsent(key, other);
        if ((other.isEmpty() && !names.isEmpty()) || (before != null && !before.equals(other))) {
            throw refused("the tensors of one value, '" + TensorNames.printable(key)
                    + "…', can only be renamed or dropped together");
        }
        changed |= !stays;
    }

    /**
     * Removes values that have lost a tensor. The names of tensors in a damaged block of the index are unknown, so a
     * key may have no tensor left, or may have had further ones.
     */
    private void dropLost(int input, SalvageLosses losses, ObjectGraph graph) throws IOException {
        Set<String> there = new HashSet<>(keys.keySet());
        for (RewrittenTensor tensor : planned.tensors()) {
            graph.attributeOf(tensor.name()).ifPresent(attribute -> there.add(attribute.key()));
        }
        for (String key : graph.attributes().map(ObjectNode.Attribute::key).toList()) {
            boolean exact = spec.inputs().get(input).find(key).isPresent();
            if (!there.contains(key) || (!exact && losses.mayHaveHad(input, key))) {
                drop(key);
            }
        }
        losses.names(input)
                .filter(name -> planned.find(name) == null)
                .forEach(name -> graph.attributeOf(name).ifPresent(attribute -> drop(attribute.key())));
    }

    private void drop(String key) {
        keys.put(key, Optional.empty());
        changed = true;
    }

    /** Registered savers choose the names of their tensors themselves, so the graph does not list them. */
    private static void requireKnown(ObjectGraph graph, String tensor, boolean stays) throws CheckpointException {
        if (stays) {
            return;
        }
        for (int id = 0; id < graph.size(); id++) {
            if (graph.node(id).saver().isPresent()) {
                throw refused("'" + TensorNames.printable(tensor)
                        + "' is not listed in it and may belong to the registered saver "
                        + graph.node(id).saver().get().name());
            }
        }
    }

    private static CheckpointException refused(String reason) {
        return new CheckpointException(
                "the object graph cannot be updated: " + reason,
                ErrorContext.hint(
                        "exclude " + ObjectKeys.OBJECT_GRAPH + " for a checkpoint that is restored by name only"));
    }
}
