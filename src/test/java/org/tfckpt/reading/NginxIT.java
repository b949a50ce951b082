package org.tfckpt.reading;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.LargeCheckpoints;

/**
 * The tool reads from Debian's nginx, whose log counts the requests. Runs only with {@code -Pinterop}, and needs the package
 * {@code nginx-light}.
 */
@EnabledIfSystemProperty(named = "tfckpt.interop.lib", matches = ".+")
class NginxIT {
    private static final String LOG = "story/log/model.ckpt-122543";
    private static final char[] PASSWORD = "changeit".toCharArray();

    @TempDir
    private static Path directory;

    private static Process nginx;
    private static final int[] PORTS = new int[4];

    /** A line of the log of nginx; times in seconds. */
    private record Request(String path, int status, double end, double duration) {
        static Request of(String line) {
            String[] words = line.split(" ", -1);
            return new Request(
                    words[0], Integer.parseInt(words[1]), Double.parseDouble(words[2]), Double.parseDouble(words[3]));
        }
    }

    private record Run(int code, String out, String err) {}

    @BeforeAll
    static void start() throws Exception {
        for (int i = 0; i < PORTS.length; i++) {
            try (ServerSocket free = new ServerSocket(0)) {
                PORTS[i] = free.getLocalPort();
            }
        }
        createCertificate();
        Path www = Files.createDirectory(directory.resolve("www"));
        Files.createSymbolicLink(www.resolve("testdata"), Corpus.root());
        Path configuration = Files.writeString(directory.resolve("nginx.conf"), """
                daemon off; master_process off; pid DIR/pid; error_log DIR/error.log;
                events {}
                http {
                  log_format short '$request_uri $status $msec $request_time';
                  access_log DIR/access.log short;
                  sendfile on; keepalive_requests 100000;
                  client_body_temp_path DIR/body; proxy_temp_path DIR/proxy; fastcgi_temp_path DIR/fastcgi;
                  uwsgi_temp_path DIR/uwsgi; scgi_temp_path DIR/scgi;
                  root DIR/www;
                  server { listen 127.0.0.1:PORT0; }
                  server { listen 127.0.0.1:PORT1; max_ranges 0; }
                  server { listen 127.0.0.1:PORT2; limit_rate 100m; }
                  server {
                    listen 127.0.0.1:PORT3 ssl; ssl_certificate DIR/certificate.pem; ssl_certificate_key DIR/key.pem;
                    location /plain/ { return 302 http://localhost:PORT0/; }
                    location /secure/ { return 302 https://localhost:PORT3/testdata/LOG.index; }
                  }
                }
                """.replace("DIR", directory.toString())
                .replace("LOG", LOG)
                .transform(text -> {
                    String result = text;
                    for (int i = 0; i < PORTS.length; i++) {
                        result = result.replace("PORT" + i, String.valueOf(PORTS[i]));
                    }
                    return result;
                }));
        nginx = new ProcessBuilder("/usr/sbin/nginx", "-p", directory.toString(), "-c", configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("nginx.out").toFile())
                .start();
        for (int attempt = 0; !Files.exists(directory.resolve("pid")); attempt++) {
            assertThat(attempt).as("nginx does not start").isLessThan(200);
            Thread.sleep(50);
        }
    }

    private static void createCertificate() throws Exception {
        Path store = directory.resolve("store.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-alias",
                        "a",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "SAN=dns:localhost",
                        "-keystore",
                        store.toString(),
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        new String(PASSWORD))
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("keytool.out").toFile())
                .start();
        assertThat(keytool.waitFor()).isZero();
        KeyStore keys = KeyStore.getInstance(store.toFile(), PASSWORD);
        write("certificate.pem", "CERTIFICATE", keys.getCertificate("a").getEncoded());
        write("key.pem", "PRIVATE KEY", keys.getKey("a", PASSWORD).getEncoded());
    }

    private static void write(String file, String kind, byte[] content) throws IOException {
        String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        Files.writeString(
                directory.resolve(file), "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n");
    }

    @AfterAll
    static void stop() throws InterruptedException {
        if (nginx != null) {
            nginx.destroy();
            nginx.waitFor(10, TimeUnit.SECONDS);
        }
    }

    private static String url(int server, String path) {
        return (server == 3 ? "https" : "http") + "://localhost:" + PORTS[server] + "/" + path;
    }

    private static Run tool(List<String> jvm, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(jvm);
        command.addAll(List.of("-jar", System.getProperty("tfckpt.jar")));
        command.addAll(Arrays.asList(arguments));
        Path out = directory.resolve("out.txt");
        Path err = directory.resolve("err.txt");
        Process process = new ProcessBuilder(command)
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
        return new Run(process.exitValue(), Files.readString(out, StandardCharsets.UTF_8), Files.readString(err));
    }

    /** Runs the tool and returns what nginx logged meanwhile. */
    private static List<Request> requestsOf(String... arguments) throws Exception {
        Path log = directory.resolve("access.log");
        long before = Files.readAllLines(log).size();
        Run run = tool(List.of(), arguments);
        assertThat(run.code).as(run.err).isZero();
        List<Request> requests = List.of();
        // nginx logs a request after it was answered.
        for (int calm = 0; calm < 5; calm++) {
            Thread.sleep(20);
            List<Request> now = Files.readAllLines(log).stream()
                    .skip(before)
                    .map(Request::of)
                    .toList();
            calm = now.size() > requests.size() ? 0 : calm;
            requests = now;
        }
        assertThat(requests).isNotEmpty();
        return requests;
    }

    private static void zeros(String name, int count, long elements) throws IOException {
        LargeCheckpoints.ofZeros(directory.resolve("www").resolve(name), count, elements);
    }

    @Test
    void listingTwoHundredTensorsTakesTwoRequests() throws Exception {
        zeros("small", 200, 100);
        assertThat(requestsOf("ls", url(0, "small"))).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void oneTensorOfTenGigabytesTakesFourRequests() throws Exception {
        zeros("ten", 100_000, 25_600);
        assertThat(requestsOf("show", url(0, "ten"), LargeCheckpoints.name(61_440)))
                .hasSizeLessThanOrEqualTo(4);
    }

    @Test
    void listingAMillionTensorsTakesEightRequestsAndComparingTheirChecksumsTwoListings() throws Exception {
        zeros("million", 1_000_000, 1);
        zeros("other", 1_000_000, 1);
        int listing = requestsOf("ls", url(0, "million")).size();
        assertThat(listing).isLessThanOrEqualTo(8);
        assertThat(requestsOf("diff", "--checksums", url(0, "million"), url(0, "other")))
                .hasSizeLessThanOrEqualTo(2 * listing);
    }

    @Test
    void verifyingAGigabyteKeepsEightRequestsInFlight() throws Exception {
        zeros("giga", 1024, 1 << 18);
        List<Request> requests = requestsOf("verify", url(2, "giga"));
        assertThat(requests).hasSizeLessThanOrEqualTo(140);
        long most = requests.stream()
                .mapToLong(one -> requests.stream()
                        .filter(other -> other.end - other.duration < one.end && other.end >= one.end)
                        .count())
                .max()
                .orElseThrow();
        // nginx rounds to milliseconds, so a request may seem to overlap the next one of its connection.
        assertThat(most).isBetween(7L, 9L);
    }

    @Test
    void valuesAreTheSameWithRangesAndWithout() throws Exception {
        String expected = tool(List.of(), "digest", Corpus.root().resolve(LOG).toString()).out;
        assertThat(tool(List.of(), "digest", url(0, "testdata/" + LOG)).out).isEqualTo(expected);
        assertThat(tool(List.of(), "digest", url(0, "testdata/story/log")).out).isEqualTo(expected);
        Run without = tool(List.of(), "digest", url(1, "testdata/" + LOG));
        assertThat(without.out).isEqualTo(expected);
        zeros("whole", 100, 1 << 18);
        Run whole = tool(List.of(), "verify", url(1, "whole"));
        assertThat(whole.code).as(whole.err).isZero();
        assertThat(whole.err).contains("cannot send parts", "downloading all of it (104857600 bytes)");
    }

    @Test
    void httpsIsCheckedAndNotLeft() throws Exception {
        List<String> trusting = List.of(
                "-Djavax.net.ssl.trustStore=" + directory.resolve("store.p12"),
                "-Djavax.net.ssl.trustStorePassword=" + new String(PASSWORD));
        String expected = tool(List.of(), "ls", Corpus.root().resolve(LOG).toString()).out;
        assertThat(tool(trusting, "ls", url(3, "testdata/" + LOG)).out).isEqualTo(expected);
        assertThat(tool(trusting, "ls", url(3, "secure/m.index")).out).isEqualTo(expected);
        assertThat(tool(List.of(), "ls", url(3, "testdata/" + LOG)).err)
                .contains("no secure connection to '" + url(3, "").replaceFirst("/$", "") + "'");
        String wrongName = url(3, "testdata/" + LOG).replace("localhost", "127.0.0.1");
        assertThat(tool(trusting, "ls", wrongName).err).contains("no secure connection");
        String plain = url(0, "testdata/" + LOG).replace("http:", "https:");
        assertThat(tool(trusting, "ls", plain).err).contains("no secure connection");
        Run left = tool(trusting, "ls", url(3, "plain/m.index"));
        assertThat(left.code).isEqualTo(2);
        assertThat(left.err.toLowerCase(Locale.ROOT)).contains("from https to http");
    }
}
