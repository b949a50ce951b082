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
 * Keeps an object graph in step with the tensors: its keys become the new names, and what was dropped is no value any
 * more. The objects themselves, and the attributes that hold them, stay: the same program restores them.
 */
final class KeptObjects {
    private final Specification wanted;
    private final PlannedTensors outcome;
    /** What becomes of each value's key; a value may be of several tensors. */
    private final Map<String, Optional<String>> keys = new HashMap<>();

    private boolean changed;

    private KeptObjects(Specification wanted, PlannedTensors outcome) {
        this.wanted = wanted;
        this.outcome = outcome;
    }

    /**
     * Adds the entry of the object graph to those to come.
     *
     * @return its new value; null if there is none, or it stays as it is
     */
    static byte @Nullable [] run(Specification wanted, PlannedTensors outcome) throws IOException {
        return new KeptObjects(wanted, outcome).run();
    }

    private byte @Nullable [] run() throws IOException {
        List<Integer> having = new ArrayList<>();
        for (int input = 0; input < wanted.inputs.size(); input++) {
            if (wanted.inputs.get(input).find(ObjectKeys.OBJECT_GRAPH).isPresent()) {
                having.add(input);
            }
        }
        if (having.isEmpty() || wanted.excludes(ObjectKeys.OBJECT_GRAPH)) {
            return null;
        }
        if (wanted.graph != null && !GraphFit.wantsObjects(wanted.graph)) {
            outcome.note("the object graph is left out: the graph wants its variables by their names");
            return null;
        }
        int input = one(having);
        Checkpoint checkpoint = wanted.inputs.get(input);
        TensorInfo entry = checkpoint.find(ObjectKeys.OBJECT_GRAPH).orElseThrow();
        ObjectGraph graph = checkpoint.objectGraph().orElseThrow();
        follow(input, checkpoint, graph);
        if (wanted.losses != null && !wanted.losses.isComplete(input)) {
            dropLost(input, wanted.losses, graph);
        }
        outcome.add(new RewrittenTensor(input, entry, ObjectKeys.OBJECT_GRAPH, entry.dtype()));
        return changed ? graph.withKeys(key -> keys.getOrDefault(key, Optional.of(key))) : null;
    }

    private int one(List<Integer> having) throws CheckpointException {
        if (having.size() == 1) {
            return having.get(0);
        }
        if (wanted.clash == Clash.REFUSE) {
            throw new CheckpointException(
                    "several checkpoints have an object graph, and object graphs cannot be merged",
                    ErrorContext.hint("exclude " + ObjectKeys.OBJECT_GRAPH + ", or say which checkpoint wins"));
        }
        int input = having.get(wanted.clash == Clash.FIRST ? 0 : having.size() - 1);
        outcome.note("the object graph is that of " + wanted.inputs.get(input)
                + "; it knows nothing of what only others have");
        return input;
    }

    private void follow(int input, Checkpoint checkpoint, ObjectGraph graph) throws IOException {
        Map<String, List<String>> names = new HashMap<>();
        for (RewrittenTensor tensor : outcome.tensors()) {
            if (tensor.input() == input) {
                names.computeIfAbsent(tensor.source().name(), none -> new ArrayList<>(1))
                        .add(tensor.name());
            }
        }
        for (Iterator<TensorInfo> all = checkpoint.tensorIterator(); all.hasNext(); ) {
            String tensor = all.next().name();
            if (!tensor.equals(ObjectKeys.OBJECT_GRAPH)) {
                // A tensor of the same name that another checkpoint gave is this object's value now.
                boolean replaced = !names.containsKey(tensor) && outcome.find(tensor) != null;
                follow(graph, tensor, replaced ? List.of(tensor) : names.getOrDefault(tensor, List.of()));
            }
        }
    }

    private void follow(ObjectGraph graph, String tensor, List<String> names) throws CheckpointException {
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
            throw refused("the tensors of one object's value, '" + TensorNames.printable(key)
                    + "…', can only be renamed together, and dropped together");
        }
        changed |= !stays;
    }

    /**
     * A value of which something is lost is none. What lay in a damaged block of an index has no name any more: then
     * there is a key without a tensor, or one of which there may have been more tensors.
     */
    private void dropLost(int input, SalvageLosses losses, ObjectGraph graph) throws IOException {
        Set<String> there = new HashSet<>(keys.keySet());
        for (RewrittenTensor tensor : outcome.tensors()) {
            graph.attributeOf(tensor.name()).ifPresent(attribute -> there.add(attribute.key()));
        }
        for (String key : graph.attributes().map(ObjectNode.Attribute::key).toList()) {
            boolean exact = wanted.inputs.get(input).find(key).isPresent();
            if (!there.contains(key) || (!exact && losses.mayHaveHad(input, key))) {
                drop(key);
            }
        }
        losses.names(input)
                .filter(name -> outcome.find(name) == null)
                .forEach(name -> graph.attributeOf(name).ifPresent(attribute -> drop(attribute.key())));
    }

    private void drop(String key) {
        keys.put(key, Optional.empty());
        changed = true;
    }

    /** A saver that a program registered gives names by rules of its own. */
    private static void requireKnown(ObjectGraph graph, String tensor, boolean stays) throws CheckpointException {
        if (stays) {
            return;
        }
        for (int id = 0; id < graph.size(); id++) {
            if (graph.node(id).saver().isPresent()) {
                throw refused("'" + TensorNames.printable(tensor)
                        + "' is not an object's value by its key, and may be of the registered saver "
                        + graph.node(id).saver().get().name());
            }
        }
    }

    private static CheckpointException refused(String reason) {
        return new CheckpointException(
                "the object graph cannot be kept in step: " + reason,
                ErrorContext.hint("exclude " + ObjectKeys.OBJECT_GRAPH + " to have a checkpoint of names alone"));
    }
}
