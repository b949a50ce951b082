package org.tfckpt.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.tfckpt.graph.Graph;
import org.tfckpt.restore.Comparison;
import org.tfckpt.restore.NameKind;
import org.tfckpt.restore.SuggestedExclusion;
import org.tfckpt.restore.SuggestedPlan;
import org.tfckpt.restore.SuggestedRule;
import org.tfckpt.restore.SuggestedTransposition;
import org.tfckpt.restore.Suggestion;
import org.tfckpt.restore.VariableSource;
import org.tfckpt.restore.Wanted;

/** The end of the text form of {@code compare}: the shortest plan that makes the restore work, in forms to be pasted. */
final class CompareAdvice {
    /** Longer code for Python is printed only with --all. */
    private static final int SHOWN = 100;

    private final Output out;
    private final Given given;
    private final Comparison comparison;
    private final SuggestedPlan plan;
    private final List<String> recipe;

    /**
     * What the command was given, as words of a shell command line.
     *
     * @param graphName the graph
     * @param checkpoint the checkpoint
     * @param prefix the prefix of the checkpoint, not quoted
     * @param graph the graph
     * @param selection options that only {@code compare} takes
     * @param format the format of the graph, if it was given
     * @param exclusions options that exclude variables
     * @param mapping the options that map names
     * @param recipes options that change names and axes of the checkpoint first
     */
    record Given(
            String graphName,
            String checkpoint,
            String prefix,
            Graph graph,
            List<String> selection,
            List<String> format,
            List<String> exclusions,
            MappingOptions mapping,
            List<String> recipes) {
        /** Returns whether a saver was selected. */
        boolean isOfSaver() {
            return selection.stream().anyMatch(word -> word.startsWith("--saver"));
        }
    }

    CompareAdvice(Output out, Given given, SuggestedRecipe suggested) {
        this.out = out;
        this.given = given;
        this.comparison = suggested.comparison();
        this.plan = suggested.plan();
        this.recipe = suggested.words();
    }

    void write(boolean all) throws IOException {
        if (plan.comparison().matched().isEmpty()) {
            if (!comparison.variables().isEmpty()) {
                out.text("\nno variable of the graph is found: the checkpoint probably belongs to another model\n");
            }
            return;
        }
        boolean partial = given.graph.isPartial();
        boolean changes = !comparison.isComplete() || !recipe.isEmpty();
        if (!changes && isPlainRestore()) {
            out.text(partial ? "" : "\nthe checkpoint fits: a restore finds every variable\n");
            return;
        }
        Options options = changes ? suggestions() : new Options(List.of(), List.of());
        if (changes) {
            conclusion();
            command(
                    List.of("tfckpt compare"),
                    given.selection,
                    given.format,
                    given.exclusions,
                    given.mapping.words(),
                    given.recipes,
                    options.exclusions,
                    options.rules,
                    List.of(given.graphName, given.checkpoint));
        }
        if (partial) {
            return;
        }
        if (!given.isOfSaver()) {
            rewrite(options);
        }
        if (isRestore()) {
            python(all);
        }
    }

    /** Returns whether TensorFlow can restore the checkpoint as it is: it cannot transpose. */
    private boolean isRestore() {
        return given.recipes.isEmpty()
                && recipe.isEmpty()
                && plan.transpositions().isEmpty();
    }

    /** Returns whether TensorFlow restores by the names that were compared. */
    private boolean isPlainRestore() {
        boolean byKey = comparison.names().filter(kind -> kind != NameKind.KEY).isEmpty();
        return given.exclusions.isEmpty()
                && given.mapping.words().isEmpty()
                && given.recipes.isEmpty()
                && (given.isOfSaver() || given.selection.isEmpty())
                && (byKey || !given.graph.isEager());
    }

    /** Options to add: those that exclude variables, and those that give tensors other names and shapes. */
    private record Options(List<String> exclusions, List<String> rules) {}

    /** Prints what the options do, and returns them. */
    private Options suggestions() throws IOException {
        List<String> exclusions = new ArrayList<>();
        List<String> rules = new ArrayList<>();
        out.text("\nsuggestions:\n");
        for (String option : recipe) {
            out.line("  " + option + "   finds " + variables(comparison.matched()));
        }
        for (SuggestedRule rule : plan.rules()) {
            String does = rule.found().isEmpty() ? "is the first step" : "finds " + variables(rule.found());
            suggest(rules, "--from", rule.rule(), does);
        }
        rules.addAll(recipe);
        for (SuggestedTransposition transposition : plan.transpositions()) {
            String does = "gives " + variables(transposition.variables()) + " the right shape"
                    + (transposition.unchanged() == 0
                            ? ""
                            : " (and transposes " + transposition.unchanged() + " whose shape does not show it)");
            suggest(rules, "--transpose", transposition.rule(), does);
        }
        if (plan.withoutSlots()) {
            exclusions.add("--no-slots");
            out.line("  --no-slots   leaves out the state of optimizers");
        }
        for (SuggestedExclusion exclusion : plan.exclusions()) {
            suggest(exclusions, "--exclude", exclusion.pattern(), "leaves out " + variables(exclusion.excluded()));
        }
        return new Options(exclusions, rules);
    }

    private void suggest(List<String> options, String option, String value, String does) throws IOException {
        String word = option + " " + MappingOptions.quoted(value);
        options.add(word);
        out.line("  " + word + "   " + does);
    }

    private static String variables(Collection<?> variables) {
        return Plural.of(variables.size(), "variable");
    }

    private void conclusion() throws IOException {
        Comparison result = plan.comparison();
        int open = result.variables().size()
                - result.matched().size()
                - result.excluded().size();
        Set<Wanted> excluded =
                result.excluded().stream().map(VariableSource::wanted).collect(Collectors.toSet());
        long similar = comparison.missing().stream()
                .filter(source -> excluded.contains(source.wanted()))
                .filter(source -> comparison.suggestions().of(source).stream().anyMatch(Suggestion::fits))
                .count();
        if (similar > 0) {
            out.line("  " + Plural.of(similar, "variable") + " left out: the checkpoint has similar names that could"
                    + " fit, see above; use --map to restore from them");
        }
        if (open > 0) {
            out.line("with these options, " + Plural.of(open, "variable") + (open == 1 ? " is" : " are")
                    + " still not found");
        }
        out.text("to restore the " + variables(result.matched()) + " found"
                + (given.graph.isPartial() ? ", of those that the error names" : "") + ":\n");
    }

    @SafeVarargs
    private void command(List<String>... words) throws IOException {
        List<String> all = new ArrayList<>();
        for (List<String> some : words) {
            all.addAll(some);
        }
        out.line("  " + String.join(" ", all));
    }

    private void rewrite(Options options) throws IOException {
        boolean restores = isRestore();
        List<String> target = new ArrayList<>(List.of(
                restores ? "tfckpt rewrite" : "tfckpt convert",
                given.checkpoint,
                "-o " + (restores ? "PREFIX" : "FILE.safetensors"),
                "--for",
                given.graphName));
        target.addAll(given.recipes);
        target.addAll(given.format);
        List<String> exclusions = new ArrayList<>();
        if (plan.withoutSlots() || given.selection.contains("--no-slots")) {
            // There is no option of this name with --for.
            exclusions.addAll(
                    MappingOptions.words("--exclude", plan.notRestored().orElse(List.of())));
        } else {
            exclusions.addAll(given.exclusions);
            exclusions.addAll(options.exclusions);
        }
        out.text(
                restores
                        ? "to write a checkpoint with the names of the graph:\n"
                        : "to write a file with the names and shapes of the graph:\n");
        List<String> mapping = given.mapping.words();
        List<String> partial = plan.isComplete() ? List.of() : List.of("--partial");
        command(target, exclusions, mapping, options.rules, partial);
        if (plan.comparison().matched().size() < plan.comparison().variables().size()) {
            out.text("to write a complete one, with the rest from NEW, a checkpoint of the new model:\n");
            boolean resize = !comparison.shapeMismatches().isEmpty()
                    || !plan.comparison().shapeMismatches().isEmpty()
                    || comparison.missing().stream()
                            .anyMatch(source -> comparison.suggestions().of(source).stream()
                                    .anyMatch(suggestion -> !suggestion.fits()));
            String rest = "--fill-from NEW" + (resize ? " --resize" : "");
            command(target, mapping, options.rules, List.of(rest));
        }
    }

    private void python(boolean all) throws IOException {
        List<String> rules = new ArrayList<>(given.mapping.rules());
        plan.rules().forEach(rule -> rules.add(rule.rule()));
        List<String> code = new RestoreInPython(plan, given.prefix, given.graph.isEager()).lines(rules);
        out.text("in Python:\n");
        if (code.size() > SHOWN && !all) {
            out.line("  (" + code.size() + " lines; --all prints them)");
            return;
        }
        for (String line : code) {
            out.line(line.isEmpty() ? "" : "  " + line);
        }
    }
}
