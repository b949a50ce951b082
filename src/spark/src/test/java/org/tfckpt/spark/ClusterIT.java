package org.tfckpt.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerTaskEnd;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.testing.LargeCheckpoints;

/** A standalone cluster on this machine: a master and two workers, each with an executor, in processes of their own. */
class ClusterIT {
    private static final Path HOME = Path.of(System.getProperty("spark.test.home"));
    private static final String JARS = System.getProperty("spark.test.jar") + ","
            + org.tfckpt.Checkpoint.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .getPath();

    @TempDir
    private Path directory;

    private final List<Process> processes = new ArrayList<>();
    private String master = "";

    @BeforeEach
    void start() throws Exception {
        Process first = start("master", "org.apache.spark.deploy.master.Master", "--port", "0");
        master = await("master", ".*Starting Spark master at (spark://[0-9.:]+).*");
        assertThat(first.isAlive()).isTrue();
        for (String worker : List.of("worker1", "worker2")) {
            start(
                    worker,
                    "org.apache.spark.deploy.worker.Worker",
                    "-c",
                    "1",
                    "-m",
                    "1g",
                    "-d",
                    directory.resolve(worker).toString(),
                    master);
        }
        for (String worker : List.of("worker1", "worker2")) {
            await(worker, ".*(Successfully registered with master).*");
        }
        Archives.small(directory.resolve("models"), 60, true);
        LargeCheckpoints.ofZeros(directory.resolve("models/zeros"), 3, 1 << 23);
    }

    private Process start(String name, String main, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                HOME.resolve("jars") + "/*",
                main,
                "--host",
                "127.0.0.1",
                "--webui-port",
                "0"));
        command.addAll(1, List.of(org.apache.spark.launcher.JavaModuleOptions.defaultModuleOptionArray()));
        command.addAll(List.of(args));
        return run(name, command);
    }

    private Process run(String name, List<String> command) throws IOException {
        ProcessBuilder process = new ProcessBuilder(command).redirectErrorStream(true);
        process.environment().put("SPARK_HOME", HOME.toString());
        process.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        // Without it, the directory would have to be one of a distribution.
        process.environment().put("SPARK_SCALA_VERSION", "2.13");
        process.redirectOutput(new File(directory.toFile(), name + ".log"));
        Process started = process.start();
        processes.add(started);
        return started;
    }

    private String await(String process, String pattern) throws Exception {
        Path log = directory.resolve(process + ".log");
        for (int i = 0; i < 600; i++) {
            try (BufferedReader lines = Files.newBufferedReader(log)) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.matches(pattern)) {
                        return line.replaceFirst(pattern, "$1");
                    }
                }
            }
            TimeUnit.MILLISECONDS.sleep(100);
        }
        throw new IllegalStateException("no '" + pattern + "' in: " + Files.readString(log));
    }

    private static void kill(Process process) {
        // The executor is a child of the worker.
        Stream.concat(process.descendants(), Stream.of(process.toHandle()))
                .toList()
                .forEach(ProcessHandle::destroyForcibly);
    }

    @AfterEach
    void stop() {
        processes.forEach(ClusterIT::kill);
    }

    private SparkSession session() {
        SparkSession.getActiveSession().foreach(active -> {
            active.stop();
            return null;
        });
        return Sessions.builder(master)
                .config("spark.jars", JARS)
                .config("spark.executor.memory", "512m")
                .config("spark.executor.cores", 1)
                .config("spark.sql.files.openCostInBytes", "64k")
                .config("spark.sql.files.maxPartitionBytes", "2m")
                .getOrCreate();
    }

    @Test
    void aWorkerIsKilledHalfWay() throws Exception {
        Path models = directory.resolve("models");
        List<String> expected = Expected.tool("stats", models);
        List<String> problems = Expected.tool("problems", models);
        try (SparkSession spark = session()) {
            assertThat(Expected.spark("problems", Sessions.table(spark, "problems", models.toString())))
                    .containsExactlyElementsOf(problems);

            AtomicInteger ended = new AtomicInteger();
            AtomicInteger failed = new AtomicInteger();
            spark.sparkContext().addSparkListener(new SparkListener() {
                @Override
                public void onTaskEnd(SparkListenerTaskEnd task) {
                    if (!task.taskInfo().successful()) {
                        failed.incrementAndGet();
                    }
                    // While the first job, for the large tensors, is under way.
                    if (ended.incrementAndGet() == 25) {
                        kill(processes.get(1));
                    }
                }
            });
            List<Row> rows = Sessions.table(spark, "stats", models.toString()).collectAsList();

            assertThat(processes.get(1).isAlive()).isFalse();
            assertThat(ended.get()).isGreaterThan(50);
            assertThat(failed.get()).isPositive();
            assertThat(Expected.spark(
                            "stats", spark.createDataFrame(rows, rows.get(0).schema())))
                    .containsExactlyElementsOf(expected);
        }
    }

    @Test
    void theJobIsSubmitted() throws Exception {
        String report = directory.resolve("report.parquet").toString();
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                HOME.resolve("jars") + "/*",
                "org.apache.spark.deploy.SparkSubmit",
                "--master",
                master,
                "--conf",
                "spark.driver.host=127.0.0.1",
                "--conf",
                "spark.executor.memory=512m",
                "--conf",
                "spark.serializer=org.apache.spark.serializer.KryoSerializer",
                "--conf",
                "spark.sql.files.maxPartitionBytes=32m",
                "--jars",
                JARS.substring(JARS.indexOf(',') + 1),
                "--class",
                "org.tfckpt.spark.Archive",
                JARS.substring(0, JARS.indexOf(',')),
                "verify",
                directory.resolve("models").toString(),
                "--out",
                report));
        command.addAll(1, List.of(org.apache.spark.launcher.JavaModuleOptions.defaultModuleOptionArray()));
        Process submit = run("submit", command);

        assertThat(submit.waitFor(3, TimeUnit.MINUTES)).isTrue();
        assertThat(Files.readString(directory.resolve("submit.log"))).contains(" problems in 6 checkpoints; see ");
        assertThat(submit.exitValue()).isZero();
        try (SparkSession spark = session()) {
            assertThat(Expected.spark("problems", spark.read().parquet(report)))
                    .containsExactlyElementsOf(Expected.tool("problems", directory.resolve("models")));
        }
    }
}
