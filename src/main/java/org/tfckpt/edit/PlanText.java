package org.tfckpt.edit;

import java.io.IOException;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.tfckpt.Checkpoint;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;

/** Describes a plan as text. */
final class PlanText {
    private final RewritePlan plan;
    private final Consumer<String> lines;

    private PlanText(RewritePlan plan, Consumer<String> lines) {
        this.plan = plan;
        this.lines = lines;
    }

    static void write(RewritePlan plan, Consumer<String> lines) throws IOException {
        PlanText text = new PlanText(plan, lines);
        plan.tensors().forEach(tensor -> lines.accept("  " + tensor));
        for (int input = 0; input < plan.spec().inputs().size(); input++) {
            text.dropped(input);
        }
        plan.inputs().forEach(text::files);
    }

    private void dropped(int input) throws IOException {
        Set<String> kept = new HashSet<>();
        for (RewrittenTensor tensor : plan.tensors()) {
            if (tensor.input() == input) {
                kept.add(tensor.source().name());
            }
        }
        Checkpoint checkpoint = plan.inputs().get(input).checkpoint();
        for (Iterator<TensorInfo> all = checkpoint.tensorIterator(); all.hasNext(); ) {
            TensorInfo tensor = all.next();
            if (!kept.contains(tensor.name())) {
                lines.accept("- " + TensorNames.printable(tensor.toString()));
            }
        }
    }

    private void files(DataFilePlan input) {
        Set<Integer> shards = new TreeSet<>(input.shards());
        shards.addAll(input.written().keySet());
        for (int shard : shards) {
            int count = input.written().getOrDefault(shard, List.of()).size();
            String file = shard == DataFilePlan.NO_SHARD
                    ? ""
                    : ", data file " + shard + " of " + input.checkpoint().shardCount();
            lines.accept(TensorNames.printable(input.checkpoint() + file) + ": " + outcome(input, shard, count));
        }
        int duplicates = input.duplicates().size();
        if (duplicates > 0) {
            lines.accept(tensors(duplicates) + " stored again under other names");
        }
    }

    private String outcome(DataFilePlan input, int shard, int count) {
        if (!input.linked().contains(shard)) {
            return count == 0 ? "dropped" : tensors(count) + " written";
        }
        String linked = switch (plan.spec().form().linking()) {
            case NEVER -> "copied";
            case REQUIRED -> "linked";
            case PREFERRED -> "linked, or copied if it cannot be linked";
        };
        return linked + (count == 0 ? "" : ", " + tensors(count) + " written");
    }

    private static String tensors(int count) {
        return count + (count == 1 ? " tensor" : " tensors");
    }
}
