package org.tfckpt.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.graph.Graph;
import org.tfckpt.graph.GraphSaver;
import org.tfckpt.restore.Comparison;
import org.tfckpt.restore.NameKind;
import org.tfckpt.restore.RestorePlan;
import org.tfckpt.tensor.NamePattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code compare}: compares the variables of a graph with the tensors of a checkpoint. */
@Command(
        name = "compare",
        header = "Compare the variables of a graph with a checkpoint.",
        description = "Reports which variables are found in the checkpoint, missing, or of another shape or dtype, and"
                + " which tensors are unused, and suggests renames. The exit status is 1 unless every wanted"
                + " variable is found with its shape and dtype.",
        footer = "Example: tfckpt compare --exclude 'aux/**' --from 's#^init/#input/#' changed.meta log")
final class CompareCommand extends ToolCommand {
    @Parameters(
            index = "0",
            paramLabel = "GRAPH",
            description = "Graph whose variables are wanted: see 'graph --help'.")
    private Path graph = Path.of("");

    @Parameters(index = "1", paramLabel = "CHECKPOINT", description = "Checkpoint to search:" + CommonOptions.FORMS)
    private Path path = Path.of("");

    @Option(
            names = "--exclude",
            paramLabel = "GLOB",
            converter = NameFilter.Converter.class,
            description = "Ignore variables of the graph whose names match. Repeatable.")
    private List<NamePattern> exclude = new ArrayList<>();

    @Mixin
    private MappingOptions mapping = new MappingOptions();

    @Mixin
    private RecipeOptions recipes = new RecipeOptions();

    @Option(
            names = "--no-slots",
            description = "Ignore variables of the graph that are state of an optimizer, such as Adam's moments.")
    private boolean noSlots;

    @Mixin
    private SaverOption saver = new SaverOption();

    @Option(
            names = "--names",
            paramLabel = "KIND",
            description = "Names of an object-based graph or checkpoint to compare: ${COMPLETION-CANDIDATES}"
                    + " (default: the kind with the most matches).")
    private @Nullable NameKind names;

    @Option(names = "--tags", split = ",", paramLabel = "TAG", description = GraphArgument.TAGS)
    private @Nullable List<String> tags;

    @Option(names = "--graph-format", paramLabel = "FORMAT", description = GraphArgument.FORMAT)
    private GraphArgument.@Nullable Format format;

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    @Option(names = "--all", description = "Also list matched variables, and do not shorten the lists.")
    private boolean all;

    @Override
    public Integer call() throws IOException {
        try (Checkpoint file = open(path)) {
            Checkpoint checkpoint = recipes.applyTo(file, console);
            Graph opened = GraphArgument.open(graph, tags, format, console);
            Optional<GraphSaver> selected = saver.of(opened);
            Comparison comparison = compare(checkpoint, opened, selected);
            SuggestedRecipe none = SuggestedRecipe.none(comparison);
            SuggestedRecipe suggested = recipes.words().isEmpty()
                    ? SuggestedRecipe.search(none, checkpoint, view -> compare(view, opened, selected))
                    : none;
            if (json) {
                out().json(out -> new CompareJson(out, comparison).write(suggested, opened.isPartial()));
            } else {
                List<String> notes = selected.isPresent() ? List.of() : saverNotes(checkpoint, opened, comparison);
                new CompareText(out(), style(), comparison).write(all, notes);
                new CompareAdvice(out(), given(checkpoint, opened), suggested).write(all);
            }
            return comparison.isComplete() ? 0 : 1;
        }
    }

    private Comparison compare(Checkpoint checkpoint, Graph opened, Optional<GraphSaver> selected) throws IOException {
        RestorePlan.Builder plan = RestorePlan.from(checkpoint).exclude(exclude).mapping(mapping.mapping());
        if (selected.isPresent()) {
            plan.saver(selected.get());
        } else {
            plan.graph(opened);
        }
        if (noSlots) {
            plan.withoutSlots();
        }
        if (names != null) {
            plan.names(names);
        }
        return plan.build().comparison();
    }

    /** Returns a note if the graph has more variables than its own saver restores, and not all of them are found. */
    private List<String> saverNotes(Checkpoint checkpoint, Graph opened, Comparison whole) throws IOException {
        Optional<GraphSaver> own = opened.savers().stream().findFirst().filter(GraphSaver::isKnown);
        if (own.isEmpty() || whole.isComplete()) {
            return List.of();
        }
        Comparison restored = compare(checkpoint, opened, own);
        int wanted = restored.variables().size();
        if (wanted == 0 || wanted >= whole.variables().size()) {
            return List.of();
        }
        int found = restored.matched().size() + restored.excluded().size();
        return List.of("the graph's own saver restores only " + wanted + " of these variables, "
                + (found == wanted ? "all found" : "of which " + found + (found == 1 ? " is found" : " are found"))
                + "; use --saver to compare only what it restores");
    }

    /** Returns the arguments of this call, to be repeated in the suggested commands. */
    private CompareAdvice.Given given(Checkpoint checkpoint, Graph opened) {
        List<String> options = new ArrayList<>(saver.words());
        if (noSlots) {
            options.add("--no-slots");
        }
        if (names != null) {
            options.add("--names " + names);
        }
        return new CompareAdvice.Given(
                MappingOptions.quoted(graph.toString()),
                MappingOptions.quoted(path.toString()),
                checkpoint.prefix(),
                opened,
                options,
                format == null ? List.of() : List.of("--graph-format " + format),
                MappingOptions.words("--exclude", exclude),
                mapping,
                recipes.words());
    }
}
