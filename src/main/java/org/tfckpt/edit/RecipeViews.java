package org.tfckpt.edit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.tfckpt.Checkpoint;
import org.tfckpt.TensorView;

/** The inputs of a rewrite as a recipe changes them, before a graph selects tensors from them. */
final class RecipeViews {
    private final List<Checkpoint> checkpoints = new ArrayList<>();
    private final List<Map<String, TensorView>> byName = new ArrayList<>();

    private RecipeViews() {}

    /** Applies the recipe and the moving averages of a request to its inputs. */
    static RecipeViews of(Recipe recipe, Specification spec, Consumer<String> notes) throws IOException {
        RecipeViews views = new RecipeViews();
        MovingAverages averages = spec.averages();
        Set<String> idle = null;
        for (Checkpoint checkpoint : spec.inputs()) {
            int input = views.checkpoints.size();
            Set<String> found = new LinkedHashSet<>();
            List<TensorView> tensors = recipe.views(
                    checkpoint,
                    tensor -> averages == null
                            ? Optional.of(tensor)
                            : averages.isAverage(input, tensor)
                                    ? Optional.empty()
                                    : Optional.of(averages.valueOf(input, tensor)),
                    found::add);
            if (idle == null) {
                idle = found;
            } else {
                idle.retainAll(found);
            }
            Map<String, TensorView> named = new HashMap<>();
            tensors.forEach(tensor -> named.put(tensor.name(), tensor));
            views.byName.add(named);
            views.checkpoints.add(checkpoint.view(tensors));
        }
        if (idle != null) {
            idle.forEach(notes);
        }
        return views;
    }

    List<Checkpoint> checkpoints() {
        return checkpoints;
    }

    /** Returns a tensor that was selected from a view, as one of the checkpoint itself. */
    RewrittenTensor original(RewrittenTensor tensor) {
        TensorView view = tensor.input() < byName.size()
                ? byName.get(tensor.input()).get(tensor.source().name())
                : null;
        return view == null ? tensor : tensor.from(view.source(), view.axes());
    }
}
