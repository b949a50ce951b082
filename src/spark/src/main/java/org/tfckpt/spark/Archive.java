package org.tfckpt.spark;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import org.jspecify.annotations.Nullable;

/**
 * A job that verifies, describes or converts all checkpoints of an archive, and writes a report.
 *
 * <pre>{@code
 * spark-submit --packages org.tfckpt:tfckpt-spark:VERSION --class org.tfckpt.spark.Archive tfckpt-spark.jar \
 *     verify hdfs://archive/models --out hdfs://archive/problems.parquet
 * }</pre>
 */
public final class Archive {
    private static final String USAGE = "usage: verify|stats|digest SOURCE --out REPORT, or"
            + " convert SOURCE TARGET --out REPORT; REPORT ends with .parquet, .orc or .json";

    private static final Pattern V1_SET = Pattern.compile("-[?]{5}-of-[0-9]{5}$");

    private final SparkSession spark;

    private Archive(SparkSession spark) {
        this.spark = spark;
    }

    /**
     * Runs the job. It succeeds if the report was written, also if that lists damage.
     *
     * @param args {@code verify}, {@code stats} or {@code digest}, the source, {@code --out} and the report; or {@code
     *     convert}, the source, the target directory, {@code --out} and the report
     * @throws IOException if the source does not exist or cannot be listed
     */
    public static void main(String[] args) throws IOException {
        System.out.println(run(SparkSession.builder().getOrCreate(), args));
    }

    /** Runs the job; returns a summary. */
    static String run(SparkSession spark, String... args) throws IOException {
        List<String> operands = new ArrayList<>(List.of(args));
        int option = operands.indexOf("--out");
        if (option < 0 || option + 1 >= operands.size()) {
            throw new IllegalArgumentException(USAGE);
        }
        String report = operands.get(option + 1);
        operands.subList(option, option + 2).clear();
        String table = operands.isEmpty() ? null : tableOf(operands.get(0));
        if (operands.size() != (table == null ? 3 : 2)
                || (table == null && !operands.get(0).equals("convert"))) {
            throw new IllegalArgumentException(USAGE);
        }
        Archive archive = new Archive(spark);
        return table == null
                ? archive.convert(operands.get(1), operands.get(2), report)
                : archive.table(table, operands.get(1), report);
    }

    private static @Nullable String tableOf(String command) {
        return switch (command) {
            case "verify" -> "problems";
            case "stats" -> "stats";
            case "digest" -> "digests";
            default -> null;
        };
    }

    private String table(String table, String source, String report) {
        write(spark.read().format("tfckpt").option("table", table).load(source), report);
        Dataset<Row> written = spark.read().format(formatOf(report)).load(report);
        long rows = written.count();
        if (table.equals("problems")) {
            long damaged = written.select("checkpoint").distinct().count();
            return rows + " problems in " + damaged + " checkpoints; see " + report;
        }
        return rows + " rows, " + written.where("kind is not null").count() + " of them for damage; see " + report;
    }

    private static String formatOf(String report) {
        String suffix = report.substring(report.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        if (!List.of("parquet", "orc", "json").contains(suffix)) {
            throw new IllegalArgumentException(USAGE);
        }
        return suffix;
    }

    private static void write(Dataset<Row> rows, String report) {
        rows.write().format(formatOf(report)).save(report);
    }

    private String convert(String source, String directory, String report) throws IOException {
        Configuration configuration = new SourceOptions(
                        TableKind.TENSORS, List.of(source), List.of(), List.of(), null, Map.of())
                .configuration(spark);
        List<byte[]> conversions = new ArrayList<>();
        for (Conversion conversion : conversions(source, new Path(directory), configuration)) {
            conversions.add(JavaObjects.bytes(conversion));
        }
        JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
        Broadcast<SerializableConfiguration> broadcast =
                SerializableConfiguration.broadcast(spark.sparkContext(), configuration);
        JavaRDD<Row> rows = context.parallelize(conversions, Math.max(1, conversions.size()))
                .map(conversion -> ((Conversion) JavaObjects.object(conversion))
                        .run(broadcast.value().value()));
        write(spark.createDataFrame(rows, Conversion.SCHEMA), report);
        Dataset<Row> written = spark.read().format(formatOf(report)).load(report);
        Map<String, Long> counts = new HashMap<>();
        for (Row row : written.groupBy("status").count().collectAsList()) {
            counts.put(row.getString(0), row.getLong(1));
        }
        return counts.getOrDefault("converted", 0L) + " converted, " + counts.getOrDefault("skipped", 0L)
                + " up to date, " + counts.getOrDefault("failed", 0L) + " failed; see " + report;
    }

    /** Returns the conversions, whose files have the names of the checkpoints and lie as these do below the source. */
    private static List<Conversion> conversions(String source, Path directory, Configuration configuration)
            throws IOException {
        Path root = directory.getFileSystem(configuration).makeQualified(directory);
        String base = baseOf(source, configuration);
        Map<String, Conversion> conversions = new HashMap<>();
        List<Conversion> all = new ArrayList<>();
        for (Target target : CheckpointFinder.find(List.of(source), configuration)) {
            String name = target.uri().startsWith(base)
                    ? target.uri().substring(base.length())
                    : target.uri().substring(target.uri().lastIndexOf('/') + 1);
            String file = root + "/" + fileName(name);
            Conversion conversion = new Conversion(target, file);
            Conversion other = conversions.put(file, conversion);
            if (other != null) {
                throw new IllegalArgumentException("'" + other.target().uri() + "' and '" + target.uri()
                        + "' would both be converted to '" + file + "'; convert them separately");
            }
            all.add(conversion);
        }
        return all;
    }

    /** Returns the part of the source that the names of files do not repeat: the directory before the first pattern. */
    private static String baseOf(String source, Configuration configuration) throws IOException {
        Path path = new Path(source);
        String qualified = path.getFileSystem(configuration).makeQualified(path).toString();
        int pattern = Pattern.compile("[*?\\[{]")
                .matcher(qualified)
                .results()
                .mapToInt(java.util.regex.MatchResult::start)
                .findFirst()
                .orElse(-1);
        return pattern < 0 ? qualified + "/" : qualified.substring(0, qualified.lastIndexOf('/', pattern) + 1);
    }

    private static String fileName(String name) {
        String stem = V1_SET.matcher(name).replaceFirst("").replaceFirst("\\.safetensors(\\.index\\.json)?$", "");
        return stem + ".safetensors";
    }
}
