package org.tfckpt.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tfckpt.testing.LargeCheckpoints;

/** Archives of many checkpoints, and of a large one. */
class GeneratedArchiveTest {
    @TempDir
    private static Path directory;

    private final SparkSession spark = Sessions.local(2);

    @BeforeAll
    static void write() throws Exception {
        Archives.small(directory.resolve("small"), 1000, true);
        LargeCheckpoints.ofZeros(directory.resolve("zeros"), 3, (4L << 30) / 3 / 4);
    }

    @ParameterizedTest
    @ValueSource(strings = {"tensors", "problems", "stats", "digests"})
    void aThousandCheckpointsOfWhichATenthIsDamaged(String table) throws Exception {
        Path small = directory.resolve("small");

        assertThat(Expected.spark(table, Sessions.table(spark, table, small.toString())))
                .hasSizeGreaterThan(90)
                .containsExactlyElementsOf(Expected.tool(table, small));
    }

    @Test
    void damagedCheckpointsAreRows() {
        for (String table : new String[] {"stats", "digests", "values"}) {
            assertThat(Sessions.table(spark, table, directory.resolve("small").toString())
                            .where("kind is not null")
                            .select("checkpoint")
                            .distinct()
                            .count())
                    .isEqualTo(100);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"problems", "stats"})
    void aCheckpointOf4GiBIsReadByManyTasks(String table) throws Exception {
        String zeros = directory.resolve("zeros").toString();

        assertThat(Sessions.table(spark, table, zeros).rdd().getNumPartitions())
                .isGreaterThanOrEqualTo(table.equals("problems") ? 1 : 32);
        assertThat(Expected.spark(table, Sessions.table(spark, table, zeros)))
                .containsExactlyElementsOf(Expected.tool(table, directory).stream()
                        .filter(line -> line.startsWith(zeros))
                        .toList());
    }
}
