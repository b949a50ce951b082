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
 * Separates the intact tensors of a damaged checkpoint from the lost ones.
 *
 * <pre>{@code
 * try (Checkpoint damaged = Checkpoint.open(Path.of("log/model.ckpt-122543"), ReadOptions.DEFAULT.withoutMapping())) {
 *   Salvage salvage = Salvage.of(damaged);
 *   salvage.lost().forEach(System.err::println);
 *   System.out.println(salvage.intact().tensors().count() + " tensors are intact");
 * }
 * }</pre>
 *
 * <p>A tensor is intact if {@link Checkpoint#verify} finds no problem with it: its entry is consistent, its bytes exist
 * and match their checksum, and the same holds for all slices of a partitioned tensor. If a block of the index is
 * damaged, the tensors in that block are lost and their names are unknown; those in other blocks are not affected. An
 * object graph that cannot be parsed is also lost, even if it matches its checksum.
 *
 * <p>Nothing can be salvaged from a checkpoint that cannot be opened because the footer, the index block or the first
 * block of its index is damaged: the first block contains the header, without which byte order and version are unknown.
 * In V1 the first block contains the list of slices; each file of a sharded V1 checkpoint can be opened on its own.
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
     * Reads and checks everything, as {@link Checkpoint#verify} does. Keeps one entry per tensor in memory, but no
     * values.
     *
     * @param checkpoint an open checkpoint; the caller closes it. Open it
     *     {@linkplain ReadOptions#withoutMapping() without mapping}, so that a file that is truncated meanwhile is
     *     reported as a problem
     * @return the intact checkpoint and the problems
     * @throws IOException if the disk fails; damage is not an exception
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
     * {@return a checkpoint that has only the intact tensors} It reads the files of the damaged checkpoint, which must
     * stay open; closing it closes no file. Verifying it verifies the damaged checkpoint.
     */
    public Checkpoint intact() {
        return intact;
    }

    /**
     * {@return the problems that make tensors, or blocks of the index with all their entries, unreadable, in the order
     * of the files; empty if every tensor is intact} A tensor may occur more than once.
     */
    public List<Problem> lost() {
        return lost;
    }

    /**
     * {@return the problems found by {@link Checkpoint#verify} that do not affect any tensor: bytes that belong to no
     * tensor, keys out of order, extra bytes in a footer}
     */
    public List<Problem> harmless() {
        return harmless;
    }
}
