package org.tfckpt.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.tfckpt.edit.Recipe;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code recipes}: lists the recipes for {@code --recipe}. */
@Command(
        name = "recipes",
        header = "List the recipes for 'convert --recipe'.",
        description =
                "Prints one line per recipe that comes with the tool, or the rules of one. Save and change them to"
                        + " convert other models.",
        footer = {"", "Example: tfckpt recipes bert", "", CommonOptions.EXIT_STATUS})
final class RecipesCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(index = "0", arity = "0..1", paramLabel = "NAME", description = "Recipe to print.")
    private @Nullable String name;

    @Mixin
    @SuppressWarnings("UnusedVariable") // read by picocli
    private CommonOptions common = new CommonOptions();

    RecipesCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        if (name != null) {
            console.out()
                    .text(Recipe.named(name)
                            .orElseThrow(() -> new IllegalArgumentException(
                                    "there is no recipe '" + name + "'; 'tfckpt recipes' lists them"))
                            .text());
            return 0;
        }
        for (String known : Recipe.names()) {
            console.out().line(known + "  " + Recipe.named(known).orElseThrow());
        }
        return 0;
    }
}
