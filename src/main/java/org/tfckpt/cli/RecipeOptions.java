package org.tfckpt.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.edit.Recipe;
import picocli.CommandLine.Option;

/** Options that change names and axes of a checkpoint before anything else is done with it. */
final class RecipeOptions {
    @Option(
            names = "--recipe",
            paramLabel = "FILE",
            description = "Apply the rules in FILE, or those of a recipe that 'tfckpt recipes' lists: 'exclude GLOB',"
                    + " 'rename RULE', 'transpose GLOB[=AXES]', one per line.")
    private @Nullable Path file;

    @Option(
            names = "--transpose",
            paramLabel = "GLOB[=AXES]",
            description = "Swap the last two axes of the tensors whose old or new names match, or give their axes"
                    + " another order: 'conv*/kernel=3,2,0,1'. Axes of size 1 that are not listed are dropped; tensors"
                    + " without these axes are not changed. Repeatable, the last rule counts.")
    private List<String> transpose = new ArrayList<>();

    RecipeOptions() {}

    Recipe recipe() throws IOException {
        Recipe recipe = file == null ? Recipe.NONE : recipe(file);
        for (String rule : transpose) {
            recipe = recipe.transpose(rule);
        }
        return recipe;
    }

    /** Returns the checkpoint with the changes; the checkpoint itself if there are none. */
    Checkpoint applyTo(Checkpoint checkpoint, Console console) throws IOException {
        return words().isEmpty() ? checkpoint : recipe().viewOf(checkpoint, console::message);
    }

    /** Returns these options as words of a shell command line. */
    List<String> words() {
        List<String> words = MappingOptions.words("--recipe", file == null ? List.of() : List.of(file));
        words.addAll(MappingOptions.words("--transpose", transpose));
        return words;
    }

    private static Recipe recipe(Path path) throws IOException {
        if (Files.exists(path)) {
            return Recipe.read(path);
        }
        Optional<Recipe> known = Recipe.named(path.toString());
        return known.orElseThrow(() -> new IllegalArgumentException("there is no file '" + path
                + "', and no recipe of this name; 'tfckpt recipes' lists those that come with the tool"));
    }
}
