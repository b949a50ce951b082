package org.tfckpt.examples.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.CheckpointWriter;
import org.tfckpt.ValueSource;
import org.tfckpt.WriteOptions;
import org.tfckpt.files.CheckpointFiles;
import org.tfckpt.files.CheckpointRetention;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorNotFoundException;

@Timeout(60)
class EmbeddingServerTest {
    private static final Path CENSUS = Path.of(System.getProperty("tfckpt.testdata"), "real/kafka-census-sm");
    private static final Duration INTERVAL = Duration.ofMillis(10);
    private static final int ROWS = 500;
    private static final int WIDTH = 64;
    private static final Pattern ANSWER = Pattern.compile(
            "\\{\"checkpoint\":\"model-([0-9]+)\",\"rows\":\\[(\\{\"id\":[0-9]+,\"vector\":\\[.*\\]\\})\\]\\}\n");

    private final HttpClient client = HttpClient.newHttpClient();

    @TempDir
    private Path directory;

    /** A training that saves its steps, and keeps only the latest checkpoint. Every number of a step is its number. */
    private CheckpointRetention retention;

    private void train(int step) throws IOException {
        if (retention == null) {
            retention = CheckpointRetention.saver(directory, CheckpointRetention.Policy.latest(1), List.of(), 0);
        }
        Path prefix = CheckpointFiles.prefix(directory.resolve("model"), step);
        save(prefix, step);
        CheckpointRetention.Saved saved = retention.saved(prefix, step);
        saved.state().write();
        for (Path old : saved.dropped()) {
            for (Path file : CheckpointFiles.of(old).all()) {
                Files.delete(file);
            }
        }
        retention = saved.next();
    }

    private static void save(Path prefix, float value) throws IOException {
        float[] values = new float[ROWS * WIDTH];
        Arrays.fill(values, value);
        try (CheckpointWriter writer = CheckpointWriter.open(prefix, WriteOptions.DEFAULT.overwriting())) {
            writer.add("embedding", Shape.of(ROWS, WIDTH), ValueSource.of(values));
            writer.finish();
        }
    }

    private HttpResponse<String> get(EmbeddingServer server, String path) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
        return client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Requests two rows, and returns the step of which all their numbers are. */
    private int step(EmbeddingServer server) throws Exception {
        HttpResponse<String> response = get(server, "/rows?id=0&id=" + (ROWS - 1));
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        Matcher answer = ANSWER.matcher(response.body());
        assertThat(answer.matches()).as(response.body()).isTrue();
        String row = String.join(",", Collections.nCopies(WIDTH, answer.group(1) + ".0"));
        assertThat(answer.group(2))
                .isEqualTo("{\"id\":0,\"vector\":[" + row + "]},{\"id\":" + (ROWS - 1) + ",\"vector\":[" + row + "]}");
        return Integer.parseInt(answer.group(1));
    }

    private void awaitStep(EmbeddingServer server, int step) throws Exception {
        while (step(server) != step) {
            Thread.sleep(5);
        }
    }

    @Test
    void noRequestFailsWhileCheckpointsAreReplacedAndDeleted() throws Exception {
        train(0);
        int clients = 4;
        ExecutorService pool = Executors.newFixedThreadPool(clients);
        AtomicBoolean trained = new AtomicBoolean();
        Set<Integer> seen = ConcurrentHashMap.newKeySet();
        try (EmbeddingServer server = new EmbeddingServer(directory, "embedding", 0, INTERVAL)) {
            Callable<Integer> requests = () -> {
                int count = 0;
                for (; !trained.get(); count++) {
                    seen.add(step(server));
                }
                return count;
            };
            List<Future<Integer>> counts = IntStream.range(0, clients)
                    .mapToObj(i -> pool.submit(requests))
                    .toList();
            for (int step = 1; step <= 20; step++) {
                train(step);
                awaitStep(server, step);
            }
            trained.set(true);
            for (Future<Integer> count : counts) {
                assertThat(count.get()).isPositive();
            }
        } finally {
            pool.shutdown();
        }
        assertThat(seen).hasSizeGreaterThan(2);
        assertThat(openFiles()).noneMatch(file -> file.contains(directory.toString()));
    }

    /** Returns the files that this process has open or mapped, on Linux. */
    private static List<String> openFiles() throws IOException {
        Path self = Path.of("/proc/self");
        if (!Files.exists(self)) {
            return List.of();
        }
        List<String> files = new ArrayList<>(Files.readAllLines(self.resolve("maps")));
        try (Stream<Path> descriptors = Files.list(self.resolve("fd"))) {
            for (Path descriptor : descriptors.toList()) {
                if (Files.isSymbolicLink(descriptor)) { // That of the directory itself is closed.
                    files.add(Files.readSymbolicLink(descriptor).toString());
                }
            }
        }
        return files;
    }

    @Test
    void checkpointOfTheSameNameIsReloadedAndADamagedOneIsNot() throws Exception {
        Path prefix = directory.resolve("model-1");
        save(prefix, 1);
        try (EmbeddingServer server = new EmbeddingServer(prefix, "embedding", 0, INTERVAL)) {
            assertThat(step(server)).isEqualTo(1);
            assertThat(get(server, "/status").body())
                    .isEqualTo("{\"checkpoint\":\"model-1\",\"rows\":500,\"width\":64}\n");

            Path other = directory.resolve("model-2");
            save(other, 2);
            Files.write(Path.of(other + ".data-00000-of-00001"), new byte[ROWS * WIDTH * Float.BYTES]);
            for (String suffix : List.of(".data-00000-of-00001", ".index")) {
                Files.move(Path.of(other + suffix), Path.of(prefix + suffix), StandardCopyOption.REPLACE_EXISTING);
            }
            Thread.sleep(10 * INTERVAL.toMillis());
            assertThat(step(server)).isEqualTo(1);

            save(prefix, 3);
            while (!get(server, "/rows?id=0").body().contains("3.0")) {
                Thread.sleep(5);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/, 404, use /rows?id=0 or /status",
        "/rows?id=16, 404, 'there is no row 16, only 16 rows from 0'",
        "/rows?id=-1, 400, 'use /rows?id=0&id=1, with at most 1000 numbers of rows'",
        "/rows?id=1&x=2, 400, 'use /rows?id=0&id=1, with at most 1000 numbers of rows'",
        "/rows?id=99999999999999999999, 400, 'use /rows?id=0&id=1, with at most 1000 numbers of rows'"
    })
    void wrongRequestsAreAnswered(String path, int status, String message) throws Exception {
        try (EmbeddingServer server = new EmbeddingServer(CENSUS, "embeddings/education", 0, INTERVAL)) {
            HttpResponse<String> response = get(server, path);
            assertThat(response.statusCode()).isEqualTo(status);
            assertThat(response.body()).isEqualTo("{\"error\":\"" + message + "\"}\n");
        }
    }

    @Test
    void rowsAreThoseOfTheCheckpoint() throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(CENSUS);
                EmbeddingServer server = new EmbeddingServer(CENSUS, "embeddings/education", 0, INTERVAL)) {
            float[] row =
                    checkpoint.tensor("embeddings/education").slice("4,1:-").toFloatArray();
            assertThat(get(server, "/rows?id=4").body())
                    .isEqualTo("{\"checkpoint\":\"variables\",\"rows\":[{\"id\":4,\"vector\":" + Json.array(row)
                            + "}]}\n");
            assertThat(get(server, "/rows").body()).isEqualTo("{\"checkpoint\":\"variables\",\"rows\":[]}\n");
        }
    }

    @Test
    void jsonHasNoNaNAndEscapesText() {
        assertThat(Json.array(new float[] {1, Float.NaN, -0.5e-10f, Float.NEGATIVE_INFINITY}))
                .isEqualTo("[1.0,null,-5.0E-11,null]");
        assertThat(Json.text("a\"\\\n\ud800é"))
                .isEqualTo("\"a\\\"\\\\\\u000a\\ud800é\"".replace("\\\"\\\\", "\\u0022\\u005c"));
    }

    @Test
    void aTensorWithoutRowsIsRejectedAtOnce() {
        assertThatThrownBy(() -> new EmbeddingServer(CENSUS, "dense/bias", 0, INTERVAL))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("has no rows");
        assertThatThrownBy(() -> new EmbeddingServer(CENSUS, "education", 0, INTERVAL))
                .isInstanceOf(TensorNotFoundException.class);
    }
}
