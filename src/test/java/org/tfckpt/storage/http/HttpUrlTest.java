package org.tfckpt.storage.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.MalformedURLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpUrlTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "HTTPS://Host.Example/a/b | https://host.example/a/b",
                "http://h:80 | http://h/",
                "https://h:80/ | https://h:80/",
                "http://my_bucket:9000/x y?a={b}|http://my_bucket:9000/x%20y?a=%7Bb%7D",
                "http://u:p@h/p#fragment?x | http://h/p",
                "http://u:p@x@h/ | http://h/",
                "http://[::1]:8080/a | http://[::1]:8080/a",
                "http://h/a/./b/../../../c/.. | http://h/",
                "http://h/a/%2E%2e/b | http://h/b",
                "http://h/a//b/ | http://h/a//b/",
                "http://h?q | http://h/?q",
                "http://bücher.example/ü | http://xn--bcher-kva.example/%C3%BC",
            })
    void urlsAreParsedAsUsersWriteThem(String text, String expected) throws MalformedURLException {
        assertThat(HttpUrl.parse(text).toUrl()).hasToString(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "https://o.example/x?y | https://o.example/x?y",
                "//o.example/x | https://o.example/x",
                "/x/../y | https://h/y",
                "x?y | https://h/a/x?y",
                "../../../x | https://h/x",
                "?y | https://h/a/b?y",
                "x y | https://h/a/x%20y",
                "#f | https://h/a/b",
                "https://evil@o.example/ | https://o.example/",
            })
    void targetsOfRedirectsAreResolved(String location, String expected) throws MalformedURLException {
        HttpUrl target = HttpUrl.parse("https://user:pass@h/a/b?q").resolve(location);
        assertThat(target.toUrl()).hasToString(expected);
        assertThat(target.userInfo()).isEqualTo(expected.startsWith("https://h/") ? "user:pass" : null);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "file:///etc/passwd",
                "jar:http://x!/",
                "javascript:x",
                "http://a\\b/",
                "http://a%00b/",
                "http://h:0/"
            })
    void otherTargetsAreRejected(String location) {
        assertThatThrownBy(() -> HttpUrl.parse("http://h/").resolve(location))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void namesAreDecoded() {
        assertThat(HttpUrl.parse("http://h/a/x%20%C3%BC%zz%4").fileName()).isEqualTo("x ü%zz%4");
        assertThat(HttpUrl.parse("http://h/a/").fileName()).isEmpty();
        assertThat(HttpUrl.parse("http://u:p@h/a/b?c").location()).isEqualTo("http://h/a/");
    }
}
