package org.tfckpt.cli;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.edit.Recipe;
import org.tfckpt.restore.Comparison;
import org.tfckpt.restore.SuggestedPlan;
import org.tfckpt.tensor.CheckpointException;

/**
 * The recipe that gives a checkpoint the names that are wanted, if one does.
 *
 * @param name its name, or null
 * @param comparison the comparison with the checkpoint that it makes, or null
 */
record SuggestedRecipe(@Nullable String name, @Nullable Comparison comparison) {
    static final SuggestedRecipe NONE = new SuggestedRecipe(null, null);

    /** Compares a checkpoint. */
    @FunctionalInterface
    interface Comparing {
        Comparison compare(Checkpoint checkpoint) throws IOException;
    }

    /** Tries all recipes that come with the library; one must find as many variables as a plan that needs none. */
    static SuggestedRecipe search(SuggestedPlan plan, Checkpoint checkpoint, Comparing comparing) throws IOException {
        SuggestedRecipe best = NONE;
        if (plan.rules().isEmpty() && plan.transpositions().isEmpty() && plan.isComplete()) {
            return best;
        }
        int most = Math.max(1, plan.comparison().matched().size());
        for (String name : Recipe.names()) {
            Optional<Comparison> comparison = compare(Recipe.named(name).orElseThrow(), checkpoint, comparing);
            int found = comparison.map(result -> result.matched().size()).orElse(0);
            if (found >= most) {
                best = new SuggestedRecipe(name, comparison.get());
                most = found + 1;
            }
        }
        return best;
    }

    private static Optional<Comparison> compare(Recipe recipe, Checkpoint checkpoint, Comparing comparing)
            throws IOException {
        try {
            return Optional.of(comparing.compare(recipe.viewOf(checkpoint, note -> {})));
        } catch (CheckpointException e) {
            // The recipe would give two tensors one name: it is not meant for this checkpoint.
            return Optional.empty();
        }
    }

    SuggestedPlan planOr(SuggestedPlan plan) {
        return comparison == null ? plan : SuggestedPlan.of(comparison);
    }

    Comparison comparisonOr(Comparison other) {
        return comparison == null ? other : comparison;
    }

    /** Returns the option for a shell command line; none if there is no recipe. */
    List<String> words() {
        return name == null ? List.of() : List.of("--recipe " + name);
    }
}
