package org.tfckpt.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
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

    static final String GRAPH_FORMAT = "--graph-format ";

    private final Output out;
    private final Given given;
    private final Comparison comparison;
    private final SuggestedPlan plan;
    private final List<String> recipe;

    /**
     * What the command was given, quoted for a shell.
     *
     * @param graph the graph
     * @param checkpoint the checkpoint
     * @param prefix the prefix of the checkpoint, not quoted
     * @param selection options that only {@code compare} takes
     * @param exclusions options that select variables, which rewrite takes, too
     * @param mapping options
     * @param rules the rules among these options, not quoted
     * @param recipes options that change names and axes of the checkpoint first
     * @param savers whether a saver was selected
     * @param eager whether the variables are those of a program that runs eagerly
     * @param partial whether the graph may have more variables
     */
    record Given(
            String graph,
            String checkpoint,
            String prefix,
            List<String> selection,
            List<String> exclusions,
            List<String> mapping,
            List<String> rules,
            List<String> recipes,
            boolean savers,
            boolean eager,
            boolean partial) {}

    CompareAdvice(Output out, Given given, Comparison comparison, SuggestedPlan plan, List<String> recipe) {
        this.out = out;
        this.given = given;
        this.comparison = comparison;
        this.plan = plan;
        this.recipe = recipe;
    }

    void write(boolean all) throws IOException {
        if (plan.comparison().matched().isEmpty()) {
            if (!comparison.variables().isEmpty()) {
                out.text("\nno variable of the graph is found: the checkpoint probably belongs to another model\n");
            }
            return;
        }
        boolean changes = !comparison.isComplete() || !recipe.isEmpty();
        if (!changes && isPlainRestore()) {
            out.text(given.partial ? "" : "\nthe checkpoint fits: a restore finds every variable\n");
            return;
        }
        List<String> options = changes ? suggestions() : List.of();
        if (changes) {
            conclusion();
            command(
                    "tfckpt compare",
                    given.selection,
                    given.exclusions,
                    given.mapping,
                    given.recipes,
                    options,
                    List.of(given.graph, given.checkpoint));
        }
        if (given.partial) {
            return;
        }
        if (!given.savers) {
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
        return given.exclusions.stream().allMatch(option -> option.startsWith(GRAPH_FORMAT))
                && given.mapping.isEmpty()
                && given.recipes.isEmpty()
                && (given.savers || given.selection.isEmpty())
                && (byKey || !given.eager);
    }

    /** Prints what the options do, and returns them. */
    private List<String> suggestions() throws IOException {
        List<String> exclusions = new ArrayList<>();
        List<String> rules = new ArrayList<>();
        if (plan.withoutSlots()) {
            exclusions.add("--no-slots");
        }
        out.text("\nsuggestions:\n");
        List<String> rewriting = new ArrayList<>(recipe);
        for (String option : recipe) {
            out.line(
                    "  " + option + "   finds " + Plural.of(comparison.matched().size(), "variable"));
        }
        for (SuggestedRule rule : plan.rules()) {
            rules.add("--from " + MappingOptions.quoted(rule.rule()));
            out.line("  " + rules.get(rules.size() - 1)
                    + (rule.found().isEmpty()
                            ? "   is the first step"
                            : "   finds " + Plural.of(rule.found().size(), "variable")));
        }
        for (SuggestedTransposition transposition : plan.transpositions()) {
            rewriting.add("--transpose " + MappingOptions.quoted(transposition.rule()));
            out.line("  " + rewriting.get(rewriting.size() - 1) + "   gives "
                    + Plural.of(transposition.variables().size(), "variable") + " the right shape"
                    + (transposition.unchanged() == 0
                            ? ""
                            : " (and transposes " + transposition.unchanged() + " whose shape does not show it)"));
        }
        if (plan.withoutSlots()) {
            out.line("  --no-slots   leaves out the state of optimizers");
        }
        for (SuggestedExclusion exclusion : plan.exclusions()) {
            String option = "--exclude " + MappingOptions.quoted(exclusion.pattern());
            exclusions.add(option);
            out.line("  " + option + "   leaves out "
                    + Plural.of(exclusion.excluded().size(), "variable"));
        }
        exclusions.addAll(rules);
        exclusions.addAll(rewriting);
        return exclusions;
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
        out.text("to restore the " + Plural.of(result.matched().size(), "variable") + " found"
                + (given.partial ? ", of those that the error names" : "") + ":\n");
    }

    @SafeVarargs
    private void command(String name, List<String>... words) throws IOException {
        List<String> all = new ArrayList<>(List.of(name));
        for (List<String> some : words) {
            all.addAll(some);
        }
        out.line("  " + String.join(" ", all));
    }

    private void rewrite(List<String> options) throws IOException {
        List<String> rules = options.stream()
                .filter(option -> option.startsWith("--from")
                        || option.startsWith("--recipe")
                        || option.startsWith("--transpose"))
                .toList();
        boolean restores = isRestore();
        String command = restores ? "tfckpt rewrite" : "tfckpt convert";
        List<String> target = new ArrayList<>(
                List.of(given.checkpoint, "-o " + (restores ? "PREFIX" : "FILE.safetensors"), "--for", given.graph));
        target.addAll(given.recipes);
        boolean slots = plan.withoutSlots() || given.selection.contains("--no-slots");
        List<String> exclusions = new ArrayList<>(given.exclusions);
        if (slots) {
            exclusions.removeIf(option -> !option.startsWith(GRAPH_FORMAT));
            for (String glob : plan.notRestored().orElse(List.of())) {
                exclusions.add("--exclude " + MappingOptions.quoted(glob));
            }
        } else {
            options.stream().filter(option -> option.startsWith("--exclude")).forEach(exclusions::add);
        }
        out.text(
                restores
                        ? "to write a checkpoint with the names of the graph:\n"
                        : "to write a file with the names and shapes of the graph:\n");
        List<String> partial = plan.isComplete() ? List.of() : List.of("--partial");
        command(command, target, exclusions, given.mapping, rules, partial);
        if (plan.comparison().matched().size() < plan.comparison().variables().size()) {
            out.text("to write a complete one, with the rest from NEW, a checkpoint of the new model:\n");
            boolean resize = !comparison.shapeMismatches().isEmpty()
                    || !plan.comparison().shapeMismatches().isEmpty()
                    || comparison.missing().stream()
                            .anyMatch(source -> comparison.suggestions().of(source).stream()
                                    .anyMatch(suggestion -> !suggestion.fits()));
            command(
                    command,
                    target,
                    given.exclusions.stream()
                            .filter(option -> option.startsWith(GRAPH_FORMAT))
                            .toList(),
                    given.mapping,
                    rules,
                    List.of("--fill-from NEW"),
                    resize ? List.of("--resize") : List.of());
        }
    }

    private void python(boolean all) throws IOException {
        List<String> rules = new ArrayList<>(given.rules);
        plan.rules().forEach(rule -> rules.add(rule.rule()));
        List<String> code = new RestoreInPython(plan, given.prefix, given.eager).lines(rules);
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
