package org.tfckpt.storage.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tfckpt.storage.http.HttpFileTest.FAST;
import static org.tfckpt.storage.http.HttpFileTest.bytes;
import static org.tfckpt.storage.http.HttpFileTest.read;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tfckpt.storage.StorageFile;

/** Servers and connections that fail, for a while or for good. */
class HttpFailureTest {
    private static StorageFile open(ScriptedServer server, String name, HttpOptions options) {
        return HttpStorage.of(server.url() + "/" + name, options).open(name);
    }

    private interface Check {
        void run(int number) throws Exception;
    }

    private static void inParallel(int count, Check check) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Future<?>> all = IntStream.range(0, count)
                    .<Future<?>>mapToObj(i -> threads.submit(() -> {
                        check.run(i);
                        return null;
                    }))
                    .toList();
            for (Future<?> one : all) {
                one.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void anAnswerThatIsCutAfterAnyByteIsRequestedAgain() throws Exception {
        byte[] file = bytes(60);
        int answer = 60 + 100;
        try (ScriptedServer server = new ScriptedServer((request, out) -> {
            int cut = Integer.parseInt(request.path().substring(1));
            byte[] all = ScriptedServer.honest(request, file, "ETag: \"a\"");
            // The JDK itself repeats a request without any answer.
            if (request.number() <= (cut < 8 ? 2 : 1) && cut < all.length) {
                out.write(all, 0, cut);
                throw new ScriptedServer.Cut();
            }
            out.write(all);
        })) {
            inParallel(answer, cut -> {
                StorageFile remote = open(server, String.valueOf(cut), FAST);
                assertThat(read(remote, 0, 60)).as("cut after %d bytes", cut).isEqualTo(file);
                assertThat(remote.size()).isEqualTo(60);
            });
            assertThat(server.requests()).hasSizeGreaterThan(answer + 100);
        }
    }

    @Test
    void anAnswerThatIsAlwaysCutIsOneErrorAfterAFewAttempts() throws Exception {
        byte[] file = bytes(60);
        try (ScriptedServer server = new ScriptedServer((request, out) -> {
            int cut = Integer.parseInt(request.path().substring(1));
            int length = file.length - (int) request.first();
            byte[] all = ScriptedServer.honest(request, file);
            out.write(all, 0, Math.min(cut, all.length - Math.min(length, 2)));
            throw new ScriptedServer.Cut();
        })) {
            inParallel(
                    60 + 60,
                    cut -> assertThatThrownBy(() -> read(
                                    open(server, String.valueOf(cut), FAST.withRetries(2, Duration.ofMillis(1))),
                                    0,
                                    60))
                            .isInstanceOf(IOException.class)
                            .hasNoCause()
                            .hasMessageContaining("/" + cut + "]"));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 500, 502, 503, 504})
    void aServerThatIsBusyForAWhileIsAskedAgain(int status) throws Exception {
        byte[] file = bytes(100);
        try (ScriptedServer server = new ScriptedServer((request, out) -> out.write(
                request.number() <= 5
                        ? ScriptedServer.answer(status + " x", "come back later".getBytes(StandardCharsets.US_ASCII))
                        : ScriptedServer.honest(request, file)))) {
            assertThat(read(open(server, "file", FAST), 0, 100)).isEqualTo(file);
            assertThat(server.requests()).hasSize(6);
            assertThatThrownBy(() -> read(open(server, "other", FAST.withRetries(4, Duration.ofMillis(1))), 0, 100))
                    .hasMessageContaining("the server answers " + status + " (5 attempts)");
        }
    }

    @Test
    void theDelayThatTheServerAsksForIsHonouredUpToALimit() throws Exception {
        byte[] file = bytes(100);
        try (ScriptedServer server = new ScriptedServer((request, out) -> out.write(
                request.number() == 1
                        ? ScriptedServer.answer(
                                "503 x\nRetry-After: " + request.path().substring(1), new byte[0])
                        : ScriptedServer.honest(request, file)))) {
            long start = System.nanoTime();
            assertThat(read(open(server, "1", FAST), 0, 100)).isEqualTo(file);
            assertThat(System.nanoTime() - start)
                    .isGreaterThan(Duration.ofMillis(999).toNanos());
            assertThatThrownBy(() -> read(open(server, "3600", FAST), 0, 100))
                    .hasMessageContaining("the server asks to try again in 3600 s");
        }
        String date = ZonedDateTime.now(ZoneOffset.UTC).plusSeconds(30).format(DateTimeFormatter.RFC_1123_DATE_TIME);
        assertThat(Attempts.retryAfter(date)).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(30));
        assertThat(Attempts.retryAfter("99999999999999999999")).isZero();
        assertThat(Attempts.retryAfter("soon")).isZero();
        assertThat(Attempts.retryAfter(null)).isZero();
    }

    /** The numbers are bytes of the answer before the stall; the whole has more. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 30, 120, 200})
    void aStallIsEndedByATimeout(int bytes) throws Exception {
        byte[] file = bytes(150);
        HttpOptions impatient = FAST.withTimeouts(Duration.ofSeconds(5), Duration.ofMillis(100));
        try (ScriptedServer server = new ScriptedServer((request, out) -> {
            byte[] all = ScriptedServer.honest(request, file);
            if (request.number() == 1 || request.path().equals("/always")) {
                out.write(all, 0, bytes);
                out.flush();
                Thread.sleep(60_000);
            }
            out.write(all);
        })) {
            assertThat(read(open(server, "once", impatient.withRetries(5, Duration.ofMillis(1))), 0, 150))
                    .isEqualTo(file);
            assertThatThrownBy(() -> read(open(server, "always", impatient.withRetries(0, Duration.ZERO)), 0, 150))
                    .hasMessageMatching(".*(did not answer within 0.1 s|sent hardly any bytes for 0.1 s).*");
        }
    }

    /** A timeout of the socket would start anew with each byte. */
    @ParameterizedTest
    @ValueSource(strings = {"head", "body"})
    void bytesThatDripAreAStall(String part) throws Exception {
        HttpOptions impatient = FAST.withTimeouts(Duration.ofMillis(200), Duration.ofMillis(200))
                .withRetries(0, Duration.ZERO);
        try (ScriptedServer server = new ScriptedServer((request, out) -> {
            String head = "HTTP/1.1 206 x\r\nContent-Range: bytes 0-99999/100000\r\nX: ";
            out.write((part.equals("head") ? head : head + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            while (true) {
                out.write('x');
                out.flush();
                Thread.sleep(10);
            }
        })) {
            assertThatThrownBy(() -> read(open(server, "file", impatient), 0, 100_000))
                    .hasMessageMatching(".*(did not answer|sent hardly any bytes).*");
        }
    }

    @Test
    void redirectsInACircleEnd() throws Exception {
        try (ScriptedServer server = new ScriptedServer((request, out) -> out.write(ScriptedServer.answer(
                "302 Found\nLocation: " + (request.path().equals("/a") ? "b?signature=S3CRET" : "/a"),
                new byte[10])))) {
            assertThatThrownBy(() -> read(open(server, "a", FAST), 0, 10))
                    .hasMessageContaining("more than 10 redirects")
                    .hasMessageNotContaining("S3CRET");
            assertThat(server.requests()).hasSize(11);
        }
    }

    @Test
    void aDirectoryIsNoFile() throws Exception {
        try (ScriptedServer server = new ScriptedServer(
                (request, out) -> out.write(ScriptedServer.answer("301 x\nLocation: /a/", new byte[10])))) {
            assertThatThrownBy(() -> read(open(server, "a", FAST), 0, 10))
                    .isInstanceOf(NoSuchFileException.class)
                    .hasMessageContaining("it is a directory");
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void theTargetOfARedirectIsUsedAgainUntilItFails() throws Exception {
        byte[] file = bytes(1000);
        try (ScriptedServer server = new ScriptedServer((request, out) -> out.write(
                request.path().equals("/file")
                        ? ScriptedServer.answer(
                                "307 x\nLocation: /signed?" + request.number(),
                                "moved".getBytes(StandardCharsets.US_ASCII))
                        : request.number() > 2
                                ? ScriptedServer.answer("403 Expired", new byte[0])
                                : ScriptedServer.honest(request, file)))) {
            StorageFile remote = open(server, "file", FAST);
            for (int i = 0; i < 5; i++) {
                assertThat(read(remote, i * 100L, 100)).isEqualTo(Arrays.copyOfRange(file, i * 100, i * 100 + 100));
            }
            assertThat(server.requests().stream()
                            .filter(request -> request.path().equals("/file")))
                    .hasSize(3);
        }
    }

    @Test
    void hostileHeadsAreErrors() throws Exception {
        try (ScriptedServer server = new ScriptedServer((request, out) -> {
            out.write("HTTP/1.1 ".getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < 100_000; i++) {
                String line = switch (request.path()) {
                    case "/long" -> "x".repeat(1000);
                    case "/many" -> (i == 0 ? "206 x\r\n" : "") + "X-" + i + ": " + "y".repeat(100) + "\r\n";
                    default -> "100 Continue\r\n\r\nHTTP/1.1 ";
                };
                out.write(line.getBytes(StandardCharsets.US_ASCII));
            }
            throw new ScriptedServer.Cut();
        })) {
            for (String path : List.of("long", "many", "continue")) {
                assertThatThrownBy(() -> read(open(server, path, FAST.withRetries(0, Duration.ZERO)), 0, 10))
                        .as(path)
                        .isInstanceOf(IOException.class)
                        .hasMessageMatching(".*(not valid HTTP|broke).*");
            }
        }
    }

    @Test
    void oneRequestInAHundredMayFail() throws Exception {
        byte[] file = bytes(1_000_000);
        AtomicInteger failures = new AtomicInteger();
        AtomicInteger all = new AtomicInteger();
        try (ScriptedServer server = new ScriptedServer((request, out) -> {
                    byte[] answer = ScriptedServer.honest(request, file, "ETag: \"a\"");
                    if (all.incrementAndGet() % 100 != 0) {
                        out.write(answer);
                    } else if (failures.incrementAndGet() % 2 == 0) {
                        out.write(answer, 0, answer.length / 2);
                        throw new ScriptedServer.Cut();
                    } else {
                        out.write(ScriptedServer.answer("500 Internal Server Error", new byte[0]));
                    }
                });
                StorageFile remote = open(server, "file", FAST)) {
            inParallel(
                    1000,
                    i -> assertThat(read(remote, i * 1000L, 1000))
                            .isEqualTo(Arrays.copyOfRange(file, i * 1000, i * 1000 + 1000)));
            assertThat(failures).hasValueGreaterThanOrEqualTo(10);
        }
    }

    @Test
    void anInterruptEndsTheDelays() throws Exception {
        try (ScriptedServer server = new ScriptedServer(
                (request, out) -> out.write(ScriptedServer.answer("503 x\nRetry-After: 50", new byte[0])))) {
            Thread reader = Thread.currentThread();
            Thread interrupter = new Thread(() -> {
                while (server.requests().isEmpty()) {
                    Thread.onSpinWait();
                }
                reader.interrupt();
            });
            interrupter.start();
            assertThatThrownBy(() -> read(open(server, "file", FAST), 0, 10))
                    .isInstanceOf(InterruptedIOException.class);
            assertThat(Thread.interrupted()).isTrue();
            interrupter.join();
        }
    }

    @Test
    void serversThatCannotBeReachedAreNamed() throws Exception {
        ScriptedServer gone = new ScriptedServer((request, out) -> {});
        gone.close();
        assertThatThrownBy(() -> open(gone, "file", FAST).size())
                .hasMessageContaining("cannot connect to '" + gone.url() + "'");
        assertThatThrownBy(() ->
                        HttpStorage.of("http://host.invalid/x", FAST).open("x").size())
                .hasMessageContaining("the host of 'http://host.invalid' is unknown");
    }
}
