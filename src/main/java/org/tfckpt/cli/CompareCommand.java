package org.tfckpt.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.restore.Comparison;
import org.tfckpt.restore.RestorePlan;
import org.tfckpt.tensor.NamePattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code compare}: what comes from where. */
@Command(
        name = "compare",
        description =
                "Compares the variables of a graph with the tensors of a checkpoint: what comes from where, what is"
                        + " missing, of another shape or dtype, or unused; with likely renames, ready to paste. Exit code 1 unless"
                        + " every wanted variable is found with its shape and dtype.",
        footer = {
            "",
            "Example: tfckpt compare --exclude 'aux/**' --from 's#^init/#input/#' changed.meta log/model.ckpt-122543"
        })
final class CompareCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(index = "0", paramLabel = "GRAPH", description = "Whose variables are wanted.")
    private Path graph = Path.of("");

    @Parameters(index = "1", paramLabel = "CHECKPOINT", description = "Where they may come from.")
    private Path path = Path.of("");

    @Option(
            names = "--exclude",
            paramLabel = "GLOB",
            converter = NameFilter.Converter.class,
            description = "Variables of the graph that are not wanted. Repeatable.")
    private List<NamePattern> exclude = new ArrayList<>();

    @Mixin
    private MappingOptions mapping = new MappingOptions();

    @Option(names = "--tags", split = ",", paramLabel = "TAG", description = "Which graph of a SavedModel of several.")
    private @Nullable List<String> tags;

    @Option(names = "--json", description = "One JSON document.")
    private boolean json;

    @Option(names = "--all", description = "Also list what is matched.")
    private boolean all;

    @Mixin
    private CommonOptions common = new CommonOptions();

    CompareCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() throws IOException {
        try (Checkpoint checkpoint = Checkpoint.open(path, common.readOptions())) {
            Comparison comparison = RestorePlan.from(checkpoint)
                    .graph(GraphCommand.open(graph, tags))
                    .exclude(exclude)
                    .mapping(mapping.mapping())
                    .build()
                    .comparison();
            if (json) {
                CompareJson.write(console.out(), comparison);
            } else {
                new CompareText(console.out(), common.style(console), comparison).write(all, given());
            }
            return comparison.isComplete() ? 0 : 1;
        }
    }

    /** The arguments of this call, to be repeated with what is suggested. */
    private CompareText.Given given() {
        List<String> excluded = exclude.stream()
                .map(pattern -> "--exclude " + MappingOptions.quoted(pattern.toString()))
                .toList();
        return new CompareText.Given(
                MappingOptions.quoted(graph.toString()),
                MappingOptions.quoted(path.toString()),
                excluded,
                mapping.words());
    }
}
