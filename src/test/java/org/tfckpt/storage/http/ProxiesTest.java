package org.tfckpt.storage.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tfckpt.storage.http.HttpFileTest.FAST;
import static org.tfckpt.storage.http.HttpFileTest.bytes;
import static org.tfckpt.storage.http.HttpFileTest.read;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProxiesTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "http://h/ | http_proxy=http://p:3128/ | p:3128",
                "http://h/ | http_proxy=p:3128 | p:3128",
                "http://h/ | http_proxy=p | p:80",
                "https://h/ | http_proxy=p |",
                "https://h/ | HTTPS_PROXY=http://u:w@p:1 | p:1",
                "http://h/ | HTTP_PROXY=http://p:1 |",
                "http://h/ | ALL_PROXY=socks5h://p | p:1080",
                "http://h/ | http_proxy=p;no_proxy=* |",
                "http://a.h.org/ | http_proxy=p;no_proxy=x, .h.org |",
                "http://a.h.org/ | http_proxy=p;NO_PROXY=h.org |",
                "http://ah.org/ | http_proxy=p;no_proxy=h.org | p:80",
                "http://h.org:81/ | http_proxy=p;no_proxy=h.org:80 | p:80",
                "http://h.org:81/ | http_proxy=p;no_proxy=h.org:81 |",
                "http://10.1.2.3/ | http_proxy=p;no_proxy=10.0.0.0/8 |",
                "http://11.1.2.3/ | http_proxy=p;no_proxy=10.0.0.0/8 | p:80",
                "http://[fd00::1]/ | http_proxy=p;no_proxy=fd00::/8 |",
                "http://h/ | http_proxy=p;no_proxy=10.0.0.0/999,x/8,/, | p:80",
            })
    void theEnvironmentNamesProxies(String url, String variables, String expected) throws IOException {
        Map<String, String> environment = new java.util.HashMap<>();
        for (String variable : variables.strip().split(";", -1)) {
            environment.put(variable.split("=", -1)[0], variable.split("=", -1)[1]);
        }
        Proxy proxy = Proxies.choose(HttpUrl.parse(url).origin(), environment).proxy();
        assertThat(proxy.address() instanceof InetSocketAddress a ? a.getHostString() + ":" + a.getPort() : null)
                .isEqualTo(expected);
        assertThat(proxy.type() == Proxy.Type.SOCKS).isEqualTo(variables.contains("socks"));
    }

    @Test
    void requestsGoThroughTheProxyAndItAloneGetsItsPassword() throws IOException {
        byte[] file = bytes(100);
        String login = "Basic " + Base64.getEncoder().encodeToString("me:pw".getBytes(StandardCharsets.UTF_8));
        try (ScriptedServer proxy = new ScriptedServer((request, out) -> out.write(
                login.equals(request.headers().get("proxy-authorization"))
                        ? ScriptedServer.honest(request, file)
                        : ScriptedServer.answer("407 x\nProxy-Authenticate: Basic realm=\"x\"", new byte[0])))) {
            HttpOptions options =
                    FAST.withEnvironment(Map.of("http_proxy", proxy.url().replace("//", "//me:pw@")));
            assertThat(read(HttpStorage.of("http://far.invalid/x", options).open("x"), 0, 100))
                    .isEqualTo(file);
            assertThat(proxy.requests().get(0).path()).isEqualTo("http://far.invalid/x");
            assertThatThrownBy(() -> HttpStorage.of(
                                    "http://far.invalid/x", FAST.withEnvironment(Map.of("http_proxy", proxy.url())))
                            .open("x")
                            .size())
                    .hasMessageContaining("the proxy requires a login");
        }
    }

    @Test
    void anUnusableProxyIsAnErrorWithoutItsPassword() {
        for (String proxy : new String[] {"https://me:S3CRET@p:1", "http://me:S3CRET@p:x"}) {
            assertThatThrownBy(() -> Proxies.choose(HttpUrl.parse("http://h/").origin(), Map.of("http_proxy", proxy)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("the proxy in the environment is invalid")
                    .hasMessageNotContaining("S3CRET");
        }
    }
}
