package org.tfckpt.storage.http;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The headers that a server gets: those of the options, of the environment, and of {@code ~/.netrc}. */
final class Credentials {
    private static final String AUTHORIZATION = "authorization";
    private static final Pattern LINE = Pattern.compile("\\s*(\\S+?)(?::(\\d{1,5}))?\\s+([^\\s:]+:.*)");

    private final HttpUrl.Origin checkpoint;
    private final HttpOptions options;
    private final Map<List<Object>, Map<String, String>> known = new ConcurrentHashMap<>();

    Credentials(HttpUrl.Origin checkpoint, HttpOptions options) {
        this.checkpoint = checkpoint;
        this.options = options;
    }

    /**
     * Returns the headers for a request, by their names in lower case. The user named the URL of the file, from which a
     * redirect may have led to {@code url}.
     */
    Map<String, String> headers(HttpUrl url, HttpUrl file) {
        boolean named = url.origin().equals(file.origin());
        return known.computeIfAbsent(
                List.of(url.origin(), named, String.valueOf(url.userInfo())), key -> headers(url, named));
    }

    private Map<String, String> headers(HttpUrl url, boolean named) {
        HttpUrl.Origin origin = url.origin();
        Map<String, String> headers = new LinkedHashMap<>();
        if (named || origin.isHttps()) {
            addOfEnvironment(origin, headers);
        }
        if (origin.equals(checkpoint)) {
            options.settings.headers.forEach(
                    header -> headers.put(header.name().toLowerCase(Locale.ROOT), header.value()));
        }
        if (named && !headers.containsKey(AUTHORIZATION)) {
            String userInfo = url.userInfo();
            String login = userInfo == null
                    ? Netrc.lookUp(origin.host(), options.settings.environment)
                    : HttpUrl.decoded(userInfo);
            if (login != null) {
                byte[] bytes = (login + (login.contains(":") ? "" : ":")).getBytes(StandardCharsets.UTF_8);
                headers.put(AUTHORIZATION, "Basic " + Base64.getEncoder().encodeToString(bytes));
            }
        }
        return headers;
    }

    private void addOfEnvironment(HttpUrl.Origin origin, Map<String, String> headers) {
        String lines = options.settings.environment.getOrDefault("TFCKPT_HTTP_HEADERS", "");
        for (String line : lines.lines().toList()) {
            Matcher parts = LINE.matcher(line);
            if (!parts.matches()) {
                if (line.isBlank()) {
                    continue;
                }
                throw new IllegalArgumentException(
                        "TFCKPT_HTTP_HEADERS needs lines of the form 'HOST[:PORT] Name: value'");
            }
            int port = parts.group(2) == null ? origin.defaultPort() : Integer.parseInt(parts.group(2));
            if (parts.group(1).equalsIgnoreCase(origin.host()) && port == origin.port()) {
                HttpOptions.Header header = HttpOptions.Header.parse(parts.group(3));
                headers.put(header.name().toLowerCase(Locale.ROOT), header.value());
            }
        }
    }
}
