package org.tfckpt.spark;

import java.util.Map;
import org.apache.spark.sql.connector.catalog.Table;
import org.apache.spark.sql.connector.catalog.TableProvider;
import org.apache.spark.sql.connector.expressions.Transform;
import org.apache.spark.sql.sources.DataSourceRegister;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;

/**
 * The data source {@code tfckpt}: checkpoints as tables.
 *
 * <pre>{@code
 * Dataset<Row> tensors = spark.read().format("tfckpt").load("hdfs://archive/models");
 * Dataset<Row> problems = spark.read().format("tfckpt").option("table", "problems").load("s3a://models/*");
 * }</pre>
 *
 * <p>Options: {@code table} ({@code tensors}, {@code problems}, {@code stats}, {@code digests} or {@code values}), {@code
 * include} and {@code exclude} (patterns of names of tensors), {@code maxPartitionBytes}. All others are passed to Hadoop,
 * as those of Spark's own sources are.
 */
public final class CheckpointSource implements TableProvider, DataSourceRegister {
    /** Creates a data source; Spark does this. */
    public CheckpointSource() {}

    @Override
    public String shortName() {
        return "tfckpt";
    }

    @Override
    public StructType inferSchema(CaseInsensitiveStringMap options) {
        return TableKind.of(options).schema();
    }

    @Override
    public Table getTable(StructType schema, Transform[] partitioning, Map<String, String> properties) {
        return new CheckpointTable(SourceOptions.of(new CaseInsensitiveStringMap(properties)));
    }
}
