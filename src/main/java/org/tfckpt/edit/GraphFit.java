package org.tfckpt.edit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tfckpt.Checkpoint;
import org.tfckpt.graph.Graph;
import org.tfckpt.objects.ObjectGraph;
import org.tfckpt.restore.Comparison;
import org.tfckpt.restore.NameMapping;
import org.tfckpt.restore.RestoreException;
import org.tfckpt.restore.RestorePlan;
import org.tfckpt.restore.VariableSource;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;

/** Chooses the tensors that a graph's variables come from, and gives them the names that it wants. */
final class GraphFit {
    private static final int MOST_SHOWN = 100;

    private final Specification wanted;
    private final Graph graph;
    private final PlannedTensors outcome;
    private final Set<String> found = new HashSet<>();
    private final Set<String> missing = new LinkedHashSet<>();

    private GraphFit(Specification wanted, Graph graph, PlannedTensors outcome) {
        this.wanted = wanted;
        this.graph = graph;
        this.outcome = outcome;
    }

    static void run(Specification wanted, Graph graph, PlannedTensors outcome) throws IOException {
        new GraphFit(wanted, graph, outcome).run();
    }

    /** Whether the graph finds its variables through a checkpoint's objects, so that these have to come along. */
    static boolean wantsObjects(Graph graph) {
        return graph.isObjectBased() && !graph.objectVariables().isEmpty();
    }

    private void run() throws IOException {
        List<String> idle = new ArrayList<>();
        for (int input = 0; input < wanted.inputs.size(); input++) {
            RestorePlan plan = RestorePlan.from(wanted.inputs.get(input))
                    .graph(graph)
                    .exclude(wanted.excludes)
                    .mapping(NameMapping.pairs(wanted.pairs).then(wanted.from))
                    .build();
            if (wanted.inputs.size() == 1 && wanted.includes.isEmpty() && !wanted.partial) {
                plan.requireComplete();
            }
            add(input, plan.comparison());
            idle.addAll(idle(plan.comparison()));
        }
        idle.stream().distinct().forEach(outcome::note);
        missing.removeAll(found);
        if (!missing.isEmpty()) {
            report();
        }
        if (wantsObjects(graph)) {
            addSaveCounters();
        }
    }

    private void add(int input, Comparison comparison) throws CheckpointException {
        Set<String> names = new HashSet<>();
        for (VariableSource source : comparison.variables()) {
            String name = source.wanted().name();
            if (!isIncluded(source)) {
                continue;
            }
            switch (source.outcome()) {
                case MATCHED -> {
                    found.add(name);
                    // The parts of a partitioned variable come from one tensor.
                    if (names.add(name)) {
                        TensorInfo tensor = source.tensor().orElseThrow();
                        outcome.add(new RewrittenTensor(input, tensor, name, tensor.dtype()));
                    }
                }
                case MISSING, MISMATCHED -> missing.add(name);
                case EXCLUDED -> {}
            }
        }
    }

    private boolean isIncluded(VariableSource source) {
        return wanted.accepts(source.wanted().name())
                || wanted.accepts(source.wanted().variable());
    }

    private static List<String> idle(Comparison comparison) {
        List<String> notes = new ArrayList<>();
        comparison.idleRules().forEach(rule -> notes.add("the mapping " + rule + " speaks of no variable"));
        comparison.idleExclusions().forEach(pattern -> notes.add("the exclusion " + pattern + " matches no variable"));
        return notes;
    }

    private void report() throws RestoreException {
        List<String> shown =
                missing.stream().limit(MOST_SHOWN).map(TensorNames::printable).toList();
        String text = missing.size() + " of the graph's variables have no tensor of their shape and dtype: "
                + String.join(", ", shown) + (missing.size() > MOST_SHOWN ? ", …" : "");
        if (!wanted.partial) {
            throw new RestoreException(text, ErrorContext.hint("'compare' shows what may be meant"));
        }
        outcome.note(text);
    }

    private void addSaveCounters() throws IOException {
        for (int input = 0; input < wanted.inputs.size(); input++) {
            Checkpoint checkpoint = wanted.inputs.get(input);
            Optional<String> key = checkpoint.objectGraph().flatMap(ObjectGraph::saveCounterKey);
            Optional<TensorInfo> counter = key.isPresent() ? checkpoint.find(key.get()) : Optional.empty();
            if (counter.isPresent() && outcome.find(counter.get().name()) == null) {
                TensorInfo tensor = counter.get();
                outcome.add(new RewrittenTensor(input, tensor, tensor.name(), tensor.dtype()));
            }
        }
    }
}
