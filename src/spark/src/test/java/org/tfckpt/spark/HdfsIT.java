package org.tfckpt.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.hdfs.HdfsConfiguration;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An archive in a real HDFS: a name node and a data node. */
class HdfsIT {
    @TempDir
    private static Path directory;

    private static MiniDFSCluster hdfs;
    private static String archive;

    private final SparkSession spark = Sessions.local(2);

    @BeforeAll
    static void start() throws Exception {
        Configuration configuration = new HdfsConfiguration();
        configuration.set(
                MiniDFSCluster.HDFS_MINIDFS_BASEDIR, directory.resolve("hdfs").toString());
        // Small, so that tensors cross the ends of blocks.
        configuration.setLong("dfs.namenode.fs-limits.min-block-size", 1 << 16);
        configuration.setLong("dfs.blocksize", 1 << 16);
        hdfs = new MiniDFSCluster.Builder(configuration).numDataNodes(1).build();
        Archives.small(directory.resolve("models"), 30, true);
        archive = hdfs.getURI() + "/archive";
        FileSystem files = hdfs.getFileSystem();
        for (Path local :
                List.of(directory.resolve("models"), Sessions.testdata().resolve("golden"))) {
            files.copyFromLocalFile(
                    new org.apache.hadoop.fs.Path(local.toUri()),
                    new org.apache.hadoop.fs.Path(archive + "/" + local.getFileName()));
        }
    }

    @AfterAll
    static void stop() {
        hdfs.shutdown(true);
    }

    private static List<String> inHdfs(List<String> lines, Path local) {
        return lines.stream()
                .map(line -> line.replace(local.getParent().toString(), "/archive"))
                .sorted()
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tensors", "problems", "stats", "digests"})
    void rowsEqualTheToolsOutputForTheSameFiles(String table) throws IOException {
        for (Path local :
                List.of(directory.resolve("models"), Sessions.testdata().resolve("golden"))) {
            Dataset<Row> rows = Sessions.table(spark, table, archive + "/" + local.getFileName());

            assertThat(Expected.spark(table, rows))
                    .containsExactlyElementsOf(inHdfs(Expected.tool(table, local), local));
        }
    }

    @Test
    void checkpointsAreConvertedWithinHdfs() throws IOException {
        String report = hdfs.getURI() + "/report.parquet";
        String converted = hdfs.getURI() + "/converted";

        String summary = Archive.run(spark, "convert", archive + "/models", converted, "--out", report);

        assertThat(summary).startsWith("27 converted, 0 up to date, 3 failed");
        assertThat(Sessions.table(spark, "tensors", converted).count()).isEqualTo(3 * 27);
        assertThat(Archive.run(spark, "convert", archive + "/models", converted, "--out", report + "2.parquet"))
                .startsWith("0 converted, 27 up to date, 3 failed");
        for (FileStatus file : hdfs.getFileSystem().listStatus(new org.apache.hadoop.fs.Path(converted + "/dir-0"))) {
            assertThat(file.getPath().getName()).endsWith(".safetensors").doesNotStartWith(".");
        }
    }

    @Test
    void valuesAreTheSame() {
        Dataset<Row> inHdfs =
                Sessions.table(spark, "values", archive + "/golden").drop("checkpoint", "message");
        Dataset<Row> local = Sessions.table(
                        spark, "values", Sessions.testdata().resolve("golden").toString())
                .drop("checkpoint", "message");

        assertThat(inHdfs.count()).isGreaterThan(1000);
        assertThat(inHdfs.exceptAll(local).count()).isZero();
        assertThat(local.exceptAll(inHdfs).count()).isZero();
    }
}
