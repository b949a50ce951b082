package org.tfckpt.spark;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.apache.spark.sql.connector.read.Scan;
import org.apache.spark.sql.connector.read.ScanBuilder;
import org.apache.spark.sql.connector.read.SupportsPushDownFilters;
import org.apache.spark.sql.connector.read.SupportsPushDownRequiredColumns;
import org.apache.spark.sql.sources.Filter;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/** Learns which columns and rows of a table a query needs. */
final class CheckpointScanBuilder implements ScanBuilder, SupportsPushDownFilters, SupportsPushDownRequiredColumns {
    private final SourceOptions options;
    private StructType schema;
    private Filter[] pushed = {};

    CheckpointScanBuilder(SourceOptions options) {
        this.options = options;
        this.schema = options.table().schema();
    }

    @Override
    public Filter[] pushFilters(Filter[] filters) {
        pushed = Arrays.stream(filters).filter(NameFilters::isPushed).toArray(Filter[]::new);
        // A row for a checkpoint that cannot be read has no name, so Spark evaluates all of them again.
        return filters;
    }

    @Override
    public Filter[] pushedFilters() {
        return pushed.clone();
    }

    @Override
    public void pruneColumns(StructType required) {
        // Columns are read as a whole, even if a part of a struct is required.
        Set<String> names = Set.of(required.fieldNames());
        List<StructField> fields = Arrays.stream(options.table().schema().fields())
                .filter(field -> names.contains(field.name()))
                .toList();
        schema = new StructType(fields.toArray(StructField[]::new));
    }

    @Override
    public Scan build() {
        return new CheckpointScan(options, schema, List.of(pushed));
    }
}
