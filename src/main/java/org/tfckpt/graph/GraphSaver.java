package org.tfckpt.graph;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tfckpt.proto.SaverDef;

/**
 * A saver of a graph: the names under which its save ops write variables, and the names from which its restore ops read
 * them. A saver may rename or omit variables, so these names take precedence over those of the variables.
 *
 * <p>The lists come from the constants that the ops {@code SaveV2} and {@code RestoreV2} and their predecessors take.
 * In a TF2 SavedModel these ops are inside functions, and the lists are empty: use {@link Graph#checkpointKeys} there.
 * Immutable.
 */
public final class GraphSaver {
    private final String filenameTensor;
    private final Optional<SaverDef> definition;
    private final List<Entry> saves;
    private final List<Entry> restores;
    private final List<String> unknown;

    GraphSaver(
            String filenameTensor,
            @Nullable SaverDef definition,
            List<Entry> saves,
            List<Entry> restores,
            List<String> unknown) {
        this.filenameTensor = filenameTensor;
        this.definition = Optional.ofNullable(definition);
        this.saves = List.copyOf(saves);
        this.restores = List.copyOf(restores);
        this.unknown = List.copyOf(unknown);
    }

    /** {@return the tensor to feed with the checkpoint's name, for example {@code save/Const:0}} */
    public String filenameTensor() {
        return filenameTensor;
    }

    /**
     * {@return the tensor whose evaluation saves a checkpoint; empty if the graph has the saver's ops but no definition
     * of the saver}
     */
    public Optional<String> saveTensor() {
        return definition.map(SaverDef::getSaveTensorName);
    }

    /**
     * {@return the op that restores a checkpoint; empty if the graph has the saver's ops but no definition of the
     * saver}
     */
    public Optional<String> restoreOp() {
        return definition.map(SaverDef::getRestoreOpName);
    }

    /**
     * {@return whether each device writes a file of its own; false also if the graph has no definition of the saver}
     */
    public boolean sharded() {
        return definition.map(SaverDef::getSharded).orElse(false);
    }

    /**
     * {@return the format of the checkpoints that the saver writes: {@code LEGACY}, {@code V1} or {@code V2}; empty if
     * the graph has no definition of the saver}
     */
    public Optional<String> version() {
        return definition.map(SaverDef::getVersionValue).map(number -> number == 0 ? "LEGACY" : "V" + number);
    }

    /**
     * {@return the number of latest checkpoints that the saver keeps; 0 for all, or if the graph has no definition of
     * the saver}
     */
    public int maxToKeep() {
        return definition.map(SaverDef::getMaxToKeep).orElse(0);
    }

    /** {@return the saved tensors in the order of the graph's ops and of their lists} */
    public List<Entry> saves() {
        return saves;
    }

    /** {@return the restored tensors in the order of the graph's ops and of their lists} */
    public List<Entry> restores() {
        return restores;
    }

    /**
     * {@return the names of the save and restore ops whose lists of names are unknown, because they are not constants}
     */
    public List<String> unknown() {
        return unknown;
    }

    /**
     * One tensor of a save or restore op.
     *
     * @param key the name in the checkpoint
     * @param shapeAndSlice the part of the tensor, in the form that the op takes ({@code 10 3 0,5:0,3}); empty for the
     *     whole tensor
     * @param tensor the tensor that is saved, or the output of the op that restores
     * @param variable the variable that is saved or restored; null if the tensor is not a variable, for example the
     *     keys of a table
     */
    public record Entry(
            String key,
            String shapeAndSlice,
            String tensor,
            @Nullable GraphVariable variable) {}

    /**
     * {@return the saved tensors by variable, usually one entry each; a variable that the saver leaves out is not a
     * key}
     */
    public Map<GraphVariable, List<Entry>> savesByVariable() {
        return byVariable(saves);
    }

    /**
     * {@return the restored tensors by variable, usually one entry each; a variable that the saver leaves out is not a
     * key}
     */
    public Map<GraphVariable, List<Entry>> restoresByVariable() {
        return byVariable(restores);
    }

    private static Map<GraphVariable, List<Entry>> byVariable(List<Entry> entries) {
        Map<GraphVariable, List<Entry>> map = new LinkedHashMap<>();
        for (Entry entry : entries) {
            if (entry.variable != null) {
                map.computeIfAbsent(entry.variable, none -> new ArrayList<>(1)).add(entry);
            }
        }
        return map;
    }

    /** {@return whether the lists are complete; false if names are unknown, or if there are no lists} */
    public boolean isKnown() {
        return unknown.isEmpty() && !(saves.isEmpty() && restores.isEmpty());
    }
}
