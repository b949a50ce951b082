package org.tfckpt.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.network.util.JavaUtils;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.connector.read.Batch;
import org.apache.spark.sql.connector.read.InputPartition;
import org.apache.spark.sql.connector.read.PartitionReader;
import org.apache.spark.sql.connector.read.PartitionReaderFactory;
import org.apache.spark.sql.connector.read.Statistics;
import org.apache.spark.sql.connector.read.SupportsReportStatistics;
import org.apache.spark.sql.sources.Filter;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import org.jspecify.annotations.Nullable;
import org.tfckpt.values.PartialScan;

/** A query of a table: finds the checkpoints once, and divides them among tasks. */
final class CheckpointScan implements SupportsReportStatistics, Batch {
    /** The smallest tensor that is worth dividing. */
    private static final long MIN_LARGE = 16L << 20;
    /** Rows of tensors take more memory than their entries in an index, which is compressed by prefixes. */
    private static final int ROW_FACTOR = 4;

    private final SourceOptions options;
    private final StructType schema;
    private final List<Filter> filters;
    private final boolean readsValues;
    private final Configuration configuration;
    private final Broadcast<SerializableConfiguration> broadcast;
    private @Nullable List<Target> targets;
    private InputPartition @Nullable [] partitions;

    CheckpointScan(SourceOptions options, StructType schema, List<Filter> filters) {
        this.options = options;
        this.schema = schema;
        this.filters = filters;
        this.readsValues = options.table().readsValues(Set.of(schema.fieldNames()));
        SparkSession spark = SparkSession.active();
        this.configuration = options.configuration(spark);
        this.broadcast = SerializableConfiguration.broadcast(spark.sparkContext(), configuration);
    }

    @Override
    public StructType readSchema() {
        return schema;
    }

    @Override
    public String description() {
        return "tfckpt " + options.table() + " of " + String.join(", ", options.paths()) + ", PushedFilters: " + filters
                + (readsValues ? "" : ", values are not read");
    }

    @Override
    public Batch toBatch() {
        return this;
    }

    @Override
    public ColumnarSupportMode columnarSupportMode() {
        return ColumnarSupportMode.UNSUPPORTED;
    }

    private synchronized List<Target> targets() {
        List<Target> found = targets;
        if (found == null) {
            try {
                found = CheckpointFinder.find(options.paths(), configuration).stream()
                        .filter(target -> NameFilters.accept(
                                filters, column -> column.equals("checkpoint") ? target.uri() : null))
                        .toList();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            targets = found;
        }
        return found;
    }

    private long bytes(Target target) {
        return readsValues ? target.bytes() : target.indexBytes();
    }

    @Override
    public Statistics estimateStatistics() {
        boolean values = options.table() == TableKind.VALUES;
        long bytes = targets().stream()
                .mapToLong(target -> values ? target.bytes() : ROW_FACTOR * target.indexBytes())
                .sum();
        return new Statistics() {
            @Override
            public OptionalLong sizeInBytes() {
                return OptionalLong.of(bytes);
            }

            @Override
            public OptionalLong numRows() {
                return OptionalLong.empty();
            }
        };
    }

    @Override
    public synchronized InputPartition[] planInputPartitions() {
        InputPartition[] planned = partitions;
        if (planned == null) {
            planned = plan();
            partitions = planned;
        }
        return planned.clone();
    }

    private InputPartition[] plan() {
        JavaSparkContext spark =
                JavaSparkContext.fromSparkContext(SparkSession.active().sparkContext());
        long openCost = setting("spark.sql.files.openCostInBytes");
        long total =
                targets().stream().mapToLong(target -> bytes(target) + openCost).sum();
        Long maxBytes = options.maxPartitionBytes();
        long step = Math.min(
                maxBytes == null ? setting("spark.sql.files.maxPartitionBytes") : maxBytes,
                Math.max(openCost, total / Math.max(1, spark.defaultParallelism())));
        long large = maxBytes == null ? Math.max(step, MIN_LARGE) : step;
        List<Split> splits = new ArrayList<>();
        for (Target target : targets()) {
            int count = readsValues ? (int) Math.max(1, Math.min(1 << 20, (target.bytes() - 1) / step + 1)) : 1;
            long size = Math.max(step, target.bytes() / count);
            for (int number = 0; number < count; number++) {
                splits.add(new Split(target, number, count, size, large, null));
            }
        }
        return group(withKnown(spark, splits), step, openCost);
    }

    private static long setting(String key) {
        return JavaUtils.byteStringAsBytes(SparkSession.active().conf().get(key));
    }

    private List<Split> withKnown(JavaSparkContext spark, List<Split> splits) {
        boolean divides = options.table() != TableKind.DIGESTS;
        List<Split> several =
                splits.stream().filter(split -> divides && split.count() > 1).toList();
        if (several.isEmpty()) {
            return splits;
        }
        PartialScan.Depth depth = options.table() != TableKind.STATS
                ? PartialScan.Depth.CHECKSUM
                : schema.getFieldIndex("quantiles").isDefined()
                        ? PartialScan.Depth.HISTOGRAM
                        : PartialScan.Depth.STATISTICS;
        Map<Target, Map<String, Object[]>> known = LargeTensors.find(spark, several, options, depth, broadcast);
        List<Split> all = new ArrayList<>();
        for (Split split : splits) {
            if (options.table() != TableKind.PROBLEMS || split.count() == 1) {
                all.add(split.with(known.get(split.target())));
            } else if (split.isLast()) {
                // The rest of the verification is one task.
                all.add(new Split(split.target(), 0, 1, split.step(), split.large(), known.get(split.target())));
            }
        }
        return all;
    }

    /** Puts splits into tasks as Spark does with files: the largest first. */
    private InputPartition[] group(List<Split> splits, long step, long openCost) {
        List<Split> sorted = splits.stream()
                .sorted(Comparator.comparingLong((Split split) -> -weight(split))
                        .thenComparing(split -> split.target().uri())
                        .thenComparing(Split::number))
                .toList();
        List<InputPartition> groups = new ArrayList<>();
        List<Split> group = new ArrayList<>();
        long bytes = 0;
        for (Split split : sorted) {
            if (!group.isEmpty() && bytes + weight(split) > step) {
                groups.add(new Split.Group(List.copyOf(group)));
                group.clear();
                bytes = 0;
            }
            group.add(split);
            bytes += weight(split) + openCost;
        }
        if (!group.isEmpty()) {
            groups.add(new Split.Group(List.copyOf(group)));
        }
        return groups.toArray(InputPartition[]::new);
    }

    private long weight(Split split) {
        boolean isChecked = options.table() == TableKind.PROBLEMS && split.known() != null;
        return readsValues && !isChecked ? split.bytes() : split.target().indexBytes();
    }

    @Override
    public PartitionReaderFactory createReaderFactory() {
        return new ReaderFactory(options, schema, filters, broadcast);
    }

    /** Creates the readers on the executors. */
    private record ReaderFactory(
            SourceOptions options,
            StructType schema,
            List<Filter> filters,
            Broadcast<SerializableConfiguration> configuration)
            implements PartitionReaderFactory {
        @Override
        public PartitionReader<InternalRow> createReader(InputPartition partition) {
            return new SplitReader(
                    options,
                    schema,
                    filters,
                    ((Split.Group) partition).splits().iterator(),
                    configuration.value().value());
        }
    }
}
