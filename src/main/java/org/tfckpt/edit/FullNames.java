package org.tfckpt.edit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.objects.ObjectGraph;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.objects.ObjectNode;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;

/** Names the tensors of an object-based checkpoint as a name-based one does. */
final class FullNames {
    private static final int MAX_LISTED = 20;

    private final Checkpoint checkpoint;
    private final @Nullable ObjectGraph objects;
    private final String saveCounter;
    private final List<String> byPath = new ArrayList<>();
    private final List<String> dropped = new ArrayList<>();

    private FullNames(Checkpoint checkpoint) throws IOException {
        this.checkpoint = checkpoint;
        this.objects = checkpoint.objectGraph().orElse(null);
        this.saveCounter = objects == null ? "" : objects.saveCounterKey().orElse("");
    }

    static FullNames of(Checkpoint checkpoint) throws IOException {
        return new FullNames(checkpoint);
    }

    /** Returns the new name of a tensor; empty if it is dropped because it has none. */
    Optional<String> of(TensorInfo tensor) {
        if (objects == null) {
            return Optional.of(tensor.name());
        }
        if (tensor.name().equals(saveCounter)) {
            return Optional.empty();
        }
        ObjectNode.Attribute attribute = objects.attributeOf(tensor.name()).orElse(null);
        Optional<String> name = attribute == null ? Optional.empty() : Template.fullName(attribute, tensor.name());
        if (name.isEmpty() && attribute != null && attribute.name().equals(ObjectKeys.VARIABLE_VALUE)) {
            name = objects.pathOf(attribute.node()).filter(path -> !path.isEmpty());
            name.ifPresent(byPath::add);
        }
        if (name.isEmpty()) {
            dropped.add(tensor.name());
        }
        return name;
    }

    /** Returns what the user should know about names. */
    List<String> notes() {
        List<String> notes = new ArrayList<>();
        if (objects == null) {
            notes.add("'" + checkpoint + "' has no object graph; its names do not change");
        }
        if (!byPath.isEmpty()) {
            notes.add("variables without a full name are named by their paths: " + list(byPath));
        }
        if (!dropped.isEmpty()) {
            notes.add("values that are not variables and have no full name are dropped: " + list(dropped));
        }
        return notes;
    }

    /** Requires that every new name belongs to one tensor. Metrics of Keras models often share their names. */
    void requireDistinct(Map<String, List<TensorInfo>> tensors) throws CheckpointException {
        List<String> clashes = new ArrayList<>();
        List<String> options = new ArrayList<>();
        tensors.forEach((name, sharing) -> {
            if (sharing.size() > 1) {
                List<String> paths =
                        sharing.stream().map(tensor -> path(tensor.name())).toList();
                clashes.add("'" + TensorNames.printable(name) + "' (" + list(paths) + ")");
                paths.stream().skip(1).forEach(path -> options.add("--exclude '" + path + "/**'"));
            }
        });
        if (!clashes.isEmpty()) {
            throw new CheckpointException(
                    (clashes.size() == 1 ? "a name belongs" : clashes.size() + " names belong")
                            + " to several variables of '" + checkpoint + "': " + list(clashes),
                    ErrorContext.hint("exclude all but one of each, for example by "
                            + String.join(" ", options.subList(0, Math.min(MAX_LISTED, options.size())))
                            + (options.size() > MAX_LISTED ? " …" : "")
                            + ", or give them other names with --map (in Java mapNames)"));
        }
    }

    private static String path(String key) {
        int end = key.lastIndexOf(ObjectKeys.ATTRIBUTES);
        return end < 0 ? key : key.substring(0, end);
    }

    private static String list(List<String> names) {
        return String.join(
                        ", ",
                        names.stream()
                                .limit(MAX_LISTED)
                                .map(TensorNames::printable)
                                .toList())
                + (names.size() > MAX_LISTED ? ", … (" + names.size() + " in all)" : "");
    }
}
