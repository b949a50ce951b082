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

/** Selects the tensors that the variables of a graph are restored from, under the names that the graph uses. */
final class GraphSelection {
    private static final int MAX_LISTED = 100;

    private final Specification spec;
    private final Specification.Target target;
    private final PlannedTensors planned;
    private final Set<String> found = new HashSet<>();
    private final Set<String> missing = new LinkedHashSet<>();

    private GraphSelection(Specification spec, Specification.Target target, PlannedTensors planned) {
        this.spec = spec;
        this.target = target;
        this.planned = planned;
    }

    static void run(Specification spec, Specification.Target target, PlannedTensors planned) throws IOException {
        new GraphSelection(spec, target, planned).run();
    }

    /** Returns whether the graph restores its variables through the object graph of a checkpoint. */
    static boolean needsObjectGraph(Graph graph) {
        return graph.isObjectBased() && !graph.objectVariables().isEmpty();
    }

    private void run() throws IOException {
        List<String> unused = new ArrayList<>();
        for (int input = 0; input < spec.inputs().size(); input++) {
            RestorePlan plan = RestorePlan.from(spec.inputs().get(input))
                    .graph(target.graph())
                    .exclude(spec.filter().excludes())
                    .mapping(NameMapping.pairs(spec.pairs()).then(target.from()))
                    .build();
            if (spec.inputs().size() == 1 && spec.filter().includes().isEmpty() && !target.partial()) {
                plan.requireComplete();
            }
            add(input, plan.comparison());
            unused.addAll(unused(plan.comparison()));
        }
        unused.stream().distinct().forEach(planned::note);
        missing.removeAll(found);
        if (!missing.isEmpty()) {
            report();
        }
        if (needsObjectGraph(target.graph())) {
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
                    // All parts of a partitioned variable come from one tensor.
                    if (names.add(name)) {
                        TensorInfo tensor = source.tensor().orElseThrow();
                        planned.add(new RewrittenTensor(input, tensor, name, tensor.dtype()));
                    }
                }
                case MISSING, MISMATCHED -> missing.add(name);
                case EXCLUDED -> {}
            }
        }
    }

    private boolean isIncluded(VariableSource source) {
        return spec.filter().accepts(source.wanted().name())
                || spec.filter().accepts(source.wanted().variable());
    }

    private static List<String> unused(Comparison comparison) {
        List<String> notes = new ArrayList<>();
        comparison.idleRules().forEach(rule -> notes.add("the rule " + rule + " does not match any variable"));
        comparison
                .idleExclusions()
                .forEach(pattern -> notes.add("the exclusion " + pattern + " does not match any variable"));
        return notes;
    }

    private void report() throws RestoreException {
        List<String> shown =
                missing.stream().limit(MAX_LISTED).map(TensorNames::printable).toList();
        String text = missing.size() + (missing.size() == 1 ? " variable" : " variables")
                + " of the graph without a tensor of the same shape and dtype: "
                + String.join(", ", shown) + (missing.size() > MAX_LISTED ? ", …" : "");
        if (!target.partial()) {
            throw new RestoreException(text, ErrorContext.hint("use 'tfckpt compare' to find similar names"));
        }
        planned.note(text);
    }

    private void addSaveCounters() throws IOException {
        for (int input = 0; input < spec.inputs().size(); input++) {
            Checkpoint checkpoint = spec.inputs().get(input);
            Optional<String> key = checkpoint.objectGraph().flatMap(ObjectGraph::saveCounterKey);
            Optional<TensorInfo> counter = key.isPresent() ? checkpoint.find(key.get()) : Optional.empty();
            if (counter.isPresent() && planned.find(counter.get().name()) == null) {
                TensorInfo tensor = counter.get();
                planned.add(new RewrittenTensor(input, tensor, tensor.name(), tensor.dtype()));
            }
        }
    }
}
