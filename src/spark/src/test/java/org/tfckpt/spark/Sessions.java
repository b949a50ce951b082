package org.tfckpt.spark;

import java.nio.file.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Sessions for tests. */
final class Sessions {
    private Sessions() {}

    static SparkSession local(int threads) {
        return builder("local[" + threads + "]").getOrCreate();
    }

    static SparkSession.Builder builder(String master) {
        return SparkSession.builder()
                .master(master)
                .appName("tfckpt tests")
                .config("spark.ui.enabled", false)
                .config("spark.driver.host", "127.0.0.1")
                .config("spark.driver.bindAddress", "127.0.0.1")
                .config("spark.sql.shuffle.partitions", 4);
    }

    static Dataset<Row> table(SparkSession spark, String table, String... paths) {
        return spark.read().format("tfckpt").option("table", table).load(paths);
    }

    static Path testdata() {
        return Path.of(System.getProperty("tfckpt.testdata")).toAbsolutePath().normalize();
    }
}
