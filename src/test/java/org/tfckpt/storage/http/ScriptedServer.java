package org.tfckpt.storage.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A web server that sends exactly the bytes that a test wants, and records the requests. */
final class ScriptedServer implements Closeable {
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d+)");

    /** Writes the answer to a request. */
    interface Script {
        void answer(Request request, OutputStream out) throws IOException, InterruptedException;
    }

    /** Ends a connection. */
    static final class Cut extends IOException {
        private static final long serialVersionUID = 1;
    }

    /** A request; the names of headers are in lower case. */
    record Request(String method, String path, Map<String, String> headers, int number) {
        long first() {
            return range(1);
        }

        long last() {
            return range(2);
        }

        private long range(int group) {
            Matcher range = RANGE.matcher(headers.getOrDefault("range", ""));
            if (!range.matches()) {
                throw new IllegalStateException("not a bounded range: " + headers);
            }
            return Long.parseLong(range.group(group));
        }
    }

    private final ServerSocket socket = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Queue<Request> requests = new ConcurrentLinkedQueue<>();
    private final Map<String, Integer> numbers = new ConcurrentHashMap<>();
    private final Script script;

    ScriptedServer(Script script) throws IOException {
        this.script = script;
        threads.execute(this::accept);
    }

    /** Returns an answer with a body. */
    static byte[] answer(String statusAndHeaders, byte[] body) {
        byte[] head = (statusAndHeaders.contains("HTTP/") ? statusAndHeaders : "HTTP/1.1 " + statusAndHeaders)
                .replaceFirst("\n*$", "\nContent-Length: " + body.length + "\n\n")
                .replace("\n", "\r\n")
                .getBytes(StandardCharsets.ISO_8859_1);
        byte[] all = Arrays.copyOf(head, head.length + body.length);
        System.arraycopy(body, 0, all, head.length, body.length);
        return all;
    }

    /** Returns the answer of an honest server. */
    static byte[] honest(Request request, byte[] file, String... headers) {
        String more = headers.length == 0 ? "" : "\n" + String.join("\n", headers);
        if (request.first() >= file.length) {
            return answer("416 Range Not Satisfiable\nContent-Range: bytes */" + file.length + more, new byte[0]);
        }
        int first = (int) request.first();
        int last = (int) Math.min(request.last(), file.length - 1);
        return answer(
                "206 Partial Content\nContent-Range: bytes " + first + "-" + last + "/" + file.length + more,
                Arrays.copyOfRange(file, first, last + 1));
    }

    String url() {
        return "http://localhost:" + socket.getLocalPort();
    }

    int port() {
        return socket.getLocalPort();
    }

    List<Request> requests() {
        return List.copyOf(requests);
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                threads.execute(() -> serve(connection));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            InputStream in = new BufferedInputStream(connection.getInputStream());
            for (Request request = read(in); request != null; request = read(in)) {
                requests.add(request);
                script.answer(request, connection.getOutputStream());
                connection.getOutputStream().flush();
            }
        } catch (IOException | InterruptedException end) {
            // The connection is closed.
        }
    }

    private Request read(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int b = in.read();
            if (b < 0) {
                return null;
            }
            head.write(b);
        }
        String[] lines = head.toString(StandardCharsets.ISO_8859_1).strip().split("\r\n", -1);
        Map<String, String> headers = new TreeMap<>();
        for (String line : Arrays.asList(lines).subList(1, lines.length)) {
            String[] parts = line.split(": ?", 2);
            headers.put(parts[0].toLowerCase(Locale.ROOT), parts[1]);
        }
        String[] words = lines[0].split(" ", -1);
        return new Request(words[0], words[1], headers, numbers.merge(words[1], 1, Integer::sum));
    }

    @Override
    public void close() throws IOException {
        socket.close();
        threads.shutdownNow();
    }
}
