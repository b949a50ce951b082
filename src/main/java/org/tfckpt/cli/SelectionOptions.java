package org.tfckpt.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import java.util.function.Predicate;
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

    /** Returns the number of bytes of the selected tensors. */
    long bytes(Checkpoint checkpoint) throws IOException {
        long bytes = 0;
        for (Iterator<TensorInfo> tensors = iterator(checkpoint); tensors.hasNext(); ) {
            bytes += Math.max(0, tensors.next().byteSize());
        }
        return bytes;
    }
}
