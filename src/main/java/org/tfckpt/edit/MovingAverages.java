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
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;

/**
 * The moving averages of variables: {@code X/ExponentialMovingAverage} or, in an object-based checkpoint, the slot
 * {@code average} of an optimizer, or its list of averages, which Keras has since TensorFlow 2.11. Immutable.
 */
final class MovingAverages {
    private static final String SUFFIX = "/ExponentialMovingAverage";
    private static final String VALUE = ObjectKeys.ATTRIBUTES + ObjectKeys.VARIABLE_VALUE;
    private static final String SLOT = "/average" + VALUE;
    /** Lists of an optimizer of Keras: elements at the same index belong together. */
    private static final String AVERAGES = "_model_variables_moving_average";

    private static final String VARIABLES = "_trainable_variables";
    private static final int MAX_LISTED = 10;

    /** For each input, the averages by the names of their variables. */
    private final List<Map<String, TensorInfo>> byVariable = new ArrayList<>();
    /** For each input, the names of averages. */
    private final List<Set<String>> names = new ArrayList<>();

    private final List<String> mistakes = new ArrayList<>();

    private MovingAverages() {}

    /**
     * Finds the averages in checkpoints. Averages that fit no variable are dropped if {@code partial}; otherwise they
     * cause an exception.
     */
    static MovingAverages of(List<Checkpoint> inputs, boolean partial) throws IOException {
        MovingAverages averages = new MovingAverages();
        for (Checkpoint input : inputs) {
            averages.add(input);
        }
        if (!partial && !averages.mistakes.isEmpty()) {
            int more = averages.mistakes.size() - MAX_LISTED;
            List<String> shown = averages.mistakes.subList(0, Math.min(MAX_LISTED, averages.mistakes.size()));
            throw new CheckpointException(
                    String.join("; ", shown) + (more > 0 ? "; … and " + more + " more" : ""),
                    ErrorContext.hint("use --partial (in Java partial) to leave them out"));
        }
        return averages;
    }

    private void add(Checkpoint input) throws IOException {
        Map<String, TensorInfo> found = new HashMap<>();
        Set<String> all = new HashSet<>();
        Map<String, String> listed = listed(input);
        for (Iterator<TensorInfo> tensors = input.tensorIterator(); tensors.hasNext(); ) {
            TensorInfo average = tensors.next();
            String variable = listed.getOrDefault(average.name(), variable(average.name()));
            if (variable == null) {
                continue;
            }
            all.add(average.name());
            TensorInfo target = input.find(variable).orElse(null);
            if (target == null) {
                mistake(average, "has no variable '" + TensorNames.printable(variable) + "'");
            } else if (target.dtypeNumber() != average.dtypeNumber()
                    || !target.shape().equals(average.shape())) {
                mistake(
                        average,
                        "is " + DataType.enumName(average.dtypeNumber()) + " " + average.shape() + ", its variable "
                                + DataType.enumName(target.dtypeNumber()) + " " + target.shape());
            } else {
                found.put(variable, average);
            }
        }
        byVariable.add(found);
        names.add(all);
    }

    /** Returns the keys of variables by those of their averages in the lists of optimizers. */
    private static Map<String, String> listed(Checkpoint input) throws IOException {
        Map<String, String> variables = new HashMap<>();
        ObjectGraph graph = input.objectGraph().orElse(null);
        // Each list is read once, although the objects of a damaged file could share one.
        Map<Integer, Map<String, ObjectNode>> lists = new HashMap<>();
        Set<Integer> done = new HashSet<>();
        for (int id = 0; graph != null && id < graph.size(); id++) {
            int averages = child(graph.node(id), AVERAGES);
            int averaged = child(graph.node(id), VARIABLES);
            if (averages >= 0 && averaged >= 0 && done.add(averages)) {
                Map<String, ObjectNode> byIndex = lists.computeIfAbsent(averaged, list -> children(graph, list));
                children(graph, averages).forEach((index, average) -> {
                    Optional<String> key =
                            Optional.ofNullable(byIndex.get(index)).flatMap(ObjectNode::valueKey);
                    average.valueKey().ifPresent(name -> key.ifPresent(found -> variables.put(name, found)));
                });
            }
        }
        return variables;
    }

    /** Returns a child of an object; −1 if it has none with this name. */
    private static int child(ObjectNode object, String name) {
        int found = -1;
        for (ObjectNode.Child child : object.children()) {
            found = child.name().equals(name) ? child.node() : found;
        }
        return found;
    }

    private static Map<String, ObjectNode> children(ObjectGraph graph, int object) {
        Map<String, ObjectNode> children = new HashMap<>();
        graph.node(object).children().forEach(child -> children.put(child.name(), graph.node(child.node())));
        return children;
    }

    private void mistake(TensorInfo average, String what) {
        mistakes.add("the moving average '" + TensorNames.printable(average.name()) + "' " + what);
    }

    /** Returns the name of the variable of an average; null if the name is not that of an average. */
    private static @Nullable String variable(String name) {
        if (name.endsWith(SUFFIX)) {
            return name.substring(0, name.length() - SUFFIX.length());
        }
        int slot = name.endsWith(SLOT) ? name.lastIndexOf(ObjectKeys.OPTIMIZER_SLOT) : -1;
        return slot < 0 ? null : name.substring(0, slot) + VALUE;
    }

    /** Returns whether a tensor of an input is a moving average. */
    boolean isAverage(int input, TensorInfo tensor) {
        return input < names.size() && names.get(input).contains(tensor.name());
    }

    /** Returns the average of a variable of an input, or the variable itself if it has none. */
    TensorInfo valueOf(int input, TensorInfo variable) {
        return input < byVariable.size() ? byVariable.get(input).getOrDefault(variable.name(), variable) : variable;
    }

    /** Returns the number of variables that have an average. */
    int count() {
        return byVariable.stream().mapToInt(Map::size).sum();
    }
}
