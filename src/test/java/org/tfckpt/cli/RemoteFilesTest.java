package org.tfckpt.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.FileServer;

/** The tool with URLs instead of paths. */
class RemoteFilesTest {
    private static final String LOG = "story/log/model.ckpt-122543";

    @TempDir
    private Path directory;

    private static FileServer testdata() throws IOException {
        return new FileServer(Corpus.root());
    }

    /** In each line, CKPT, META and DIR stand for a checkpoint, its graph and its directory. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "ls CKPT",
                "ls CKPT.index",
                "ls DIR/",
                "ls --json DIR/checkpoint",
                "show CKPT global_step",
                "stats CKPT --include **/beta",
                "digest CKPT",
                "verify CKPT CKPT.index",
                "inspect --file_name=CKPT --all_tensor_names",
                "inspect --file_name=CKPT.nothing",
                "graph META",
                "compare META CKPT --json",
                "diff CKPT DIR/model.ckpt-100000 --names-only",
                "state DIR",
                "state DIR/checkpoint",
                "rewrite CKPT -o OUT/copy --dry-run",
            })
    void urlsAreReadLikePaths(String line) throws IOException {
        try (FileServer server = testdata()) {
            String remote = server.url() + "/";
            ToolRun expected = run(line, Corpus.root() + "/");
            ToolRun found = run(line, remote);
            assertThat(found.code()).as(found.err()).isEqualTo(expected.code());
            assertThat(found.out().replace(remote, "")).isEqualTo(expected.out().replace(Corpus.root() + "/", ""));
            assertThat(server.requests()).isNotEmpty();
        }
    }

    private ToolRun run(String line, String root) {
        return ToolRun.of((Object[]) line.replace("META", "CKPT.meta")
                .replace("CKPT", root + LOG)
                .replace("DIR", root + "story/log")
                .replace("OUT", directory.toString())
                .split(" ", -1));
    }

    @Test
    void listingTakesOneRequestAndShowingTwo() throws IOException {
        try (FileServer server = testdata()) {
            assertThat(ToolRun.of("ls", server.url() + "/" + LOG).code()).isZero();
            assertThat(server.requests()).hasSize(1);
            assertThat(ToolRun.of("show", server.url() + "/" + LOG, "logit/DW").code())
                    .isZero();
            assertThat(server.requests()).hasSize(3);
        }
    }

    @Test
    void aCheckpointIsCopiedFromAUrlAndTheGraphWithIt() throws IOException {
        try (FileServer server = testdata()) {
            Path copy = directory.resolve("copy");
            ToolRun run = ToolRun.of("rewrite", server.url() + "/" + LOG, "-o", copy);
            assertThat(run.code()).as(run.err()).isZero();
            assertThat(Path.of(copy + ".index"))
                    .hasSameBinaryContentAs(Corpus.root().resolve(LOG + ".index"));
            assertThat(Path.of(copy + ".data-00000-of-00001"))
                    .hasSameBinaryContentAs(Corpus.root().resolve(LOG + ".data-00000-of-00001"));
        }
    }

    @Test
    void printedVariablesAreReadFromAUrl() throws IOException {
        Path text = directory.resolve("printed.txt");
        Files.writeString(
                text,
                ToolRun.of("graph", Corpus.root().resolve(LOG + ".meta"), "--python")
                        .out());
        try (FileServer server = testdata();
                FileServer texts = new FileServer(directory)) {
            ToolRun run = ToolRun.of("compare", texts.url() + "/printed.txt", server.url() + "/" + LOG, "--json");
            assertThat(run.code()).as(run.err()).isZero();
            assertThat(run.json().get("missing")).isEqualTo(List.of());
        }
    }

    @Test
    void signedUrlsAreGivenFileByFile() throws IOException {
        try (FileServer server = new FileServer(Corpus.root()) {
            @Override
            protected int failure(Request request) {
                String name = request.path().replaceFirst("\\?.*", "");
                return request.path().endsWith("?sig=" + name.substring(name.lastIndexOf('.') + 1)) ? 0 : 403;
            }
        }) {
            String data = "model.ckpt-122543.data-00000-of-00001";
            String signed = server.url() + "/story/log/" + data + "?sig=data-00000-of-00001";
            Object index = server.url() + "/" + LOG + ".index?sig=index";
            ToolRun denied = ToolRun.of("verify", index);
            assertThat(denied.code()).isNotZero();
            assertThat(denied.out() + denied.err())
                    .contains("403")
                    .contains(data)
                    .doesNotContain("sig=");
            assertThat(ToolRun.of("verify", index, "--url", data + "=" + signed).code())
                    .isZero();
            Path urls = Files.writeString(directory.resolve("urls"), "# signed\n\n" + data + "=" + signed + "\n");
            assertThat(ToolRun.of("verify", "--urls", urls, index).code()).isZero();
            assertThat(ToolRun.of("verify", index, "--keep-query").code()).isNotZero();
        }
    }

    @Test
    void headersGoToOneHost() throws IOException {
        try (FileServer server = testdata();
                FileServer other = testdata()) {
            String a = server.url() + "/" + LOG;
            String header = "Authorization: Bearer S3CRET";
            assertThat(ToolRun.of("ls", "--header", header, a).code()).isZero();
            assertThat(server.requests())
                    .extracting(FileServer.Request::authorization)
                    .containsOnly("Bearer S3CRET");
            ToolRun two = ToolRun.of("diff", a, other.url() + "/" + LOG, "--header", header);
            assertThat(two.code()).isEqualTo(2);
            assertThat(two.err()).contains("--header is for one host").doesNotContain("S3CRET");
            assertThat(other.requests()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ls URL",
                "ls URL --stacktrace",
                "ls URL URL",
                "lss URL",
                "ls --hedder=S3CRET URL",
                "ls --header S3CRET URL",
                "ls --url S3CRET URL",
                "ls --url x=ftp://S3CRET URL",
                "inspect --file_name=URL",
                "inspect --file_name=URL.index",
                "verify URL",
                "state URL",
                "graph URL",
                "compare URL URL",
                "ls http://S3CRET:S3CRET",
            })
    void noMessageHasSecrets(String line) throws IOException {
        try (FileServer server = testdata()) {
            String url = server.url().replace("//", "//me:S3CRET@") + "/nothing?sig=S3CRET";
            ToolRun run = ToolRun.of((Object[]) line.replace("URL", url).split(" ", -1));
            assertThat(run.code()).isNotZero();
            assertThat(run.out() + run.err()).doesNotContain("S3CRET").isNotBlank();
        }
    }

    /** Names in files of a server lead nowhere else. */
    @ParameterizedTest
    @ValueSource(strings = {"../outside", "/outside", "http://localhost:1/outside", "a/../../outside", "..%2foutside"})
    void stateFilesStayBelowTheirDirectory(String name) throws IOException {
        Path inner = Files.createDirectory(directory.resolve("inner"));
        Files.writeString(inner.resolve("checkpoint"), "model_checkpoint_path: \"" + name + "\"\n");
        assertThat(ToolRun.of("rewrite", Corpus.root().resolve(LOG), "-o", directory.resolve("outside"))
                        .code())
                .isZero();
        try (FileServer server = new FileServer(directory)) {
            ToolRun run = ToolRun.of("ls", server.url() + "/inner/");
            assertThat(run.code()).isEqualTo(2);
            assertThat(server.requests()).allMatch(request -> request.path().startsWith("/inner/"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"../m.safetensors", "/m.safetensors", "http://localhost:1/m.safetensors"})
    void indexesOfSafetensorsStayBelowTheirDirectory(String name) throws IOException {
        Path inner = Files.createDirectory(directory.resolve("inner"));
        Files.writeString(inner.resolve("model.safetensors.index.json"), "{\"weight_map\": {\"a\": \"" + name + "\"}}");
        try (FileServer server = new FileServer(directory)) {
            ToolRun run = ToolRun.of("ls", server.url() + "/inner/model.safetensors.index.json");
            assertThat(run.code()).isEqualTo(2);
            assertThat(server.requests()).allMatch(request -> request.path().startsWith("/inner/"));
        }
    }

    @Test
    void aRunInWhichSomeRequestsFailEndsWithTheRightResult() throws IOException {
        AtomicInteger count = new AtomicInteger();
        try (FileServer server = new FileServer(Corpus.root()) {
            @Override
            protected int failure(Request request) {
                return count.incrementAndGet() % 3 == 1 ? 503 : 0;
            }
        }) {
            ToolRun run = ToolRun.of("digest", server.url() + "/" + LOG);
            assertThat(run.code()).as(run.err()).isZero();
            assertThat(run.out())
                    .isEqualTo(ToolRun.of("digest", Corpus.root().resolve(LOG)).out());
            assertThat(count).hasValueGreaterThan(2);
        }
    }
}
