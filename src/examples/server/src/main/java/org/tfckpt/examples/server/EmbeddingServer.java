package org.tfckpt.examples.server;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Serves rows of an embedding as JSON: {@code GET /rows?id=0&id=4} and {@code GET /status}. When a newer checkpoint is
 * published, it is used from the next request on, and no request fails.
 *
 * <p>Arguments: a checkpoint or a directory with a state file, the name of the embedding, and a port of this host.
 */
public final class EmbeddingServer implements Closeable {
    private static final int MAX_ROWS = 1000;
    private static final int THREADS = 8;

    private final Models models;
    private final HttpServer server;
    private final ExecutorService requests = Executors.newFixedThreadPool(THREADS);
    private final ScheduledExecutorService reloads = Executors.newSingleThreadScheduledExecutor();
    private String lastProblem = "";

    /**
     * Starts a server.
     *
     * @param interval how often the server looks for a newer checkpoint
     */
    public EmbeddingServer(Path checkpoint, String embedding, int port, Duration interval) throws IOException {
        models = new Models(checkpoint, embedding);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/", this::handle);
        server.setExecutor(requests);
        server.start();
        reloads.scheduleWithFixedDelay(this::reload, interval.toMillis(), interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    public static void main(String[] args) throws IOException {
        EmbeddingServer server =
                new EmbeddingServer(Path.of(args[0]), args[1], Integer.parseInt(args[2]), Duration.ofSeconds(1));
        System.out.println("http://localhost:" + server.port() + "/status");
    }

    int port() {
        return server.getAddress().getPort();
    }

    private void reload() {
        try {
            if (models.reload()) {
                System.err.println("reloaded");
            }
            lastProblem = "";
        } catch (IOException | RuntimeException e) {
            // For example, a save is not complete. The next attempt follows, so one message is enough.
            if (!e.toString().equals(lastProblem)) {
                System.err.println("not reloaded: " + e);
            }
            lastProblem = e.toString();
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Answer answer;
            Model model = models.acquire();
            try {
                answer = answer(exchange, model);
            } catch (IOException | RuntimeException e) {
                answer = Answer.error(500, e.toString());
            } finally {
                model.release();
            }
            byte[] body = answer.json().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(answer.status(), body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private record Answer(int status, String json) {
        static Answer error(int status, String message) {
            return new Answer(status, "{\"error\":" + Json.text(message) + "}\n");
        }
    }

    private static Answer answer(HttpExchange exchange, Model model) throws IOException {
        if (!exchange.getRequestMethod().equals("GET")) {
            exchange.getResponseHeaders().set("Allow", "GET");
            return Answer.error(405, "only GET is supported");
        }
        String checkpoint = "{\"checkpoint\":" + Json.text(model.name());
        return switch (exchange.getRequestURI().getPath()) {
            case "/status" ->
                new Answer(200, checkpoint + ",\"rows\":" + model.rows() + ",\"width\":" + model.width() + "}\n");
            case "/rows" -> rows(exchange.getRequestURI().getQuery(), model, checkpoint);
            default -> Answer.error(404, "use /rows?id=0 or /status");
        };
    }

    private static Answer rows(String query, Model model, String checkpoint) throws IOException {
        List<String> rows = new ArrayList<>();
        for (String parameter : query == null ? new String[0] : query.split("&")) {
            if (!parameter.matches("id=[0-9]{1,18}") || rows.size() == MAX_ROWS) {
                return Answer.error(400, "use /rows?id=0&id=1, with at most " + MAX_ROWS + " numbers of rows");
            }
            long id = Long.parseLong(parameter.substring("id=".length()));
            if (id >= model.rows()) {
                return Answer.error(404, "there is no row " + id + ", only " + model.rows() + " rows from 0");
            }
            rows.add("{\"id\":" + id + ",\"vector\":" + Json.array(model.row(id)) + "}");
        }
        return new Answer(200, checkpoint + ",\"rows\":[" + String.join(",", rows) + "]}\n");
    }

    /** Answers the requests in flight, then closes the checkpoint. */
    @Override
    public void close() throws IOException {
        reloads.shutdown();
        server.stop(1);
        requests.shutdown();
        try {
            reloads.awaitTermination(1, TimeUnit.MINUTES);
            requests.awaitTermination(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        models.close();
    }
}
