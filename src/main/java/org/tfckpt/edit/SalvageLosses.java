package org.tfckpt.edit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.tfckpt.Checkpoint;
import org.tfckpt.Salvage;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.TensorNames;

/** The losses in damaged checkpoints. */
final class SalvageLosses {
    /** The highest byte, as it is represented in names. */
    private static final String LAST_BYTE = TensorNames.decode(new byte[] {(byte) 0xff});

    private final List<Checkpoint> damaged;
    private final List<Salvage> salvages = new ArrayList<>();

    /** Reads and checks all values. */
    SalvageLosses(List<Checkpoint> damaged) throws IOException {
        this.damaged = damaged;
        for (Checkpoint checkpoint : damaged) {
            salvages.add(Salvage.of(checkpoint));
        }
    }

    List<Checkpoint> intact() {
        return salvages.stream().map(Salvage::intact).toList();
    }

    /** Returns whether there are no problems at all. Otherwise data files may contain bytes of no tensor. */
    boolean isSpotless(int input) {
        Salvage salvage = salvages.get(input);
        return salvage.lost().isEmpty() && salvage.harmless().isEmpty();
    }

    /** Returns the names of lost tensors, as far as they are known. */
    Stream<String> names(int input) {
        return salvages.get(input).lost().stream().map(Problem::tensor).filter(Objects::nonNull);
    }

    boolean isComplete(int input) {
        return salvages.get(input).lost().isEmpty();
    }

    Stream<Problem> problems() {
        return salvages.stream().flatMap(salvage -> salvage.lost().stream());
    }

    List<String> notes(boolean withObjects) throws IOException {
        List<String> notes = new ArrayList<>();
        for (int input = 0; input < damaged.size(); input++) {
            int harmless = salvages.get(input).harmless().size();
            if (harmless > 0) {
                notes.add("'" + damaged.get(input) + "' has " + harmless
                        + (harmless == 1 ? " problem that affects" : " problems that affect")
                        + " no tensor (see 'tfckpt verify'); the new checkpoint has none");
            }
            if (withObjects
                    && salvages.get(input)
                            .intact()
                            .find(ObjectKeys.OBJECT_GRAPH)
                            .isEmpty()) {
                noteObjects(input, notes);
            }
        }
        return notes;
    }

    private void noteObjects(int input, List<String> notes) throws IOException {
        String lost = "lost: the new checkpoint can only be restored by name";
        if (isUnknown(input, ObjectKeys.OBJECT_GRAPH)) {
            notes.add("if '" + damaged.get(input) + "' had an object graph, it is " + lost);
        } else if (damaged.get(input).find(ObjectKeys.OBJECT_GRAPH).isPresent()) {
            notes.add("the object graph of '" + damaged.get(input) + "' is " + lost);
        }
    }

    /** Returns whether the part of the index that would contain a name is damaged. */
    private boolean isUnknown(int input, String name) throws IOException {
        try {
            damaged.get(input).find(name);
            return false;
        } catch (DataLossException e) {
            return true;
        }
    }

    /** Returns whether there may have been a tensor whose name starts with {@code beginning}. */
    boolean mayHaveHad(int input, String beginning) throws IOException {
        return isUnknown(input, beginning) || isUnknown(input, beginning + LAST_BYTE);
    }
}
