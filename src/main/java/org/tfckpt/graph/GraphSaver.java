package org.tfckpt.graph;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A saver of a graph: which variable its save ops write under which name, and from which name its restore ops fill which
 * variable. Where variables were renamed or left out, this is the truth.
 *
 * <p>The lists come from the constants that the ops {@code SaveV2}, {@code RestoreV2} and their older kin take. In a TF2
 * SavedModel these ops are inside functions, and the lists are empty: there {@link Graph#checkpointKeys} tells.
 *
 * @param filenameTensor the tensor that takes the checkpoint's name, {@code save/Const:0}
 * @param saveTensor the tensor that saves; nothing if the graph has the ops of the saver but no definition of it
 * @param restoreOp the op that restores; nothing likewise
 * @param sharded whether every device writes a file of its own
 * @param version the format that it writes: {@code V1}, {@code V2}, {@code LEGACY}; nothing likewise
 * @param maxToKeep how many checkpoints it keeps, 0 for all or where the graph does not say
 * @param saves what is saved, in the order of the graph's ops and of their lists
 * @param restores what is restored, likewise
 * @param unknown save and restore ops whose names are not in the graph, since something else than a constant feeds them
 */
public record GraphSaver(
        String filenameTensor,
        Optional<String> saveTensor,
        Optional<String> restoreOp,
        boolean sharded,
        Optional<String> version,
        int maxToKeep,
        List<Entry> saves,
        List<Entry> restores,
        List<String> unknown) {
    /**
     * The same with lists that nobody else can change.
     *
     * @param filenameTensor the tensor that takes the name
     * @param saveTensor the tensor that saves
     * @param restoreOp the op that restores
     * @param sharded whether there are several files
     * @param version the format
     * @param maxToKeep how many are kept
     * @param saves what is saved
     * @param restores what is restored
     * @param unknown ops whose names are unknown
     */
    public GraphSaver {
        saves = List.copyOf(saves);
        restores = List.copyOf(restores);
        unknown = List.copyOf(unknown);
    }

    /**
     * One tensor of a save or restore op.
     *
     * @param key the name in the checkpoint
     * @param shapeAndSlice which part of it, as the op takes it ({@code 10 3 0,5:0,3}); empty for the whole tensor
     * @param tensor the tensor that is saved, or the output of the op that restores
     * @param variable the variable that the tensor comes from, or goes to; null if it is none (the keys of a table, say)
     */
    public record Entry(
            String key,
            String shapeAndSlice,
            String tensor,
            @Nullable GraphVariable variable) {}

    /**
     * What is saved of each variable.
     *
     * @return one entry a variable as a rule; a variable that the saver leaves out is not a key
     */
    public Map<GraphVariable, List<Entry>> savesByVariable() {
        return byVariable(saves);
    }

    /**
     * What each variable is restored from.
     *
     * @return one entry a variable as a rule; a variable that the saver leaves out is not a key
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

    /**
     * Whether the lists are all there is.
     *
     * @return false if names are unknown, or there are no lists at all
     */
    public boolean isKnown() {
        return unknown.isEmpty() && !(saves.isEmpty() && restores.isEmpty());
    }
}
