package org.tfckpt.edit;

import java.io.IOException;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.tfckpt.Checkpoint;
import org.tfckpt.Linking;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;

/** A plan as text. */
final class PlanText {
    private final Specification wanted;
    private final Consumer<String> lines;

    private PlanText(Specification wanted, Consumer<String> lines) {
        this.wanted = wanted;
        this.lines = lines;
    }

    static void write(
            Specification wanted, List<RewrittenTensor> tensors, List<InputLayout> inputs, Consumer<String> lines)
            throws IOException {
        PlanText text = new PlanText(wanted, lines);
        for (RewrittenTensor tensor : tensors) {
            lines.accept("  " + tensor);
        }
        for (int input = 0; input < inputs.size(); input++) {
            text.dropped(input, tensors);
        }
        for (InputLayout input : inputs) {
            text.files(input);
        }
    }

    private void dropped(int input, List<RewrittenTensor> tensors) throws IOException {
        Set<String> taken = new HashSet<>();
        for (RewrittenTensor tensor : tensors) {
            if (tensor.input() == input) {
                taken.add(tensor.source().name());
            }
        }
        Checkpoint checkpoint = wanted.inputs.get(input);
        for (Iterator<TensorInfo> all = checkpoint.tensorIterator(); all.hasNext(); ) {
            TensorInfo tensor = all.next();
            if (!taken.contains(tensor.name())) {
                lines.accept("- " + TensorNames.printable(tensor.toString()));
            }
        }
    }

    private void files(InputLayout input) {
        Set<Integer> shards = new java.util.TreeSet<>(input.shards());
        shards.addAll(input.copied().keySet());
        for (int shard : shards) {
            List<RewrittenTensor> tensors = input.copied().getOrDefault(shard, List.of());
            String name = input.checkpoint()
                    + (shard == InputLayout.NO_SHARD
                            ? ""
                            : ", data file " + shard + " of "
                                    + input.checkpoint().shardCount());
            lines.accept(TensorNames.printable(name) + ": " + fate(input, shard, tensors.size()));
        }
        if (!input.others().isEmpty()) {
            lines.accept(input.others().size() + " tensors stored once more, for their further names");
        }
    }

    private String fate(InputLayout input, int shard, int count) {
        String written = count + (count == 1 ? " tensor" : " tensors") + " written anew";
        if (input.whole().contains(shard)) {
            return (wanted.linking == Linking.NEVER
                            ? "copied whole"
                            : wanted.linking == Linking.REQUIRED ? "linked" : "linked, or copied where it cannot be")
                    + (count == 0 ? "" : ", " + written);
        }
        return count == 0 ? "left out" : written;
    }
}
