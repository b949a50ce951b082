package org.tfckpt.spark;

import static org.apache.spark.sql.types.DataTypes.BinaryType;
import static org.apache.spark.sql.types.DataTypes.BooleanType;
import static org.apache.spark.sql.types.DataTypes.DoubleType;
import static org.apache.spark.sql.types.DataTypes.FloatType;
import static org.apache.spark.sql.types.DataTypes.IntegerType;
import static org.apache.spark.sql.types.DataTypes.LongType;
import static org.apache.spark.sql.types.DataTypes.StringType;

import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;

/** The tables of the data source, and their columns. */
@SuppressWarnings("ImmutableEnumChecker") // StructType is immutable
enum TableKind {
    /** One row per tensor, as {@code ls} lists it. */
    TENSORS(named().add("shape", longs())
            .add("bytes", LongType)
            .add("shard", IntegerType)
            .add("offset", LongType)
            .add("crc32c", StringType)
            .add("slices", DataTypes.createArrayType(slice(), false))
            .add("is_slot", BooleanType)),
    /** One row per problem, as {@code verify} reports it. */
    PROBLEMS(checkpoint()
            .add("file", StringType)
            .add("offset", LongType)
            .add("tensor", StringType)
            .add("tensors", LongType)),
    /** One row per tensor, as {@code stats} computes it. */
    STATS(named().add("shape", longs())
            .add("elements", LongType)
            .add("nan", LongType)
            .add("inf", LongType)
            .add("neg_inf", LongType)
            .add("zeros", LongType)
            .add("min", DoubleType)
            .add("max", DoubleType)
            .add("min_integer", integer())
            .add("max_integer", integer())
            .add("mean", DoubleType)
            .add("std", DoubleType)
            .add("norm", DoubleType)
            .add("quantiles", quantiles())
            .add("min_length", LongType)
            .add("max_length", LongType)
            .add("total_length", LongType)),
    /** One row per tensor, as {@code digest} prints it. */
    DIGESTS(named().add("shape", longs()).add("sha256", StringType)),
    /** The elements of tensors, in chunks. */
    VALUES(named().add("shape", longs())
            .add("first", LongType)
            .add("floats", DataTypes.createArrayType(FloatType, false))
            .add("doubles", DataTypes.createArrayType(DoubleType, false))
            .add("longs", longs())
            .add("decimals", DataTypes.createArrayType(integer(), false))
            .add("strings", DataTypes.createArrayType(BinaryType, false))
            .add("bytes", BinaryType));

    /** The probabilities of the quantiles, those of the tool. */
    static final double[] PROBABILITIES = {0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99};

    private static final int INTEGER_DIGITS = 20;

    /** Columns that are known from the index. */
    private static final Set<String> OF_INDEX = Set.of("checkpoint", "name", "dtype", "shape", "elements");

    private final StructType schema;

    TableKind(StructType columns) {
        boolean problems = columns.getFieldIndex("tensors").isDefined();
        this.schema = columns.add("kind", StringType, !problems).add("message", StringType, !problems);
    }

    private static StructType checkpoint() {
        return new StructType().add("checkpoint", StringType, false);
    }

    private static StructType named() {
        return checkpoint().add("name", StringType).add("dtype", StringType);
    }

    private static DataType longs() {
        return DataTypes.createArrayType(LongType, false);
    }

    /** Returns the type of a 64-bit integer, signed or not. */
    private static DecimalType integer() {
        return DataTypes.createDecimalType(INTEGER_DIGITS, 0);
    }

    /** Returns the value of a column of that type. */
    static Decimal integer(String digits) {
        return Decimal.apply(new BigDecimal(digits), INTEGER_DIGITS, 0);
    }

    private static StructType slice() {
        return new StructType()
                .add("spec", StringType, false)
                .add("bytes", LongType)
                .add("shard", IntegerType)
                .add("offset", LongType)
                .add("crc32c", StringType);
    }

    private static StructType quantiles() {
        StructType type = new StructType();
        for (String percent : List.of("p01", "p05", "p25", "p50", "p75", "p95", "p99")) {
            type = type.add(percent, DoubleType, false);
        }
        return type;
    }

    static TableKind of(CaseInsensitiveStringMap options) {
        String name = options.getOrDefault("table", TENSORS.toString());
        return Arrays.stream(values())
                .filter(table -> table.toString().equals(name.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("unknown table '" + name
                        + "'; option 'table' is one of tensors, problems, stats, digests, values"));
    }

    StructType schema() {
        return schema;
    }

    /** Returns whether values are read to compute columns. */
    boolean readsValues(Set<String> columns) {
        return switch (this) {
            case TENSORS -> false;
            case PROBLEMS, VALUES -> true;
            case STATS, DIGESTS -> !OF_INDEX.containsAll(columns);
        };
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
