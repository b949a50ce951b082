package org.tfckpt.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.TensorView;
import org.tfckpt.restore.NameMapping;
import org.tfckpt.slots.OptimizerSlots;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.values.CheckpointDiff;
import org.tfckpt.values.DiffDepth;
import org.tfckpt.values.Differences;
import org.tfckpt.values.Tolerance;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code diff}: compares two checkpoints. */
@Command(
        name = "diff",
        header = "Compare names, shapes, dtypes and values of two checkpoints.",
        description = "Prints what was removed, added, reshaped and changed from A to B; the tensors with the largest"
                + " changes, relative to B, come first. Tensors with equal checksums in both indexes are not read."
                + " Exits with status 1 if the checkpoints differ beyond the tolerance.",
        footer = "Example: tfckpt diff --no-slots log/model.ckpt-100000 log/model.ckpt-122543")
final class DiffCommand extends ToolCommand {
    @Parameters(index = "0", paramLabel = "A", description = "Checkpoint before:" + CommonOptions.FORMS)
    private Path pathA = Path.of("");

    @Parameters(index = "1", paramLabel = "B", description = "Checkpoint after.")
    private Path pathB = Path.of("");

    /** How much is compared. */
    static final class Depth {
        @Option(names = "--names-only", description = "Compare names, shapes and dtypes, but no values.")
        private boolean namesOnly;

        @Option(
                names = "--checksums",
                description = "Compare checksums instead of values. Reads the index files only; tensors without a"
                        + " checksum are not compared.")
        private boolean checksums;

        @Option(names = "--bytes", description = "Read all values, even of tensors with equal checksums.")
        private boolean bytes;

        DiffDepth depth() {
            return namesOnly
                    ? DiffDepth.INDEX
                    : checksums ? DiffDepth.CHECKSUMS : bytes ? DiffDepth.BYTES : DiffDepth.VALUES;
        }
    }

    @ArgGroup
    private Depth depth = new Depth();

    @Option(
            names = "--rtol",
            paramLabel = "NUMBER",
            description = "Relative tolerance (default: 0): a and b are within it if |a - b| <= atol + rtol * |b|.")
    private double rtol;

    @Option(names = "--atol", paramLabel = "NUMBER", description = "Absolute tolerance (default: 0).")
    private double atol;

    @Option(
            names = "--equal-nan",
            negatable = true,
            description = "Whether two NaNs are within the tolerance (default: yes).")
    private @Nullable Boolean equalNan;

    @Option(
            names = "--from",
            paramLabel = "RULE",
            description = "Rewrite a name of A to the name in B, with a sed rule: 's#^init/#input/#' compares init/DW"
                    + " with input/DW. Repeatable, applied in order.")
    private List<String> from = new ArrayList<>();

    @Option(
            names = "--map",
            paramLabel = "FILE",
            description = "Read pairs of names, one per line: 'name in A -> name in B'. Names listed in FILE are not"
                    + " passed through the --from rules.")
    private @Nullable Path map;

    @ArgGroup(validate = false, heading = "%nConversion of A, before names and values are compared:%n")
    private RecipeOptions recipes = new RecipeOptions();

    @Option(
            names = "--limit",
            paramLabel = "N",
            description = "Print at most N tensors of each kind (default: ${DEFAULT-VALUE}); the others are summed up"
                    + " by scope.")
    private int limit = 20;

    @Option(names = "--json", description = "Print one JSON document with all tensors that differ.")
    private boolean json;

    @Option(
            names = {"-q", "--quiet"},
            description = "Print nothing; the exit status tells whether the checkpoints differ.")
    private boolean quiet;

    @Mixin
    private SelectionOptions selection = new SelectionOptions();

    @Mixin
    private ThreadOptions threads = new ThreadOptions();

    @Override
    public Integer call() throws IOException {
        if (limit < 0) {
            throw new IllegalArgumentException("--limit must be at least 0, not " + limit);
        }
        if ((depth.namesOnly || depth.checksums) && (rtol != 0 || atol != 0 || equalNan != null)) {
            throw new IllegalArgumentException("--rtol, --atol and --equal-nan need values, which "
                    + (depth.checksums ? "--checksums" : "--names-only") + " does not read");
        }
        try (Checkpoint stored = open(pathA);
                Checkpoint a = converted(stored);
                Checkpoint b = open(pathB)) {
            selection.requireTensors(a, b);
            Differences differences = compare(a, b);
            reportNotCompared(differences);
            if (json && !quiet) {
                out().json(out -> new DiffJson(out).write(a.prefix(), b.prefix(), differences));
            } else if (!quiet) {
                long parameters = a.tensors()
                        .filter(selection.of(a))
                        .mapToLong(DiffText::parameters)
                        .sum();
                new DiffText(out(), style(), limit).write(differences, parameters);
            }
            return differences.isEqual() ? 0 : 1;
        }
    }

    private Differences compare(Checkpoint a, Checkpoint b) throws IOException {
        Tolerance tolerance = new Tolerance(rtol, atol, equalNan == null || equalNan);
        long total = console.terminal() ? selection.bytes(a) + selection.bytes(b) : 0;
        try (ThreadOptions.Workers workers = threads.workers();
                ProgressLine progress = new ProgressLine(console)) {
            CheckpointDiff diff = CheckpointDiff.DEFAULT
                    .with(depth.depth())
                    .with(tolerance)
                    .with(workers.options().withProgress(done -> progress.onProgress(done, total)))
                    .selecting(selection.of(a), selection.of(b));
            return mapped(diff).compare(a, b);
        }
    }

    private Checkpoint converted(Checkpoint stored) throws IOException {
        if (recipes.words().isEmpty() || !selection.withoutSlots()) {
            return recipes.applyTo(stored, console);
        }
        // A recipe may give slots names that do not tell what they are.
        OptimizerSlots slots = OptimizerSlots.of(stored);
        List<TensorView> others = new ArrayList<>();
        for (Iterator<TensorInfo> tensors = stored.tensorIterator(); tensors.hasNext(); ) {
            TensorInfo info = tensors.next();
            if (!slots.kindOf(info).isOptimizerState()) {
                others.add(new TensorView(info.name(), info, List.of()));
            }
        }
        return recipes.applyTo(stored.view(others), console);
    }

    private CheckpointDiff mapped(CheckpointDiff diff) throws IOException {
        return from.isEmpty() && map == null ? diff : diff.mapping(MappingOptions.sed(pairs(), from));
    }

    /** Reads the map file; it names A first, as that of 'rewrite' names the old checkpoint first. */
    private NameMapping pairs() throws IOException {
        if (map == null) {
            return NameMapping.NONE;
        }
        Map<String, String> ofA = new HashMap<>();
        for (Map.Entry<String, String> pair : NameMapping.readPairs(map).entrySet()) {
            String other = ofA.put(pair.getValue(), pair.getKey());
            if (other != null) {
                throw new CheckpointException(
                        map + ": '" + pair.getValue() + "' is mapped to both '" + other + "' and '" + pair.getKey()
                                + "'",
                        ErrorContext.NONE);
            }
        }
        return NameMapping.pairs(ofA);
    }

    private void reportNotCompared(Differences differences) {
        DamageReport damages = new DamageReport(console::message);
        long without = 0;
        for (Differences.NotCompared tensor : differences.notCompared()) {
            CheckpointException damage = tensor.damage();
            if (damage == null) {
                without++;
            } else {
                damages.add(damage);
            }
        }
        damages.finish("are not compared");
        if (without > 0 && !quiet) {
            console.message("warning: " + Plural.of(without, "tensor") + " not compared: "
                    + (depth.checksums
                            ? "no checksum is stored for the whole tensor; omit --checksums to compare values"
                            : "the dtype is not supported"));
        }
    }
}
