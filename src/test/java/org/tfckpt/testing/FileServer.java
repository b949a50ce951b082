package org.tfckpt.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A web server that sends ranges of the files of a directory, and records the requests. */
public class FileServer implements Closeable {
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d+)");

    private final Path root;
    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Queue<Request> requests = new ConcurrentLinkedQueue<>();

    /**
     * A request.
     *
     * @param path the path and the query, encoded
     * @param authorization the header {@code Authorization}, or null
     */
    public record Request(String path, String authorization) {}

    @SuppressWarnings("this-escape") // no request arrives before the server's address is known
    public FileServer(Path root) throws IOException {
        this.root = root;
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    public final String url() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    public final List<Request> requests() {
        return List.copyOf(requests);
    }

    /** Returns the status to send instead of a file, or 0. */
    protected int failure(Request request) {
        return 0;
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Request request = new Request(
                    exchange.getRequestURI().toString(),
                    exchange.getRequestHeaders().getFirst("Authorization"));
            requests.add(request);
            Path file = root.resolve(exchange.getRequestURI().getPath().substring(1));
            int failure = failure(request);
            Matcher range =
                    RANGE.matcher(String.valueOf(exchange.getRequestHeaders().getFirst("Range")));
            if (failure != 0) {
                exchange.sendResponseHeaders(failure, -1);
            } else if (!Files.isRegularFile(file)) {
                exchange.sendResponseHeaders(404, -1);
            } else if (!range.matches()) {
                exchange.sendResponseHeaders(400, -1);
            } else {
                send(exchange, file, Long.parseLong(range.group(1)), Long.parseLong(range.group(2)));
            }
        }
    }

    private static void send(HttpExchange exchange, Path file, long first, long last) throws IOException {
        long size = Files.size(file);
        if (first >= size) {
            exchange.getResponseHeaders().set("Content-Range", "bytes */" + size);
            exchange.sendResponseHeaders(416, -1);
            return;
        }
        long end = Math.min(last + 1, size);
        exchange.getResponseHeaders().set("Content-Range", "bytes " + first + "-" + (end - 1) + "/" + size);
        exchange.sendResponseHeaders(206, end - first);
        byte[] part = new byte[1 << 16];
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r");
                OutputStream out = exchange.getResponseBody()) {
            in.seek(first);
            for (long left = end - first; left > 0; ) {
                int count = in.read(part, 0, (int) Math.min(left, part.length));
                out.write(part, 0, count);
                left -= count;
            }
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
