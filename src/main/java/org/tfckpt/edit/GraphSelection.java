package org.tfckpt.edit;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.restore.NameMapping;
import org.tfckpt.restore.RestoreException;
import org.tfckpt.restore.RestorePlan;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;

/** Selects the tensors that the variables of a graph are restored from, under the names that the graph uses. */
final class GraphSelection {
    private static final int MAX_LISTED = 100;

    /** So that the number of bytes is a long, for every dtype. */
    private static final long MAX_ELEMENTS = Long.MAX_VALUE / 16;

    /** Strings have to be held in an index while they are written. */
    private static final long MAX_STRINGS = 1 << 24;

    private final Specification spec;
    private final GraphFit fit;
    private final PlannedTensors planned;
    private final FitVariables variables;
    private final Map<String, Need> needs = new LinkedHashMap<>();
    /** The tensors of the checkpoint to fill from, by their new names. */
    private final Map<String, TensorInfo> fills = new HashMap<>();

    private GraphSelection(Specification spec, GraphFit fit, FitVariables variables, PlannedTensors planned) {
        this.spec = spec;
        this.fit = fit;
        this.planned = planned;
        this.variables = variables;
    }

    /** A variable without a tensor so far, and the tensors that have another shape or dtype, by input. */
    private static final class Need {
        private final FitVariables.Found variable;
        private final Map<Integer, TensorInfo> others = new LinkedHashMap<>();
        private boolean wanted;
        private boolean met;

        Need(FitVariables.Found variable) {
            this.variable = variable;
        }
    }

    /**
     * Plans the tensors.
     *
     * @return the new value of the object graph, or null
     */
    static byte @Nullable [] run(Specification spec, GraphFit fit, PlannedTensors planned) throws IOException {
        Checkpoint other = fit.template();
        if (other == null) {
            new GraphSelection(spec, fit, FitVariables.of(fit.graphOrThrow()), planned).run();
            return ObjectGraphUpdate.run(spec, planned);
        }
        Template template = Template.of(other);
        new GraphSelection(spec, fit, new TemplateVariables(template), planned).run();
        return TemplateObjects.run(spec, template, planned);
    }

    private void run() throws IOException {
        Checkpoint fill = fit.fill();
        if (fill != null) {
            for (FitVariables.Found found : variables.in(fill, NameMapping.NONE, List.of(), new ArrayList<>())) {
                found.source().tensor().ifPresent(tensor -> fills.put(found.name(), tensor));
            }
        }
        Set<String> notes = new LinkedHashSet<>();
        NameMapping mapping = NameMapping.pairs(spec.pairs()).then(fit.rules());
        for (int input = 0; input < spec.inputs().size(); input++) {
            Checkpoint checkpoint = spec.inputs().get(input);
            requireComplete(checkpoint, mapping);
            add(input, variables.in(checkpoint, mapping, spec.filter().excludes(), notes));
        }
        notes.forEach(planned::note);
        List<Need> missing = new ArrayList<>();
        for (Map.Entry<String, Need> need : needs.entrySet()) {
            if (!need.getValue().met && !resize(need.getKey(), need.getValue()) && !fill(need.getKey())) {
                if (need.getValue().wanted || fill != null) {
                    missing.add(need.getValue());
                }
            }
        }
        if (!missing.isEmpty()) {
            report(missing);
        }
        if (fit.needsObjectGraph()) {
            addSaveCounters();
        }
    }

    /** Throws the exception of a restore, with its suggestions, where a restore has to find the same variables. */
    private void requireComplete(Checkpoint checkpoint, NameMapping mapping) throws IOException {
        boolean isSame = spec.inputs().size() == 1
                && spec.filter().includes().isEmpty()
                && fit.isStrict()
                && spec.form().cast() == null;
        if (isSame && fit.template() == null) {
            RestorePlan.from(checkpoint)
                    .graph(fit.graphOrThrow())
                    .exclude(spec.filter().excludes())
                    .mapping(mapping)
                    .build()
                    .requireComplete();
        }
    }

    private void add(int input, List<FitVariables.Found> found) throws CheckpointException {
        Set<String> names = new LinkedHashSet<>();
        for (FitVariables.Found variable : found) {
            Need need = needs.computeIfAbsent(variable.name(), none -> new Need(variable));
            if (variable.isExcluded() || !isIncluded(variable)) {
                continue;
            }
            need.wanted = true;
            TensorInfo tensor = variable.source().tensor().orElse(null);
            if (tensor == null) {
                continue;
            }
            if (!fits(variable, tensor)) {
                need.others.putIfAbsent(input, tensor);
            } else if (names.add(variable.name())) {
                // All parts of a partitioned variable come from one tensor.
                need.met = true;
                planned.add(new RewrittenTensor(input, tensor, variable.name()));
            }
        }
    }

    private boolean isIncluded(FitVariables.Found variable) {
        return spec.filter().accepts(variable.wanted().name())
                || spec.filter().accepts(variable.wanted().variable());
    }

    private boolean fits(FitVariables.Found variable, TensorInfo tensor) {
        return fitsDtype(variable, tensor)
                && newShape(variable, tensor)
                        .filter(shape -> shape.equals(tensor.shape()))
                        .isPresent();
    }

    /** Returns whether a tensor has the dtype of a variable, perhaps after a cast. An unknown dtype is the new model's. */
    private boolean fitsDtype(FitVariables.Found variable, TensorInfo tensor) {
        DataType wanted = variable.wanted().dtype();
        TensorInfo fill = fills.get(variable.name());
        DataType cast = spec.newDtype(tensor.dtype());
        if (wanted == DataType.DT_INVALID) {
            return fill == null || fill.dtypeNumber() == tensor.dtypeNumber() || spec.newDtype(fill.dtype()) == cast;
        }
        return variable.wanted().fitsDtype(tensor) || wanted == cast;
    }

    /** Returns the shape that a tensor has to have; empty if that is not possible, because its rank is another. */
    private Optional<Shape> newShape(FitVariables.Found variable, TensorInfo tensor) {
        TensorInfo fill = fills.get(variable.name());
        Optional<Shape> stated = variable.wanted().tensorShape();
        if (fill != null && stated.isEmpty() && variable.wanted().dtype() == DataType.DT_INVALID) {
            stated = Optional.of(fill.shape());
        }
        Shape old = tensor.shape();
        Shape wanted = stated.orElse(old);
        if (wanted.rank() != old.rank()) {
            return Optional.empty();
        }
        long[] sizes = wanted.toArray();
        for (int axis = 0; axis < sizes.length; axis++) {
            sizes[axis] = sizes[axis] < 0 ? old.dimension(axis) : sizes[axis];
        }
        return Optional.of(Shape.of(sizes))
                .filter(shape -> shape.elementCount().orElse(Long.MAX_VALUE) <= MAX_ELEMENTS);
    }

    private boolean resize(String name, Need need) throws CheckpointException {
        boolean resized = false;
        if (fit.resizes()) {
            for (Map.Entry<Integer, TensorInfo> other : need.others.entrySet()) {
                TensorInfo old = other.getValue();
                Optional<Shape> shape = newShape(need.variable, old);
                if (shape.filter(size -> canHave(old.dtype(), size)).isPresent() && fitsDtype(need.variable, old)) {
                    TensorInfo fill = fills.get(name);
                    planned.add(new RewrittenTensor(other.getKey(), old, name)
                            .resizedTo(
                                    shape.get(),
                                    Optional.ofNullable(fill)
                                            .filter(rest -> isRest(rest, shape.get(), spec.newDtype(old.dtype())))));
                    resized = true;
                }
            }
        }
        return resized;
    }

    private static boolean canHave(DataType dtype, Shape shape) {
        return dtype.isFixedWidth() || (dtype == DataType.DT_STRING && shape.elements() <= MAX_STRINGS);
    }

    private boolean isRest(TensorInfo fill, Shape shape, DataType dtype) {
        return fill.shape().equals(shape) && spec.newDtype(fill.dtype()) == dtype;
    }

    private boolean fill(String name) throws CheckpointException {
        TensorInfo fill = fills.get(name);
        Need need = needs.get(name);
        if (fill == null || need == null || !fits(need.variable, fill)) {
            return false;
        }
        planned.add(new RewrittenTensor(spec.fillIndex(), fill, name).asFilled());
        return true;
    }

    private void report(List<Need> missing) throws RestoreException {
        String text = missing.size() + (missing.size() == 1 ? " variable" : " variables")
                + " of the graph without a tensor of the same shape and dtype: "
                + missing.stream()
                        .limit(MAX_LISTED)
                        .map(GraphSelection::describe)
                        .collect(joining(", "))
                + (missing.size() > MAX_LISTED ? ", …" : "");
        if (!fit.isPartial()) {
            throw new RestoreException(text, ErrorContext.hint(hint()));
        }
        planned.note(text);
    }

    private String hint() {
        return fit.fill() == null
                ? "use 'tfckpt compare' to find similar names, --fill-from (in Java GraphFit.fillFrom) to take them from"
                        + " another checkpoint, --resize (resize) to keep what fits of tensors of another shape, or --partial"
                        + " (allowMissing) to omit them"
                : "the checkpoint to fill from does not have them either; use --partial (in Java"
                        + " GraphFit.allowMissing) to omit them";
    }

    private static String describe(Need need) {
        @Nullable TensorInfo other = need.others.values().stream().findFirst().orElse(null);
        String name = TensorNames.printable(need.variable.wanted().name());
        return other == null
                ? name
                : name + " (not " + DataType.enumName(other.dtypeNumber()) + " " + other.shape() + ")";
    }

    private void addSaveCounters() throws IOException {
        for (int input = 0; input < spec.inputs().size(); input++) {
            TensorInfo counter = spec.saveCounter(input).orElse(null);
            if (counter != null && planned.find(counter.name()) == null) {
                planned.add(new RewrittenTensor(input, counter, counter.name()));
            }
        }
    }
}
