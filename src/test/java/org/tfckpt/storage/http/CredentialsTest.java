package org.tfckpt.storage.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tfckpt.storage.http.HttpFileTest.FAST;
import static org.tfckpt.storage.http.HttpFileTest.bytes;
import static org.tfckpt.storage.http.HttpFileTest.read;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tfckpt.storage.StorageFile;
import org.tfckpt.storage.http.HttpOptions.Header;

/** Headers, passwords and signatures: who gets them, and that no message has them. */
class CredentialsTest {
    private static final byte[] FILE = bytes(100);
    private static final HttpOptions WITH_HEADER =
            FAST.withHeaders(List.of(Header.parse("Authorization: Bearer S3CRET"), Header.parse("X-Key:K3Y")));

    private static String basic(String login) {
        return "Basic " + Base64.getEncoder().encodeToString(login.getBytes(StandardCharsets.UTF_8));
    }

    private static ScriptedServer honest() throws IOException {
        return new ScriptedServer((request, out) -> out.write(ScriptedServer.honest(request, FILE)));
    }

    private static String authorization(ScriptedServer server, int request) {
        return server.requests().get(request).headers().get("authorization");
    }

    private static void readAll(String url, String name, HttpOptions options) throws IOException {
        try (StorageFile file = HttpStorage.of(url, options).open(name)) {
            assertThat(read(file, 0, 100)).isEqualTo(FILE);
        }
    }

    @Test
    void headersGoToTheOriginOfTheCheckpointOnly() throws IOException {
        try (ScriptedServer other = honest();
                ScriptedServer server = new ScriptedServer((request, out) -> out.write(
                        request.path().startsWith("/away")
                                ? ScriptedServer.answer("302 Found\nLocation: " + other.url() + "/x", new byte[0])
                                : request.path().equals("/moved")
                                        ? ScriptedServer.answer("302 Found\nLocation: /file", new byte[0])
                                        : ScriptedServer.honest(request, FILE)))) {
            readAll(server.url() + "/file", "file", WITH_HEADER);
            readAll(server.url() + "/file", "moved", WITH_HEADER);
            assertThat(server.requests())
                    .hasSize(3)
                    .allSatisfy(request -> assertThat(request.headers())
                            .containsEntry("authorization", "Bearer S3CRET")
                            .containsEntry("x-key", "K3Y"));
            readAll(server.url() + "/away", "away", WITH_HEADER);
            readAll(server.url() + "/file", "signed", WITH_HEADER.withUrls(Map.of("signed", other.url() + "/y?z")));
            readAll(server.url().replace("http://", "http://user:pass@") + "/away", "away", FAST);
            assertThat(other.requests())
                    .hasSize(3)
                    .allSatisfy(request -> assertThat(request.headers()).doesNotContainKeys("authorization", "x-key"));
            assertThat(authorization(server, 4)).isEqualTo(basic("user:pass"));
        }
    }

    @Test
    void theEnvironmentHasHeadersForHosts() throws IOException {
        try (ScriptedServer other = honest();
                ScriptedServer server = honest()) {
            HttpOptions options = FAST.withEnvironment(Map.of(
                    "TFCKPT_HTTP_HEADERS",
                    "localhost:" + server.port() + " Authorization: Token a:b\n\n"
                            + "elsewhere Authorization: c\nlocalhost X-D: d\n"));
            readAll(server.url() + "/file", "file", options);
            readAll(other.url() + "/file", "file", options);
            assertThat(authorization(server, 0)).isEqualTo("Token a:b");
            assertThat(other.requests().get(0).headers()).doesNotContainKeys("authorization", "x-d");
            assertThatThrownBy(() -> readAll(
                            server.url() + "/file",
                            "file",
                            FAST.withEnvironment(Map.of("TFCKPT_HTTP_HEADERS", "Authorization: S3CRET"))))
                    .hasMessageContaining("lines of the form 'HOST[:PORT] Name: value'")
                    .hasMessageNotContaining("S3CRET");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "machine localhost login me password p#w",
                "machine other login x password y\n\nmachine\nlocalhost\n  password p#w\n  login me\nmachine z login a",
                "# machine localhost login no password no\ndefault login me password p#w",
                "macdef init\nmachine localhost login no\n\nmachine LOCALHOST login \"me\" account a password \"p#w\"",
            })
    void netrcHasLoginsForHosts(String netrc, @TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve(".netrc"), netrc);
        try (ScriptedServer server = honest()) {
            readAll(server.url() + "/file", "file", FAST.withEnvironment(Map.of("HOME", directory.toString())));
            readAll(server.url() + "/file", "file", FAST.withEnvironment(Map.of("NETRC", file.toString())));
            readAll(server.url() + "/file", "file", WITH_HEADER.withEnvironment(Map.of("NETRC", file.toString())));
            assertThat(authorization(server, 0)).isEqualTo(basic("me:p#w"));
            assertThat(authorization(server, 1)).isEqualTo(basic("me:p#w"));
            assertThat(authorization(server, 2)).isEqualTo("Bearer S3CRET");
        }
    }

    @Test
    void aMissingOrDamagedNetrcIsIgnored(@TempDir Path directory) throws IOException {
        Path file = Files.writeString(directory.resolve("x"), "machine localhost login");
        try (ScriptedServer server = honest()) {
            for (String name : List.of(directory + "/none", directory.toString(), file.toString())) {
                readAll(server.url() + "/file", "file", FAST.withEnvironment(Map.of("NETRC", name)));
            }
        }
    }

    @Test
    void queriesAreSentForTheFileThatHasThemAndForOthersIfAsked() throws IOException {
        try (ScriptedServer server = honest()) {
            String url = server.url() + "/dir%20x/m.index?sig=a/b%2Fc d";
            readAll(url, "m.index", FAST);
            readAll(url, "m.data ü?#%41/x", FAST);
            readAll(url, "m.data", FAST.keepingQuery());
            readAll(url, "m.other", FAST.withUrls(Map.of("m.other", server.url() + "/o?t")));
            assertThat(server.requests())
                    .extracting(ScriptedServer.Request::path)
                    .containsExactly(
                            "/dir%20x/m.index?sig=a/b%2Fc%20d",
                            "/dir%20x/m.data%20%C3%BC%3F%23%2541/x", "/dir%20x/m.data?sig=a/b%2Fc%20d", "/o?t");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"../x", "a/../x", "/x", "a//b", "", ".", "a/."})
    void namesStayBelowTheirDirectory(String name) throws IOException {
        HttpStorage storage = HttpStorage.of("http://localhost/a/b", FAST);
        assertThatThrownBy(() -> storage.open(name).close()).isInstanceOf(IllegalArgumentException.class);
    }

    /** Every kind of failure, with secrets in all places that can have them. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "404 x",
                "403 x",
                "401 x\nWWW-Authenticate: Basic realm=x",
                "500 x",
                "412 x",
                "206 x",
                "416 x",
                "302 x\nLocation: /next?sig=S3CRET",
                "302 x\nLocation: ftp://S3CRET:S3CRET@x/?S3CRET",
                "302 x\nLocation: http://S3CRET:S3CRET@localhost:1/?S3CRET",
                "302 x\nLocation: http://[S3CRET/",
                "206 x\nContent-Range: bytes 0-9/20\nContent-Encoding: gzip",
                "-1",
            })
    void noFailureTellsASecret(String head) throws IOException {
        try (ScriptedServer server = new ScriptedServer((request, out) -> {
            if (head.equals("-1")) {
                throw new ScriptedServer.Cut();
            }
            out.write(ScriptedServer.answer(head, new byte[10]));
        })) {
            HttpOptions options =
                    WITH_HEADER.withUrls(Map.of("a", "http://S3CRET@localhost:" + server.port() + "/a?S3CRET"));
            HttpStorage storage = HttpStorage.of(
                    server.url().replace("//", "//user:S3CRET@") + "/f?sig=S3CRET", options.keepingQuery());
            for (String name : List.of("f", "g", "a")) {
                assertThatThrownBy(() -> storage.open(name).size()).satisfies(failure -> {
                    StringWriter text = new StringWriter();
                    failure.printStackTrace(new PrintWriter(text));
                    assertThat(text.toString())
                            .doesNotContain("S3CRET")
                            .doesNotContain("K3Y")
                            .contains("/" + name);
                });
            }
            assertThat(storage + storage.location() + storage.name() + options).doesNotContain("S3CRET");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "S3CRET",
                "Host: S3CRET",
                "Range: S3CRET",
                "Authorization: S3CRET\nX: y",
                "Authorization : S3CRET",
                ": S3CRET",
                "Authorization: S3CRET\u2026",
            })
    void invalidHeadersAreRejectedWithoutTheirValues(String header) {
        assertThatThrownBy(() -> Header.parse(header))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("S3CRET");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"S3CRET", "ftp://h/S3CRET", "http://", "http://h:S3CRET/", "http://h:99999/S3CRET", "http:/x"})
    void invalidUrlsAreRejectedWithoutTheirText(String url) {
        assertThatThrownBy(() -> HttpStorage.of(url, FAST))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("S3CRET");
        assertThatThrownBy(() -> FAST.withUrls(Map.of("name", url)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("the URL of 'name' is invalid")
                .hasMessageNotContaining("S3CRET");
    }
}
