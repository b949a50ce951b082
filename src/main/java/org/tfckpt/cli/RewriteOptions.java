package org.tfckpt.cli;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.FileFormat;
import org.tfckpt.Linking;
import org.tfckpt.Sharding;
import org.tfckpt.edit.ClashPolicy;
import org.tfckpt.edit.Rewrite;
import org.tfckpt.restore.NameMapping;
import org.tfckpt.tensor.DataType;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Options of {@code rewrite} that describe the new checkpoint. */
final class RewriteOptions {
    /** The values of {@code --cast}. */
    enum Floats {
        FLOAT,
        DOUBLE,
        HALF,
        BFLOAT16,
        FLOAT8_E5M2,
        FLOAT8_E4M3FN,
        FLOAT8_E4M3FNUZ,
        FLOAT8_E4M3B11FNUZ,
        FLOAT8_E5M2FNUZ;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The values of {@code --byte-order}. */
    enum Order {
        LITTLE,
        BIG;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The values of {@code --on-clash}. */
    enum OnClash {
        REFUSE,
        FIRST,
        LAST;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The values of {@code --names}. */
    enum Kind {
        FULL;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Which tensors are written, and under which names. */
    private static final class Names {
        @Option(names = "--no-slots", description = CommonOptions.NO_SLOTS)
        private boolean noSlots;

        @Option(
                names = "--rename",
                paramLabel = "RULE",
                description = "Rename tensors with a sed rule from the old name to the new one: 's#^input/#init/#'."
                        + " Repeatable, applied in order.")
        private List<String> rename = new ArrayList<>();

        @Option(
                names = "--map",
                paramLabel = "FILE",
                description = "Read pairs of names, one per line: 'old name -> new name'. Names listed in FILE are not"
                        + " passed through the --rename and --from rules.")
        private @Nullable Path map;

        @Option(
                names = "--names",
                paramLabel = "KIND",
                description = "Name the tensors of a TF2 checkpoint by the names of their variables in a TF1 graph:"
                        + " ${COMPLETION-CANDIDATES}. The object graph and the save counter are dropped. --include and"
                        + " --exclude match old or new names, --rename changes the new ones.")
        private @Nullable Kind kind;

        @Option(
                names = "--on-clash",
                paramLabel = "WHICH",
                defaultValue = "refuse",
                description =
                        "What to do if several checkpoints have a tensor of the same name: fail, or use the first or last"
                                + " one: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
        private OnClash onClash = OnClash.REFUSE;

        void apply(Rewrite.Builder rewrite, boolean isFitted) throws IOException {
            refuse(
                    isFitted && (noSlots || !rename.isEmpty() || kind != null),
                    "--for cannot be combined with --rename, --names or --no-slots: the graph determines names and"
                            + " variables; use --from to map names");
            if (noSlots) {
                rewrite.withoutSlots();
            }
            for (String rule : rename) {
                rewrite.rename(NameMapping.sed(rule));
            }
            if (map != null) {
                rewrite.mapNames(NameMapping.readPairs(map));
            }
            if (kind != null) {
                rewrite.fullNames();
            }
            rewrite.onClash(ClashPolicy.valueOf(onClash.name()));
        }
    }

    /** How values are stored. */
    private static final class Values {
        @Option(names = "--whole", description = "Store partitioned tensors as one piece.")
        private boolean whole;

        @Option(
                names = "--cast",
                paramLabel = "DTYPE",
                description =
                        "Convert all floating-point tensors to DTYPE: ${COMPLETION-CANDIDATES}. Rounds to nearest, ties"
                                + " to even; values that are too large become infinite.")
        private @Nullable Floats cast;

        @Option(
                names = "--byte-order",
                paramLabel = "ORDER",
                description = "Store values in this byte order: ${COMPLETION-CANDIDATES} (default: that of the input).")
        private @Nullable Order order;

        void apply(Rewrite.Builder rewrite, FileFormat format) {
            refuse(
                    order != null && format != FileFormat.V2,
                    "--byte-order applies to checkpoints, not to " + format + ", which is little-endian");
            if (whole) {
                rewrite.joinSlices();
            }
            if (cast != null) {
                rewrite.cast(DataType.valueOf("DT_" + cast.name()));
            }
            if (order != null) {
                rewrite.order(order == Order.BIG ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
            }
        }
    }

    /** The layout of the data files. */
    private static final class DataFiles {
        @Option(
                names = "--shards",
                paramLabel = "N",
                description = "Distribute the values over N data files, 1 to 99999 (default: those of the input; one"
                        + " safetensors file).")
        private @Nullable Integer shards;

        @Option(
                names = "--shard-bytes",
                paramLabel = "BYTES",
                converter = ByteSize.class,
                description = "Start a new data file when the current one would exceed BYTES, for example 5GB."
                        + ByteSize.UNITS)
        private @Nullable Long shardBytes;

        @Option(
                names = "--align",
                paramLabel = "BYTES",
                converter = ByteSize.class,
                defaultValue = "1",
                description = "Start every tensor that is written at a multiple of BYTES (default: ${DEFAULT-VALUE}).")
        private long alignment = 1;

        @Option(
                names = "--link",
                description = "Hard-link every data file that still holds a kept tensor, even if dropped tensors remain"
                        + " in it ('verify' reports them as unused bytes). Default: link only data files that are kept"
                        + " whole.")
        private boolean link;

        @Option(names = "--copy", description = "Copy data files instead of hard-linking them.")
        private boolean copy;

        void apply(Rewrite.Builder rewrite, List<Checkpoint> inputs, boolean salvage, FileFormat format) {
            refuse(
                    format != FileFormat.V2 && (link || copy || alignment != 1),
                    "--link, --copy and --align apply to checkpoints, not to " + format);
            refuse(
                    (format == FileFormat.NPZ || format == FileFormat.NPY) && (shards != null || shardBytes != null),
                    "--shards and --shard-bytes do not apply to " + format + ", which is one file");
            refuse(
                    link && inputs.stream().noneMatch(Checkpoint::canLinkDataFiles),
                    "--link applies to the data files of V2 checkpoints, not to '" + inputs.get(0) + "', which is "
                            + inputs.get(0).format());
            refuse(link && copy, "--link cannot be combined with --copy");
            refuse(shards != null && shardBytes != null, "--shards cannot be combined with --shard-bytes");
            refuse(
                    (link || copy) && (shards != null || shardBytes != null),
                    "--shards and --shard-bytes rewrite the data files, so --link and --copy do not apply");
            refuse(
                    link && salvage,
                    "--link cannot be combined with --salvage: the data files would keep the damaged bytes");
            refuse(alignment < 1, "--align must be at least 1, not " + alignment);
            refuse(alignment > Integer.MAX_VALUE, "--align must be at most 2147483647, not " + alignment);
            rewrite.alignment((int) alignment);
            if (link || copy) {
                rewrite.linking(link ? Linking.REQUIRED : Linking.NEVER);
            }
            if (shards != null) {
                refuse(shards < 1 || shards > 99_999, "--shards must be between 1 and 99999, not " + shards);
                rewrite.sharding(Sharding.ofCount(shards));
            }
            if (shardBytes != null) {
                refuse(shardBytes < 1, "--shard-bytes must be at least 1, not " + shardBytes);
                rewrite.sharding(Sharding.ofMaxBytes(shardBytes));
            }
        }
    }

    /** Other formats, and what they need. */
    private static final class Formats {
        @Option(
                names = "--format",
                paramLabel = "FORMAT",
                description = "Write this format: ${COMPLETION-CANDIDATES} (default: by the suffix of the output,"
                        + " otherwise v2, a checkpoint).")
        private @Nullable FileFormat format;

        @Option(
                names = "--metadata",
                paramLabel = "KEY=VALUE",
                description = "Add an entry to the metadata of a safetensors file, which has format=pt: Hugging Face's"
                        + " loaders require it. Repeatable.")
        private Map<String, String> metadata = new LinkedHashMap<>();

        @Option(names = "--no-metadata", description = "Write no metadata.")
        private boolean noMetadata;

        @Option(
                names = "--strict",
                description = "Fail before anything is written if the format cannot hold a tensor (default: leave such"
                        + " tensors out and report them).")
        private boolean strict;

        void apply(Rewrite.Builder rewrite, FileFormat selected) {
            refuse(
                    selected != FileFormat.SAFETENSORS && (noMetadata || !metadata.isEmpty()),
                    "--metadata and --no-metadata apply to safetensors files, not to " + selected);
            refuse(noMetadata && !metadata.isEmpty(), "--metadata cannot be combined with --no-metadata");
            rewrite.format(selected);
            if (strict) {
                rewrite.strict();
            }
            if (noMetadata) {
                rewrite.metadata(Map.of());
            } else if (!metadata.isEmpty()) {
                Map<String, String> all = new LinkedHashMap<>(Map.of("format", "pt"));
                all.putAll(metadata);
                rewrite.metadata(all);
            }
        }
    }

    private static void refuse(boolean wrong, String message) {
        if (wrong) {
            throw new IllegalArgumentException(message);
        }
    }

    @Option(
            names = "--salvage",
            description = "Keep the intact tensors of a damaged checkpoint. Reads everything first, and reports lost"
                    + " tensors as 'verify' does. The exit status is 1 if any are lost.")
    private boolean salvage;

    @ArgGroup(validate = false, heading = "%nNames:%n")
    private Names names = new Names();

    @ArgGroup(validate = false, heading = "%nFitting to a graph:%n")
    private FitOptions fitting = new FitOptions();

    @ArgGroup(validate = false, heading = "%nValues:%n")
    private Values values = new Values();

    @ArgGroup(validate = false, heading = "%nOther formats:%n")
    private Formats formats = new Formats();

    @ArgGroup(validate = false, heading = "%nOther frameworks (with --for, the graph selects from the result):%n")
    private RecipeOptions recipes = new RecipeOptions();

    @ArgGroup(validate = false, heading = "%nData files:%n")
    private DataFiles dataFiles = new DataFiles();

    RewriteOptions() {}

    @Nullable
    Path graphFile() {
        return fitting.graphFile();
    }

    boolean fills() {
        return fitting.fills();
    }

    FileFormat format(Path output, Console console) {
        return formats.format == null ? OutputPath.format(output, console) : formats.format;
    }

    boolean isSalvage() {
        return salvage;
    }

    Rewrite.Builder apply(
            NameFilter filter, List<Checkpoint> inputs, FitOptions.Opener opener, FileFormat format, Console console)
            throws IOException {
        Rewrite.Builder rewrite = Rewrite.of(inputs).include(filter.included()).exclude(filter.excluded());
        if (salvage) {
            rewrite.salvage();
        }
        names.apply(rewrite, fitting.graphFile() != null);
        fitting.fit(opener, console).ifPresent(rewrite::fitTo);
        fitting.applyMovingAverages(rewrite);
        values.apply(rewrite, format);
        dataFiles.apply(rewrite, inputs, salvage, format);
        formats.apply(rewrite, format);
        rewrite.recipe(recipes.recipe());
        return rewrite;
    }
}
