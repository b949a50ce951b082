package org.tfckpt.cli;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.tfckpt.edit.Recipe;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code recipes}: lists the recipes for {@code --recipe}. */
@Command(
        name = "recipes",
        header = "List the recipes for 'convert --recipe'.",
        description =
                "Prints one line per recipe that comes with the tool, or the rules of one. Save and change them to"
                        + " convert other models.",
        footer = "Example: tfckpt recipes bert")
final class RecipesCommand extends ToolCommand {
    @Parameters(index = "0", arity = "0..1", paramLabel = "NAME", description = "Recipe to print.")
    private @Nullable String name;

    @Override
    public Integer call() throws IOException {
        if (name != null) {
            out().text(Recipe.named(name)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "there is no recipe '" + name + "'; 'tfckpt recipes' lists them"))
                    .text());
            return 0;
        }
        for (String known : Recipe.names()) {
            out().line(known + "  " + Recipe.named(known).orElseThrow());
        }
        return 0;
    }
}
