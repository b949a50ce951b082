package org.tfckpt.edit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tfckpt.restore.NameMapping;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.NamePattern;

/**
 * Rules that convert the checkpoints of a family of models, as text with one rule per line:
 *
 * <pre>
 * # a comment
 * exclude GLOB
 * rename s/OLD/NEW/
 * transpose GLOB
 * transpose GLOB=AXES
 * </pre>
 *
 * <p>The rules have the meaning of {@link Rewrite.Builder#exclude}, {@link NameMapping#sed} and
 * {@link Rewrite.Builder#transpose}; renames are applied in their order. {@code AXES} is a list such as {@code 3,2,0,1}.
 * Immutable.
 */
public final class Recipe {
    private static final long MAX_SIZE = 1 << 20;

    private final String text;
    private final List<NamePattern> excludes = new ArrayList<>();
    private final List<Axes> axes = new ArrayList<>();
    private NameMapping rename = NameMapping.NONE;

    private Recipe(String text) {
        this.text = text;
    }

    /**
     * Parses a recipe.
     *
     * @param text the rules
     * @return the recipe
     * @throws IllegalArgumentException if a line is not a rule; the message names the line
     */
    public static Recipe parse(String text) {
        Recipe recipe = new Recipe(text);
        int number = 0;
        for (String line : text.lines().toList()) {
            number++;
            String rule = line.strip();
            if (!rule.isEmpty() && !rule.startsWith("#")) {
                try {
                    recipe.add(rule);
                } catch (IllegalArgumentException e) {
                    throw new IllegalArgumentException(
                            "line " + number + " of the recipe, '" + rule + "': " + e.getMessage(), e);
                }
            }
        }
        return recipe;
    }

    private void add(String rule) {
        String[] words = rule.split("\\s+", 2);
        if (words.length < 2) {
            throw new IllegalArgumentException("a rule is 'exclude GLOB', 'rename RULE' or 'transpose GLOB[=AXES]'");
        }
        switch (words[0]) {
            case "exclude" -> excludes.add(NamePattern.of(words[1]));
            case "rename" -> rename = rename.then(NameMapping.sed(words[1]));
            case "transpose" -> axes.add(Axes.parse(words[1]));
            default ->
                throw new IllegalArgumentException(
                        "'" + words[0] + "' is not a rule; rules are 'exclude', 'rename' and 'transpose'");
        }
    }

    /**
     * Reads a recipe from a file.
     *
     * @param file the file, in UTF-8
     * @return the recipe
     * @throws IllegalArgumentException as {@link #parse}
     * @throws IOException if the file cannot be read
     */
    public static Recipe read(Path file) throws IOException {
        if (Files.size(file) > MAX_SIZE) {
            throw new CheckpointException(
                    "a recipe has at most " + MAX_SIZE + " bytes", ErrorContext.at(file.toString(), -1));
        }
        return parse(Files.readString(file));
    }

    /**
     * Returns the names of the recipes that come with this library.
     *
     * @return the names, for example {@code bert}
     */
    public static List<String> names() {
        return List.copyOf(Recipes.ALL.keySet());
    }

    /**
     * Returns a recipe that comes with this library.
     *
     * @param name its name
     * @return the recipe; empty if there is none
     */
    public static Optional<Recipe> named(String name) {
        return Optional.ofNullable(Recipes.ALL.get(name)).map(Recipe::parse);
    }

    /**
     * Returns the text of the recipe.
     *
     * @return the rules and comments
     */
    public String text() {
        return text;
    }

    List<NamePattern> excludes() {
        return excludes;
    }

    List<Axes> axes() {
        return axes;
    }

    NameMapping rename() {
        return rename;
    }

    /**
     * Returns the first line of the text, which describes the recipe.
     *
     * @return the line, without the mark of a comment
     */
    @Override
    public String toString() {
        return text.lines().findFirst().orElse("").replaceFirst("^#\\s*", "");
    }
}
