package org.tfckpt.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Iterator;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.tfckpt.Checkpoint;
import org.tfckpt.slots.OptimizerSlots;
import org.tfckpt.tensor.TensorInfo;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options that select tensors of a checkpoint: by name, and without slots of optimizers. */
final class SelectionOptions {
    @Mixin
    private NameFilter names = new NameFilter();

    @Option(names = "--no-slots", description = CommonOptions.NO_SLOTS)
    private boolean noSlots;

    SelectionOptions() {}

    boolean withoutSlots() {
        return noSlots;
    }

    /** Returns which tensors of a checkpoint are selected. The predicate throws {@link UncheckedIOException}. */
    Predicate<TensorInfo> of(Checkpoint checkpoint) throws IOException {
        if (!noSlots) {
            return info -> names.accepts(info.name());
        }
        OptimizerSlots slots = OptimizerSlots.of(checkpoint);
        return info -> names.accepts(info.name()) && !isSlot(slots, info);
    }

    private static boolean isSlot(OptimizerSlots slots, TensorInfo info) {
        try {
            return slots.kindOf(info).isOptimizerState();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the selected tensors in the order of their names. */
    Iterator<TensorInfo> iterator(Checkpoint checkpoint) throws IOException {
        // Loading the classes of streams would take longer than listing most checkpoints.
        return names.acceptsAll() && !noSlots
                ? checkpoint.tensorIterator()
                : checkpoint.tensors().filter(of(checkpoint)).iterator();
    }

    /** Fails if patterns select no tensor of the checkpoints: a misspelt one must not look like success. */
    void requireTensors(Checkpoint... checkpoints) throws IOException {
        if (names.included().isEmpty()) {
            return;
        }
        for (Checkpoint checkpoint : checkpoints) {
            if (iterator(checkpoint).hasNext()) {
                return;
            }
        }
        throw nothing(Arrays.stream(checkpoints)
                .map(checkpoint -> "'" + checkpoint + "'")
                .distinct()
                .collect(Collectors.joining(" and ")));
    }

    static IllegalArgumentException nothing(String checkpoints) {
        return new IllegalArgumentException("no tensor of " + checkpoints
                + " is selected; --include selects tensors by name, and 'tfckpt ls' lists them");
    }

    /** Returns the number of bytes of the selected tensors. */
    long bytes(Checkpoint checkpoint) throws IOException {
        long bytes = 0;
        for (Iterator<TensorInfo> tensors = iterator(checkpoint); tensors.hasNext(); ) {
            bytes += Math.max(0, tensors.next().byteSize());
        }
        return bytes;
    }
}
