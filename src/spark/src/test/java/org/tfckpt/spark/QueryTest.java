package org.tfckpt.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.Checkpoint;
import org.tfckpt.CheckpointWriter;
import org.tfckpt.Tensor;
import org.tfckpt.ValueSource;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Elements;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.ShapeAndSlice;

/** Paths, options, push-down, values and what happens to checkpoints between planning and reading. */
class QueryTest {
    private static final int LARGE = 300_000;

    private final SparkSession spark = Sessions.local(2);

    @TempDir
    private Path directory;

    @BeforeEach
    void write() throws IOException {
        Random random = new Random(3);
        byte[] bytes = new byte[1600];
        random.nextBytes(bytes);
        try (CheckpointWriter out = CheckpointWriter.open(directory.resolve("a/model"))) {
            for (DataType type : DataType.values()) {
                if (type.isFixedWidth()) {
                    ByteBuffer values = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
                    out.add("dtype/" + type, Shape.of(1600 / type.width()), ValueSource.of(type, values));
                }
            }
            out.add("empty", Shape.of(0), ValueSource.of(new float[0]));
            out.add("text", Shape.of(2), ValueSource.of(new String[] {"one", "zwei"}));
            out.finish();
        }
        float[] large = new float[LARGE];
        for (int i = 0; i < large.length; i++) {
            large[i] = (float) random.nextGaussian();
        }
        try (CheckpointWriter out = CheckpointWriter.open(directory.resolve("b/model"))) {
            out.add("large", Shape.of(LARGE), ValueSource.of(large));
            for (int part = 0; part < 3; part++) {
                ShapeAndSlice slice = ShapeAndSlice.parse("300 1000 " + part * 100 + ",100:-");
                float[] rows = java.util.Arrays.copyOfRange(large, part * 100_000, (part + 1) * 100_000);
                out.addSlice("parts", slice, ValueSource.of(rows));
            }
            out.add("small", Shape.of(), ValueSource.of(new float[] {1}));
            out.finish();
        }
    }

    private Dataset<Row> divided(String table) {
        return spark.read()
                .format("tfckpt")
                .option("table", table)
                .option("maxPartitionBytes", "100k")
                .load(directory + "/b");
    }

    @Test
    void valuesOfEveryDtype() throws IOException {
        List<Row> rows = Sessions.table(spark, "values", directory + "/a").collectAsList();

        int found = 0;
        try (Checkpoint checkpoint = Checkpoint.open(directory.resolve("a/model"))) {
            for (Row row : rows) {
                Tensor tensor = checkpoint.tensor(row.<String>getAs("name"));
                assertThat(row.<Long>getAs("first")).isZero();
                assertThat(row.<String>getAs("kind")).isNull();
                assertThat(values(row)).isEqualTo(values(tensor));
                found++;
            }
            assertThat(found).isEqualTo((int) checkpoint.tensors().count());
        }
    }

    private static List<String> values(Row row) {
        List<String> values = new ArrayList<>();
        for (String column : new String[] {"floats", "doubles", "longs", "decimals"}) {
            if (row.getAs(column) != null) {
                row.getList(row.fieldIndex(column)).forEach(value -> values.add(value.toString()));
            }
        }
        if (row.getAs("strings") != null) {
            row.<byte[]>getList(row.fieldIndex("strings"))
                    .forEach(value -> values.add(new String(value, java.nio.charset.StandardCharsets.UTF_8)));
        }
        if (row.getAs("bytes") != null) {
            values.add(java.util.HexFormat.of().formatHex(row.<byte[]>getAs("bytes")));
        }
        return values;
    }

    private static List<String> values(Tensor tensor) throws IOException {
        DataType type = tensor.dtype();
        if (type == DataType.DT_STRING) {
            return List.of(tensor.toStringArray());
        }
        ByteBuffer bytes = tensor.asByteBuffer();
        List<String> values = new ArrayList<>();
        boolean isFloat = Elements.fitsFloat(type);
        if (!isFloat && type != DataType.DT_DOUBLE && type != DataType.DT_BOOL && !Elements.isInteger(type)) {
            byte[] all = new byte[bytes.remaining()];
            bytes.get(all);
            return List.of(java.util.HexFormat.of().formatHex(all));
        }
        for (int i = 0; i < tensor.shape().elements(); i++) {
            values.add(
                    type == DataType.DT_BOOL
                            ? (bytes.get(i) == 0 ? "0" : "1")
                            : type == DataType.DT_UINT64
                                    ? Long.toUnsignedString(bytes.getLong(8 * i))
                                    : isFloat
                                            ? Float.toString((float) Elements.floatAt(type, bytes, i))
                                            : type == DataType.DT_DOUBLE
                                                    ? Double.toString(bytes.getDouble(8 * i))
                                                    : Long.toString(Elements.longAt(type, bytes, i)));
        }
        return values;
    }

    @Test
    void valuesOfLargeTensorsComeFromSeveralTasks() throws IOException {
        Dataset<Row> chunks = divided("values").where("name = 'large' or name = 'parts'");
        assertThat(chunks.rdd().getNumPartitions()).isGreaterThan(20);

        try (Checkpoint checkpoint = Checkpoint.open(directory.resolve("b/model"))) {
            for (String name : new String[] {"large", "parts"}) {
                float[] expected = checkpoint.tensor(name).toFloatArray();
                float[] found = new float[expected.length];
                int count = 0;
                for (Row row : chunks.where("name = '" + name + "'").collectAsList()) {
                    int at = (int) (long) row.<Long>getAs("first");
                    for (Object value : row.getList(row.fieldIndex("floats"))) {
                        found[at++] = (Float) value;
                        count++;
                    }
                }
                assertThat(count).isEqualTo(expected.length);
                assertThat(found).isEqualTo(expected);
            }
        }
    }

    @Test
    void largeTensorsHaveTheToolsStatisticsAndProblems() throws IOException {
        Path b = directory.resolve("b");
        assertThat(Expected.spark("stats", divided("stats")))
                .hasSize(3)
                .containsExactlyElementsOf(Expected.tool("stats", b));
        assertThat(divided("problems").count()).isZero();

        // In the middle of both: the first tensor, and the second slice of the other.
        Archives.change(b.resolve("model.data-00000-of-00001"), 2L * LARGE);
        Archives.change(b.resolve("model.data-00000-of-00001"), 6L * LARGE);
        assertThat(Expected.spark("problems", divided("problems")))
                .hasSize(2)
                .containsExactlyElementsOf(Expected.tool("problems", b));
        for (String table : new String[] {"stats", "values"}) {
            Dataset<Row> damaged =
                    divided(table).where("kind = 'tensor-checksum'").select("name");
            assertThat(damaged.as(org.apache.spark.sql.Encoders.STRING()).collectAsList())
                    .containsExactlyInAnyOrder("large", "parts");
            assertThat(divided(table)
                            .where("kind is null")
                            .select("name")
                            .distinct()
                            .count())
                    .isOne();
        }
    }

    @Test
    void namesAndDtypesArePushedDown() {
        Dataset<Row> floats = Sessions.table(spark, "stats", directory.toString())
                .where("dtype = 'DT_FLOAT' and name like 'l%' and elements > 1")
                .select("name", "max");

        assertThat(floats.collectAsList()).hasSize(1);
        assertThat(floats.queryExecution().executedPlan().toString())
                .contains("EqualTo(dtype,DT_FLOAT)", "StringStartsWith(name,l)");
    }

    @Test
    void aQueryWithoutValuesReadsNone() throws IOException {
        Files.delete(directory.resolve("b/model.data-00000-of-00001"));
        Dataset<Row> stats = Sessions.table(spark, "stats", directory + "/b/model");

        assertThat(stats.select("name", "elements").as("s").collectAsList())
                .extracting(row -> row.getString(0) + row.getLong(1))
                .containsExactlyInAnyOrder("large" + LARGE, "parts" + LARGE, "small1");
        assertThat(stats.count()).isEqualTo(3);
        assertThat(stats.where("kind = 'missing-file'").count()).isEqualTo(3);
    }

    @Test
    void theOptimizerLearnsTheSize() {
        Dataset<Row> tensors = Sessions.table(spark, "tensors", directory.toString());
        Dataset<Row> values = Sessions.table(spark, "values", directory.toString());

        assertThat(tensors.queryExecution()
                        .optimizedPlan()
                        .stats()
                        .sizeInBytes()
                        .toLong())
                .isBetween(1L, 100_000L);
        assertThat(values.queryExecution().optimizedPlan().stats().sizeInBytes().toLong())
                .isBetween(8L * LARGE, 9L * LARGE);
    }

    private long checkpoints(String... paths) {
        return Sessions.table(spark, "tensors", paths)
                .select("checkpoint")
                .distinct()
                .count();
    }

    @Test
    void pathsArePrefixesFilesDirectoriesAndPatterns() throws IOException {
        assertThat(checkpoints(directory.toString())).isEqualTo(2);
        assertThat(checkpoints(directory + "/a/model")).isOne();
        assertThat(checkpoints(directory + "/a/model.index")).isOne();
        assertThat(checkpoints(directory + "/*")).isEqualTo(2);
        assertThat(checkpoints(directory + "/{a,b}/model")).isEqualTo(2);
        assertThat(checkpoints(directory + "/a", directory + "/b/*.index")).isEqualTo(2);
        assertThat(checkpoints(directory + "/a", directory + "/a/model")).isOne();
        assertThatThrownBy(() -> checkpoints(directory + "/nothing"))
                .hasStackTraceContaining("no file or checkpoint matches");
    }

    @Test
    void hiddenAndTemporaryFilesAreSkipped() throws IOException {
        Path a = directory.resolve("a");
        for (String copy : new String[] {"_hidden", ".hidden", "b/../_temporary"}) {
            Path target = Files.createDirectories(directory.resolve(copy));
            Files.copy(a.resolve("model.index"), target.resolve("model.index"));
        }
        Files.copy(a.resolve("model.index"), a.resolve("other.index._COPYING_"));
        Files.copy(a.resolve("model.index"), a.resolve("_other.index"));

        assertThat(checkpoints(directory.toString())).isEqualTo(2);
    }

    @Test
    void aCheckpointThatDisappearsIsARow() throws IOException {
        for (String table : new String[] {"tensors", "problems", "stats", "digests", "values"}) {
            Path copy = Files.createDirectories(directory.resolve("copy"));
            for (String file : new String[] {"model.index", "model.data-00000-of-00001"}) {
                Files.copy(directory.resolve("a").resolve(file), copy.resolve(file));
            }
            JavaRDD<Row> planned = Sessions.table(spark, table, directory.toString())
                    .select("checkpoint", "kind")
                    .toJavaRDD();
            assertThat(planned.getNumPartitions()).isPositive();
            Files.delete(copy.resolve("model.index"));
            Files.delete(copy.resolve("model.data-00000-of-00001"));

            assertThat(planned.collect())
                    .filteredOn(row -> "gone".equals(row.getString(1)))
                    .extracting(row -> row.getString(0))
                    .containsExactly("file:" + copy.resolve("model"));
        }
    }

    @Test
    void viewsOfSql() {
        spark.sql("CREATE OR REPLACE TEMPORARY VIEW kernels USING tfckpt OPTIONS (path '" + directory
                + "', table 'stats', include 'dtype/*', exclude '**/DT_FLOAT')");

        Row row = spark.sql("SELECT count(*), count(quantiles.p50), max(max_integer) FROM kernels")
                .first();
        assertThat(row.getLong(0)).isGreaterThan(20);
        assertThat(row.getLong(1)).isPositive();
        assertThat(row.getDecimal(2).toString()).hasSizeGreaterThan(18);
        assertThat(spark.table("kernels").where("name = 'dtype/DT_FLOAT'").count())
                .isZero();
    }

    @Test
    void tablesCanBeJoined() {
        Dataset<Row> tensors = Sessions.table(spark, "tensors", directory.toString());
        Dataset<Row> digests = Sessions.table(spark, "digests", directory.toString());

        long equal = digests.groupBy("sha256")
                .agg(functions.collect_list("name").as("names"))
                .where("size(names) > 1")
                .count();
        assertThat(equal).isPositive();
        assertThat(tensors.join(digests, new String[] {"checkpoint", "name"}).count())
                .isEqualTo(tensors.count());
    }

    @Test
    void schemas() {
        assertThat(Sessions.table(spark, "tensors", directory.toString())
                        .schema()
                        .toDDL())
                .startsWith("checkpoint STRING NOT NULL,name STRING,dtype STRING,shape ARRAY<BIGINT>,bytes BIGINT");
        assertThat(Sessions.table(spark, "problems", directory.toString())
                        .schema()
                        .toDDL())
                .isEqualTo("checkpoint STRING NOT NULL,file STRING,offset BIGINT,tensor STRING,tensors BIGINT,"
                        + "kind STRING NOT NULL,message STRING NOT NULL");
        assertThatThrownBy(() -> Sessions.table(spark, "tensor", directory.toString()))
                .hasStackTraceContaining("tensors, problems, stats, digests, values");
    }
}
