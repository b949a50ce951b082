package org.tfckpt.cli;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.Linking;
import org.tfckpt.Sharding;
import org.tfckpt.edit.Clash;
import org.tfckpt.edit.Rewrite;
import org.tfckpt.restore.NameMapping;
import org.tfckpt.tensor.DataType;
import picocli.CommandLine.Option;

/** What becomes of tensors and of their data files. */
final class RewriteOptions {
    /** Floats by their short names. */
    enum Floats {
        FLOAT(DataType.DT_FLOAT),
        DOUBLE(DataType.DT_DOUBLE),
        HALF(DataType.DT_HALF),
        BFLOAT16(DataType.DT_BFLOAT16);

        private final DataType dtype;

        Floats(DataType dtype) {
            this.dtype = dtype;
        }

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Byte orders. */
    enum Order {
        LITTLE,
        BIG;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Clashes in lower case. */
    enum Names {
        REFUSE,
        FIRST,
        LAST;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Option(
            names = "--salvage",
            description =
                    "Keep what is intact of a damaged checkpoint. Everything is read first; what is lost is told as"
                            + " 'verify' tells it, and makes the exit code 1.")
    private boolean salvage;

    @Option(
            names = "--no-slots",
            description = "Leave out what optimizers keep beside the model. Moving averages stay.")
    private boolean noSlots;

    @Option(
            names = "--rename",
            paramLabel = "RULE",
            description = "From the old name to the new one, as a rule of sed's: 's#^input/#init/#'. Repeatable,"
                    + " applied in order.")
    private List<String> rename = new ArrayList<>();

    @Option(
            names = "--map",
            paramLabel = "FILE",
            description = "Lines 'name in the checkpoint -> name wanted'. Rules do not see what stands here.")
    private @Nullable Path map;

    @Option(
            names = "--for",
            paramLabel = "GRAPH",
            description = "Keep what this graph wants, under the names that it wants.")
    private @Nullable Path graph;

    @Option(
            names = "--from",
            paramLabel = "RULE",
            description =
                    "With --for: from the graph's name to the name in the checkpoint that it comes from, as a rule"
                            + " of sed's: 's#^init/#input/#'. Repeatable, applied in order.")
    private List<String> from = new ArrayList<>();

    @Option(names = "--tags", split = ",", paramLabel = "TAG", description = "Which graph of a SavedModel of several.")
    private @Nullable List<String> tags;

    @Option(
            names = "--partial",
            description = "With --for: keep what there is, even if the graph wants more than that.")
    private boolean partial;

    @Option(
            names = "--on-clash",
            paramLabel = "WHO",
            defaultValue = "refuse",
            description = "Which of several checkpoints gives a tensor that several have: ${COMPLETION-CANDIDATES}.")
    private Names clash = Names.REFUSE;

    @Option(names = "--whole", description = "Store partitioned tensors whole.")
    private boolean whole;

    @Option(
            names = "--cast",
            paramLabel = "DTYPE",
            description = "Store all floats as ${COMPLETION-CANDIDATES}: rounded to the nearest, ties to even; what is"
                    + " too large becomes infinite.")
    private @Nullable Floats cast;

    @Option(names = "--shards", paramLabel = "N", description = "Spread the values over so many data files.")
    private @Nullable Integer shards;

    @Option(
            names = "--shard-bytes",
            paramLabel = "N",
            description = "Begin a new data file where one would pass so many bytes.")
    private @Nullable Long shardBytes;

    @Option(
            names = "--align",
            paramLabel = "BYTES",
            description = "Begin every tensor at a multiple of so many bytes, in data files that are written anew.")
    private int alignment = 1;

    @Option(
            names = "--byte-order",
            paramLabel = "ORDER",
            description = "Store values in another byte order: ${COMPLETION-CANDIDATES}.")
    private @Nullable Order order;

    @Option(
            names = "--link",
            description = "Link every data file of which something is kept as it is, and nothing else: bytes of dropped"
                    + " tensors stay in them, and 'verify' will name them.")
    private boolean link;

    @Option(names = "--copy", description = "Copy data files that would be linked.")
    private boolean copy;

    RewriteOptions() {}

    @Nullable
    Path graphFile() {
        return graph;
    }

    boolean isSalvage() {
        return salvage;
    }

    Rewrite.Builder apply(NameFilter filter, List<Checkpoint> inputs) throws IOException {
        Rewrite.Builder rewrite = Rewrite.of(inputs).include(filter.included()).exclude(filter.excluded());
        if (salvage) {
            rewrite.salvage();
        }
        names(rewrite);
        if (clash == Names.FIRST || clash == Names.LAST) {
            rewrite.onClash(clash == Names.FIRST ? Clash.FIRST : Clash.LAST);
        }
        if (whole) {
            rewrite.whole();
        }
        if (cast != null) {
            rewrite.cast(cast.dtype);
        }
        if (order != null) {
            rewrite.order(order == Order.BIG ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        }
        files(rewrite);
        return rewrite;
    }

    private void names(Rewrite.Builder rewrite) throws IOException {
        if (noSlots) {
            rewrite.withoutSlots();
        }
        for (String rule : rename) {
            rewrite.rename(NameMapping.sed(rule));
        }
        if (map != null) {
            rewrite.pairs(NameMapping.readPairs(map));
        }
        if (graph == null && (partial || !from.isEmpty() || tags != null)) {
            throw new IllegalArgumentException("--from, --partial and --tags go with --for; from a checkpoint's old"
                    + " names to new ones leads --rename");
        }
        if (graph != null) {
            if (!rename.isEmpty() || noSlots) {
                throw new IllegalArgumentException(
                        "--for keeps what the graph wants, under its names; which names these"
                                + " come from is said by --from and --map, and neither --rename nor --no-slots goes with it");
            }
            NameMapping mapping = NameMapping.NONE;
            for (String rule : from) {
                mapping = mapping.then(NameMapping.sed(rule));
            }
            rewrite.fitTo(GraphCommand.open(graph, tags), mapping);
        }
        if (partial) {
            rewrite.partially();
        }
    }

    private void files(Rewrite.Builder rewrite) {
        rewrite.alignment(alignment);
        if (link && copy) {
            throw new IllegalArgumentException("--link and --copy contradict each other");
        }
        if (shards != null && shardBytes != null) {
            throw new IllegalArgumentException("--shards and --shard-bytes contradict each other");
        }
        if (link || copy) {
            rewrite.linking(link ? Linking.REQUIRED : Linking.NEVER);
        }
        if (shards != null) {
            rewrite.sharding(Sharding.ofCount(shards));
        }
        if (shardBytes != null) {
            rewrite.sharding(Sharding.ofMaxBytes(shardBytes));
        }
    }
}
