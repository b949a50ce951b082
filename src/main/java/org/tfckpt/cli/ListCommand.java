package org.tfckpt.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.io.Closeables;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorSlice;
import org.tfckpt.values.Duplicates;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code ls}: lists the tensors of a checkpoint. */
@Command(
        name = "ls",
        header = "List the tensors of a checkpoint.",
        description = "Prints one line per tensor, sorted by name: name, dtype and shape.",
        footer = "Example: tfckpt ls -l --include 'input/**' log/model.ckpt-122543")
final class ListCommand extends ToolCommand {
    /** The values of {@code --sort}. */
    enum Sort {
        NAME,
        SIZE;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Parameters(
            paramLabel = "CHECKPOINT",
            arity = "1..*",
            description = "Checkpoint to list:" + CommonOptions.FORMS + " With --duplicates, several.")
    List<Path> paths = List.of();

    @Option(
            names = "-l",
            description = "Also print size in bytes, shard and offset, or the slices of a partitioned tensor.")
    private boolean details;

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    @Option(names = "--tree", description = "Print a tree of scopes with their totals.")
    private boolean tree;

    @Option(
            names = "--duplicates",
            description = "Print groups of tensors with equal values, dtypes and shapes, and how much space the copies"
                    + " take. Only tensors whose checksums are equal are read.")
    private boolean duplicates;

    @Option(
            names = "--sort",
            paramLabel = "ORDER",
            defaultValue = "name",
            description =
                    "Sort by ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}); 'size' prints the largest first.")
    private Sort sort = Sort.NAME;

    @Option(
            names = "--summary",
            negatable = true,
            description = "Print the number of tensors, parameters and bytes on standard error (default: only on a"
                    + " terminal).")
    private @Nullable Boolean summary;

    @Mixin
    private SelectionOptions selection = new SelectionOptions();

    @Override
    public Integer call() throws IOException {
        if (duplicates) {
            if (details || tree || sort != Sort.NAME) {
                throw new IllegalArgumentException(
                        "--duplicates cannot be combined with -l, --tree or --sort: groups are printed by size");
            }
            return writeDuplicates();
        }
        if (paths.size() > 1) {
            throw new IllegalArgumentException("unexpected argument '" + paths.get(1)
                    + "': only --duplicates takes several checkpoints; try 'tfckpt ls --help'");
        }
        ListTotals totals = new ListTotals();
        try (Checkpoint checkpoint = open(paths.get(0))) {
            Iterator<TensorInfo> tensors = chosen(checkpoint);
            if (json) {
                out().json(out -> new ListJson(out, checkpoint).write(tensors, totals));
            } else if (tree) {
                ListTree.write(out(), tensors, totals);
            } else {
                while (tensors.hasNext()) {
                    TensorInfo info = tensors.next();
                    totals.add(info);
                    out().line(details ? info + details(info) : info.toString());
                }
            }
        }
        if (summary == null ? console.terminal() : summary) {
            out().close();
            console.err().println(totals);
        }
        return 0;
    }

    private int writeDuplicates() throws IOException {
        DamageReport damage = new DamageReport(console::message);
        List<Checkpoint> checkpoints = new ArrayList<>();
        try (ThreadOptions.Workers workers = new ThreadOptions().workers()) {
            Map<Checkpoint, Predicate<TensorInfo>> selected = new HashMap<>();
            for (Path path : paths) {
                Checkpoint checkpoint = open(path);
                checkpoints.add(checkpoint);
                selected.put(checkpoint, selection.of(checkpoint));
            }
            ListDuplicates found = new ListDuplicates(
                    Duplicates.find(
                            checkpoints,
                            (checkpoint, info) -> Objects.requireNonNull(selected.get(checkpoint))
                                    .test(info),
                            workers.options(),
                            damage::add),
                    paths.size() > 1);
            if (json) {
                found.writeJson(out());
            } else {
                found.writeText(out());
            }
        } finally {
            Closeables.closeAll(checkpoints);
        }
        damage.finish("are in no group");
        return damage.isEmpty() ? 0 : 1;
    }

    private Iterator<TensorInfo> chosen(Checkpoint checkpoint) throws IOException {
        return sort == Sort.NAME
                ? selection.iterator(checkpoint)
                : checkpoint
                        .tensors()
                        .filter(selection.of(checkpoint))
                        .sorted(Comparator.comparingLong(TensorInfo::byteSize).reversed())
                        .iterator();
    }

    private static String details(TensorInfo info) {
        StringBuilder text = new StringBuilder(info.byteSize() < 0 ? "" : "  bytes=" + info.byteSize());
        TensorInfo.Storage storage = info.storage();
        if (storage != null) {
            text.append("  shard=").append(storage.shard()).append("  offset=").append(storage.offset());
        }
        String separator = "  slices=";
        for (TensorSlice slice : info.slices()) {
            text.append(separator).append(slice);
            separator = ";";
        }
        return text.toString();
    }
}
