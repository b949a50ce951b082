package org.tfckpt.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.cli.ToolInProcess;
import org.tfckpt.files.CheckpointSearch;

class ArchiveTest {
    private final SparkSession spark = Sessions.local(2);

    @TempDir
    private Path directory;

    private Path models;

    @BeforeEach
    void write() throws Exception {
        models = directory.resolve("models");
        Archives.small(models, 20, true);
    }

    private List<Row> report(String name) {
        return spark.read().parquet(directory.resolve(name).toString()).collectAsList();
    }

    private List<Row> convert(String report) throws Exception {
        Archive.run(
                spark,
                "convert",
                models.toString(),
                directory.resolve("out").toString(),
                "--out",
                directory.resolve(report).toString());
        return report(report);
    }

    @Test
    void reportsAreTheTables() throws Exception {
        String out = directory.resolve("report.parquet").toString();
        assertThat(Archive.run(spark, "verify", models.toString(), "--out", out))
                .contains(" in 2 checkpoints");
        assertThat(Expected.spark("problems", spark.read().parquet(out)))
                .containsExactlyElementsOf(Expected.tool("problems", models));

        String json = directory.resolve("digests.json").toString();
        Archive.run(spark, "digest", models.toString(), "--out", json);
        assertThat(spark.read().json(json).where("sha256 is not null").count()).isGreaterThan(50);

        String stats = directory.resolve("stats.parquet").toString();
        Archive.run(spark, "stats", models.toString(), "--out", stats);
        assertThat(Expected.spark("stats", spark.read().parquet(stats)))
                .containsExactlyElementsOf(Expected.tool("stats", models));
    }

    @Test
    void filesAreConvertedAsTheToolDoes() throws Exception {
        List<Row> rows = convert("first.parquet");

        assertThat(rows).hasSize(20);
        int converted = 0;
        for (Path checkpoint : CheckpointSearch.below(models, unreadable -> {})) {
            Path file = directory.resolve("out").resolve(models.relativize(checkpoint) + ".safetensors");
            Path expected = directory.resolve("tool" + converted + ".safetensors");
            int status = ToolInProcess.run("convert", checkpoint.toString(), "-o", expected.toString())
                    .status();
            assertThat(Files.exists(file)).isEqualTo(status == 0);
            if (status == 0) {
                assertThat(file).hasSameBinaryContentAs(expected);
                converted++;
            }
        }
        assertThat(converted).isEqualTo(18);
        assertThat(rows)
                .extracting(row -> row.getAs("status"))
                .filteredOn("failed"::equals)
                .hasSize(2);
        try (Stream<Path> files = Files.walk(directory.resolve("out"))) {
            assertThat(files).noneMatch(file -> file.toString().contains("tfckpt-tmp"));
        }
    }

    @Test
    void whatIsDoneIsSkipped() throws Exception {
        convert("first.parquet");
        Path changed = models.resolve("dir-1/model-1.index");
        Files.setLastModifiedTime(changed, FileTime.from(Instant.now().plusSeconds(3600)));
        Files.delete(directory.resolve("out/dir-2/model-2.safetensors"));

        List<Row> rows = convert("second.parquet");

        assertThat(rows)
                .filteredOn(row -> row.getAs("status").equals("converted"))
                .extracting(row -> row.<String>getAs("checkpoint").replaceFirst(".*/", ""))
                .containsExactlyInAnyOrder("model-1", "model-2");
        assertThat(rows)
                .filteredOn(row -> row.getAs("status").equals("skipped"))
                .hasSize(16);
    }

    @Test
    void argumentsAreChecked() {
        for (String[] args : new String[][] {
            {},
            {"verify", "x"},
            {"convert", "x", "--out", "y.parquet"},
            {"erase", "x", "--out", "y.parquet"},
            {"verify", "x", "--out", "y.txt"}
        }) {
            assertThatThrownBy(() -> Archive.run(spark, args)).hasStackTraceContaining("usage: verify|stats|digest");
        }
    }
}
