package org.tfckpt;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.tfckpt.format.IntactTensors;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.ProblemKind;

/**
 * What of a damaged checkpoint is intact, as a checkpoint, and what is lost.
 *
 * <pre>{@code
 * try (Checkpoint damaged = Checkpoint.open(Path.of("log/model.ckpt-122543"), ReadOptions.DEFAULT.withoutMapping())) {
 *   Salvage salvage = Salvage.of(damaged);
 *   salvage.lost().forEach(System.err::println);
 *   System.out.println(salvage.intact().tensors().count() + " tensors are intact");
 * }
 * }</pre>
 *
 * <p>A tensor is intact if {@link Checkpoint#verify} finds nothing wrong with it: its entry agrees with itself, its bytes
 * are there and have their checksum, and so have those of all its slices, if it is partitioned. Where a block of the index
 * is damaged the tensors of that block are lost, and their names are not known; those of the other blocks are not.
 *
 * <p>What cannot be salvaged from cannot be opened either: a checkpoint whose index has lost its footer, its index block or
 * its first block, which holds the header. There would be nothing to prove the byte order and the version by. Of V1 it is
 * the first block with the list of slices; a file of a sharded set can be opened alone. An object graph that is intact
 * byte for byte and yet none is lost, too.
 */
public final class Salvage {
    private final Checkpoint intact;
    private final List<Problem> lost;
    private final List<Problem> harmless;

    private Salvage(Checkpoint intact, List<Problem> lost, List<Problem> harmless) {
        this.intact = intact;
        this.lost = List.copyOf(lost);
        this.harmless = List.copyOf(harmless);
    }

    /**
     * Reads everything, as {@link Checkpoint#verify} does, and keeps apart what is intact. Memory: an entry a tensor,
     * whatever their sizes.
     *
     * @param checkpoint open; it stays the caller's to close. {@linkplain ReadOptions#withoutMapping() Without mapping}
     *     a file that is cut off meanwhile is a finding
     * @return what was found
     * @throws IOException if the disk fails; damage is no exception
     */
    public static Salvage of(Checkpoint checkpoint) throws IOException {
        List<Problem> lost = new ArrayList<>();
        List<Problem> harmless = new ArrayList<>();
        IntactTensors tensors = IntactTensors.of(checkpoint.reader(), checkpoint.prefix(), lost::add, harmless::add);
        Checkpoint intact = checkpoint.with(tensors);
        try {
            intact.objectGraph();
        } catch (CheckpointException e) {
            tensors.remove(ObjectKeys.OBJECT_GRAPH);
            lost.add(new Problem(
                    checkpoint.prefix(),
                    -1,
                    ObjectKeys.OBJECT_GRAPH,
                    e instanceof DataLossException damage ? damage.kind() : ProblemKind.ENTRY,
                    e.problem()));
        }
        return new Salvage(intact, lost, harmless);
    }

    /**
     * The intact tensors, as a checkpoint that has no others. It reads the files of the damaged one, and only as long as
     * that is open; closing it closes none of them, and to verify it is to verify the damaged one.
     *
     * @return the checkpoint
     */
    public Checkpoint intact() {
        return intact;
    }

    /**
     * What is lost: a tensor, or a block of the index with all its entries. A tensor may be there more than once.
     *
     * @return the problems, in the order of the files; none if every tensor is intact
     */
    public List<Problem> lost() {
        return lost;
    }

    /**
     * What else {@link Checkpoint#verify} finds, and what costs no tensor: bytes of no tensor, keys out of order, a footer
     * that holds too much.
     *
     * @return the problems
     */
    public List<Problem> harmless() {
        return harmless;
    }
}
