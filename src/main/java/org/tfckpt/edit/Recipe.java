package org.tfckpt.edit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.tfckpt.Checkpoint;
import org.tfckpt.TensorView;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.restore.NameMapping;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.NamePattern;
import org.tfckpt.tensor.TensorInfo;

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
    /** A recipe without rules. */
    public static final Recipe NONE = new Recipe("");

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
     * Returns this recipe followed by another one.
     *
     * @param next the other recipe
     * @return the rules of both
     */
    public Recipe then(Recipe next) {
        Recipe both = new Recipe(text + (text.isEmpty() || text.endsWith("\n") ? "" : "\n") + next.text);
        both.excludes.addAll(excludes);
        both.excludes.addAll(next.excludes);
        both.axes.addAll(axes);
        both.axes.addAll(next.axes);
        both.rename = next.isRenaming() ? rename.then(next.rename) : rename;
        return both;
    }

    /**
     * Returns this recipe followed by a rule that changes the order of axes.
     *
     * @param rule the part of the rule after the word {@code transpose}, as in {@link Rewrite.Builder#transpose(String)}
     * @return the longer recipe
     * @throws IllegalArgumentException if the rule does not have this form
     */
    public Recipe transpose(String rule) {
        return transpose(Axes.parse(rule));
    }

    Recipe transpose(Axes rule) {
        Recipe next = new Recipe("transpose " + rule);
        next.axes.add(rule);
        return then(next);
    }

    /**
     * Applies the rules to a checkpoint without writing a new one.
     *
     * @param checkpoint an open checkpoint, which must stay open while the view is used
     * @param notes receives a sentence for each rule that does not match any tensor
     * @return the view, as {@link Checkpoint#view} describes it. The object graph is part of it unless a tensor is renamed
     * @throws CheckpointException if two tensors would have the same name
     * @throws IOException if the index cannot be read
     */
    public Checkpoint viewOf(Checkpoint checkpoint, Consumer<String> notes) throws IOException {
        return checkpoint.view(views(checkpoint, Optional::of, notes));
    }

    /** Returns the tensors as the rules change them; {@code value} returns the tensor whose value replaces another. */
    List<TensorView> views(
            Checkpoint checkpoint, Function<TensorInfo, Optional<TensorInfo>> value, Consumer<String> notes)
            throws IOException {
        List<TensorView> views = new ArrayList<>();
        List<Axes> idle = new ArrayList<>(axes);
        Optional<TensorInfo> objects = Optional.empty();
        boolean renamed = false;
        for (Iterator<TensorInfo> all = checkpoint.tensorIterator(); all.hasNext(); ) {
            TensorInfo tensor = all.next();
            boolean isExcluded = excludes.stream().anyMatch(pattern -> pattern.test(tensor.name()));
            Optional<TensorInfo> source = isExcluded ? Optional.empty() : value.apply(tensor);
            if (tensor.name().equals(ObjectKeys.OBJECT_GRAPH)) {
                objects = source;
            } else if (source.isPresent()) {
                String name = rename.apply(tensor.name());
                renamed |= !name.equals(tensor.name());
                idle.removeIf(rule -> rule.appliesTo(tensor, name));
                views.add(new TensorView(name, source.get(), Axes.of(axes, tensor, name)));
            }
        }
        if (!renamed && isRenaming()) {
            notes.accept("no tensor is renamed by the rules: " + rename);
        }
        idle.forEach(rule -> notes.accept(rule.idle()));
        if (!renamed && objects.isPresent()) {
            views.add(new TensorView(ObjectKeys.OBJECT_GRAPH, objects.get(), List.of()));
        }
        return views;
    }

    boolean isEmpty() {
        return excludes.isEmpty() && axes.isEmpty() && !isRenaming();
    }

    private boolean isRenaming() {
        return !rename.equals(NameMapping.NONE);
    }

    /** {@return the names of the recipes that come with this library, for example {@code bert}} */
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

    /** {@return the text of the recipe: the rules and comments} */
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

    /** {@return the first line of the text, which describes the recipe, without the mark of a comment} */
    @Override
    public String toString() {
        return text.lines().findFirst().orElse("").replaceFirst("^#\\s*", "");
    }
}
