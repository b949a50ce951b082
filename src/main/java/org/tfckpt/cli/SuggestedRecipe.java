package org.tfckpt.cli;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.edit.Recipe;
import org.tfckpt.restore.Comparison;
import org.tfckpt.restore.SuggestedPlan;
import org.tfckpt.tensor.CheckpointException;

/**
 * What to change so that a restore finds more: a recipe, if one gives the checkpoint the names that are wanted, and a plan.
 *
 * @param name the recipe's name, or null
 * @param comparison the comparison with the checkpoint that the recipe makes
 * @param plan the further changes
 */
record SuggestedRecipe(@Nullable String name, Comparison comparison, SuggestedPlan plan) {
    /** Compares a checkpoint. */
    @FunctionalInterface
    interface Comparing {
        Comparison compare(Checkpoint checkpoint) throws IOException;
    }

    static SuggestedRecipe none(Comparison comparison) {
        return new SuggestedRecipe(null, comparison, SuggestedPlan.of(comparison));
    }

    /** Tries all recipes that come with the library; one must find as many variables as a plan that needs none. */
    static SuggestedRecipe search(SuggestedRecipe none, Checkpoint checkpoint, Comparing comparing) throws IOException {
        SuggestedPlan plan = none.plan;
        if (plan.rules().isEmpty() && plan.transpositions().isEmpty() && plan.isComplete()) {
            return none;
        }
        String best = null;
        Comparison found = none.comparison;
        int most = Math.max(1, plan.comparison().matched().size());
        for (String name : Recipe.names()) {
            try {
                Recipe recipe = Recipe.named(name).orElseThrow();
                Comparison comparison = comparing.compare(recipe.viewOf(checkpoint, note -> {}));
                if (comparison.matched().size() >= most) {
                    best = name;
                    found = comparison;
                    most = comparison.matched().size() + 1;
                }
            } catch (CheckpointException notMeantForIt) {
                // The recipe would give two tensors one name.
            }
        }
        return best == null ? none : new SuggestedRecipe(best, found, SuggestedPlan.of(found));
    }

    /** Returns the option for a shell command line; none if there is no recipe. */
    List<String> words() {
        return name == null ? List.of() : List.of("--recipe " + name);
    }
}
