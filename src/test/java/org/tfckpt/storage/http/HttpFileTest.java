package org.tfckpt.storage.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tfckpt.storage.StorageFile;
import org.tfckpt.tensor.CheckpointException;

/** Answers of servers, valid and invalid, and what a file makes of them. */
class HttpFileTest {
    static final HttpOptions FAST = HttpOptions.DEFAULT
            .withEnvironment(Map.of())
            .withTimeouts(Duration.ofSeconds(10), Duration.ofSeconds(10))
            .withRetries(5, Duration.ofMillis(2));

    static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    /** Reads a range; shorter if the file ends. */
    static byte[] read(StorageFile file, long position, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        int count = file.read(position, buffer);
        assertThat(buffer.position()).isEqualTo(Math.max(count, 0));
        return Arrays.copyOf(buffer.array(), buffer.position());
    }

    private static StorageFile open(ScriptedServer server, HttpOptions options) {
        return HttpStorage.of(server.url() + "/dir/file", options).open("file");
    }

    @Test
    void aRangeIsOneRequestWhichAlsoTellsTheSize() throws IOException {
        byte[] file = bytes(1000);
        try (ScriptedServer server =
                        new ScriptedServer((request, out) -> out.write(ScriptedServer.honest(request, file)));
                StorageFile remote = open(server, FAST)) {
            assertThat(read(remote, 0, 100)).isEqualTo(Arrays.copyOf(file, 100));
            assertThat(remote.size()).isEqualTo(1000);
            assertThat(read(remote, 950, 100)).isEqualTo(Arrays.copyOfRange(file, 950, 1000));
            assertThat(remote.read(1000, ByteBuffer.allocate(1))).isEqualTo(-1);
            ByteBuffer direct = ByteBuffer.allocateDirect(200_000);
            assertThat(remote.read(10, direct)).isEqualTo(990);
            assertThat(direct.flip()).isEqualTo(ByteBuffer.wrap(file, 10, 990));
            assertThat(server.requests())
                    .extracting(request -> request.method() + " " + request.path() + " "
                            + request.headers().get("range") + " "
                            + request.headers().get("accept-encoding"))
                    .containsExactly(
                            "GET /dir/file bytes=0-99 identity",
                            "GET /dir/file bytes=950-1049 identity",
                            "GET /dir/file bytes=10-200009 identity");
        }
    }

    @Test
    void anEmptyFileAnswersWith416() throws IOException {
        try (ScriptedServer server =
                        new ScriptedServer((request, out) -> out.write(ScriptedServer.honest(request, new byte[0])));
                StorageFile remote = open(server, FAST)) {
            assertThat(remote.read(0, ByteBuffer.allocate(10))).isEqualTo(-1);
            assertThat(remote.size()).isZero();
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void anAnswerMayBeShorterThanRequested() throws IOException {
        byte[] file = bytes(300_000);
        try (ScriptedServer server = new ScriptedServer((request, out) -> out.write(ScriptedServer.answer(
                        "206 Partial Content\nContent-Range: bytes " + request.first() + "-"
                                + (request.first() + 69_999) + "/300000",
                        Arrays.copyOfRange(file, (int) request.first(), (int) request.first() + 70_000))));
                StorageFile remote = open(server, FAST)) {
            assertThat(read(remote, 10_000, 210_000)).isEqualTo(Arrays.copyOfRange(file, 10_000, 220_000));
            assertThat(server.requests()).hasSize(3);
        }
    }

    @Test
    void aServerThatSendsAFewBytesAtATimeIsGivenUp() throws IOException {
        try (ScriptedServer server = new ScriptedServer((request, out) -> out.write(ScriptedServer.answer(
                        "206 Partial Content\nContent-Range: bytes " + request.first() + "-" + request.first()
                                + "/300000",
                        new byte[1])));
                StorageFile remote = open(server, FAST)) {
            assertThatThrownBy(() -> read(remote, 0, 100_000))
                    .hasMessageContaining("the server sends hardly any bytes per request (6 attempts)");
            assertThat(server.requests()).hasSize(6);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "206 Partial Content | is invalid: Content-Range: null",
                "206 Partial Content;Content-Range: bytes 0-99/* | does not tell the size of the file",
                "206 Partial Content;Content-Range: bytes 1-100/1000 | it announces 1 to 100 and 100 bytes",
                "206 Partial Content;Content-Range: bytes 0-98/1000 | it announces 0 to 98 and 100 bytes",
                "206 Partial Content;Content-Range: bytes 0-199/1000 | bytes 0 to 99 were requested",
                "206 Partial Content;Content-Range: bytes 0-99/50 | Content-Range: bytes 0-99/50",
                "206 Partial Content;Content-Range: bytes 5-2/1000 | Content-Range: bytes 5-2/1000",
                "206 Partial Content;Content-Range: bytes 0-99/99999999999999999999 | Content-Range: bytes",
                "206 Partial Content;Content-Range: bytes 0-99/-1 | Content-Range: bytes",
                "206 Partial Content;Content-Type: multipart/byteranges; boundary=x | it has several parts",
                "206 Partial Content;Content-Range: bytes 0-99/1000;Content-Encoding: gzip | Content-Encoding: gzip",
                "200 OK;Content-Encoding: br | it is encoded",
                "204 No Content | unexpected status 204",
                "304 Not Modified | unexpected status 304",
                "300 Multiple Choices | unexpected status 300",
                "416 Range Not Satisfiable | rejects the range from byte 0",
                "416 Range Not Satisfiable;Content-Range: bytes */1000 | rejects the range from byte 0",
                "501 Not Implemented | unexpected status 501",
                "302 Found | it has no target",
                "302 Found;Location: ftp://x/ | is not followed",
                "302 Found;Location: http://a b/ | is not followed",
                "ICY 200 OK | is not valid HTTP",
            })
    void anInvalidAnswerIsOneClearError(String head, String message) throws IOException {
        String lines = head.replace(";", "\n").replace("multipart/byteranges\n", "multipart/byteranges;");
        try (ScriptedServer server = new ScriptedServer((request, out) -> out.write(
                        ScriptedServer.answer(lines.startsWith("ICY") ? "HTTP/" + lines : lines, new byte[100])));
                StorageFile remote = open(server, FAST)) {
            assertThatThrownBy(() -> read(remote, 0, 100))
                    .isInstanceOf(CheckpointException.class)
                    .hasNoCause()
                    .hasMessageContaining(message)
                    .hasMessageContaining(server.url() + "/dir/file");
            assertThat(server.requests()).hasSize(1);
        }
    }

    @Test
    void aBodyThatIsLongerThanItsRangeIsAnError() throws IOException {
        try (ScriptedServer server = new ScriptedServer((request, out) -> {
                    out.write("HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-9/1000\r\n\r\n0123456789a"
                            .getBytes(StandardCharsets.US_ASCII));
                    throw new ScriptedServer.Cut();
                });
                StorageFile remote = open(server, FAST)) {
            assertThatThrownBy(() -> read(remote, 0, 10)).hasMessageContaining("more bytes than it announces");
        }
    }

    @Test
    void aMissingFileAndADeniedOneAreDistinct() throws IOException {
        try (ScriptedServer server = new ScriptedServer((request, out) -> out.write(ScriptedServer.answer(
                request.path().substring(1, 4) + " x", "secret".getBytes(StandardCharsets.US_ASCII))))) {
            for (String status : List.of("404", "410")) {
                assertThatThrownBy(() -> HttpStorage.of(server.url() + "/" + status, FAST)
                                .open(status)
                                .size())
                        .isInstanceOf(NoSuchFileException.class)
                        .hasMessageContaining(status + ": there is no such file, or only with credentials");
            }
            assertThatThrownBy(() -> HttpStorage.of(server.url() + "/403", FAST)
                            .open("403")
                            .size())
                    .isInstanceOf(AccessDeniedException.class)
                    .hasMessageContaining("access is denied, or there is no such file");
            assertThatThrownBy(() -> HttpStorage.of(server.url() + "/401", FAST)
                            .open("401")
                            .size())
                    .isInstanceOf(AccessDeniedException.class)
                    .hasMessageContaining("login");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ETag: \"b\"\nLast-Modified: Mon, 01 Jan 2024 00:00:00 GMT",
                "ETag: \"a\"\nLast-Modified: Tue, 02 Jan 2024 00:00:00 GMT",
                "ETag: \"a\"\nLast-Modified: Mon, 01 Jan 2024 00:00:00 GMT\nX-Size: 1001",
                "412",
            })
    void aFileThatChangesBetweenTwoRangesIsReported(String second) throws IOException {
        byte[] file = bytes(1000);
        try (ScriptedServer server = new ScriptedServer((request, out) -> {
                    boolean first = request.number() == 1;
                    out.write(
                            !first && second.equals("412")
                                    ? ScriptedServer.answer("412 Precondition Failed", new byte[0])
                                    : ScriptedServer.honest(
                                            request,
                                            !first && second.contains("1001") ? bytes(1001) : file,
                                            first
                                                    ? "ETag: \"a\"\nLast-Modified: Mon, 01 Jan 2024 00:00:00 GMT"
                                                    : second));
                });
                StorageFile remote = open(server, FAST)) {
            read(remote, 0, 10);
            assertThatThrownBy(() -> read(remote, 10, 10)).hasMessageContaining("the file changed while it was read");
            assertThat(server.requests().get(1).headers()).containsEntry("if-match", "\"a\"");
        }
    }

    @Test
    void weakTagsAreNotSentAndTagsCanBeIgnored() throws IOException {
        byte[] file = bytes(1000);
        try (ScriptedServer server = new ScriptedServer((request, out) -> out.write(ScriptedServer.honest(
                request,
                file,
                "ETag: " + (request.path().contains("weak") ? "W/" : "") + "\"" + request.number() + "\"")))) {
            for (String path : List.of("/weak", "/strong")) {
                HttpOptions options = path.equals("/weak") ? FAST : FAST.ignoringEntityTags();
                StorageFile remote =
                        HttpStorage.of(server.url() + path, options).open(path.substring(1));
                read(remote, 0, 10);
                assertThat(read(remote, 10, 10)).isEqualTo(Arrays.copyOfRange(file, 10, 20));
            }
            assertThat(server.requests()).noneMatch(request -> request.headers().containsKey("if-match"));
        }
    }

    @Test
    void aServerWithoutRangesSendsASmallFileOnceAndALargeOneToATemporaryFile() throws IOException {
        byte[] file = bytes(100_000);
        List<String> notices = new ArrayList<>();
        try (ScriptedServer server =
                new ScriptedServer((request, out) -> out.write(ScriptedServer.answer("200 OK", file)))) {
            try (StorageFile remote = open(server, FAST.withNotices(notices::add))) {
                assertThat(read(remote, 0, 100_001)).isEqualTo(file);
                assertThat(remote.size()).isEqualTo(100_000);
            }
            assertThat(notices).isEmpty();
            try (StorageFile remote = open(server, FAST.withNotices(notices::add))) {
                assertThat(read(remote, 500, 1000)).isEqualTo(Arrays.copyOfRange(file, 500, 1500));
                assertThat(read(remote, 99_000, 2000)).isEqualTo(Arrays.copyOfRange(file, 99_000, 100_000));
                assertThat(remote.read(100_000, ByteBuffer.allocate(1))).isEqualTo(-1);
            }
            assertThat(notices).singleElement().asString().contains("cannot send parts", "100000 bytes");
            assertThat(server.requests()).hasSize(2);
            try (StorageFile remote = open(server, FAST.withDownloadLimit(99_999))) {
                assertThatThrownBy(() -> read(remote, 0, 10)).hasMessageContaining("exceeds the limit of 99999 bytes");
            }
        }
    }

    @Test
    void aDownloadOfUnknownSizeEndsAtTheLimit() throws IOException {
        try (ScriptedServer server = new ScriptedServer((request, out) -> {
                    out.write("HTTP/1.1 200 OK\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                    while (true) {
                        out.write(new byte[100_000]);
                    }
                });
                StorageFile remote = open(server, FAST.withDownloadLimit(1_000_000))) {
            assertThatThrownBy(() -> read(remote, 0, 10)).hasMessageContaining("exceeds the limit of 1000000 bytes");
        }
    }
}
