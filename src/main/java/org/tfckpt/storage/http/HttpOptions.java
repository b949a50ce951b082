package org.tfckpt.storage.http;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Options for reading files by HTTP. Immutable; start from {@link #DEFAULT}. Headers and URLs are secrets: they are in no
 * text form or message.
 */
public final class HttpOptions {
    /**
     * No headers, timeouts of 10 and 30 seconds, 5 retries after 0.25 seconds and more, downloads of up to 2 GiB, the
     * environment of this process, no notices.
     */
    public static final HttpOptions DEFAULT = new HttpOptions(new Settings());

    /** Not changed after construction. */
    final Settings settings;

    private HttpOptions(Settings settings) {
        this.settings = settings;
    }

    private HttpOptions with(Consumer<Settings> change) {
        Settings copy = settings.clone();
        change.accept(copy);
        return new HttpOptions(copy);
    }

    /**
     * A header of a request.
     *
     * @param name the name
     * @param value the value, which is a secret: it is in no text form or message
     */
    public record Header(String name, String value) {
        private static final Pattern NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]+");
        private static final Pattern VALUE = Pattern.compile("[\\t\\x20-\\x7e\\x80-\\xff]*");
        /** Headers of this library, and headers that {@link java.net.HttpURLConnection} does not send. */
        private static final Set<String> RESERVED = Set.of(
                "accept-encoding",
                "connection",
                "content-length",
                "host",
                "if-match",
                "if-range",
                "keep-alive",
                "origin",
                "proxy-authorization",
                "range",
                "trailer",
                "transfer-encoding",
                "upgrade",
                "via");

        /**
         * Checks a header.
         *
         * @param name the name
         * @param value the value
         * @throws IllegalArgumentException if the name or value is invalid, or the header cannot be set
         */
        public Header {
            if (!NAME.matcher(name).matches()) {
                throw new IllegalArgumentException("a header needs the form 'Name: value'");
            }
            if (RESERVED.contains(name.toLowerCase(Locale.ROOT))) {
                throw new IllegalArgumentException("the header '" + name + "' cannot be set");
            }
            if (!VALUE.matcher(value).matches()) {
                throw new IllegalArgumentException(
                        "the value of the header '" + name + "' has a control character or one beyond Latin-1");
            }
        }

        /**
         * Parses a header.
         *
         * @param text the header in the form {@code Name: value}
         * @return the header
         * @throws IllegalArgumentException if it is invalid or cannot be set; the message does not contain the value
         */
        public static Header parse(String text) {
            int colon = text.indexOf(':');
            return new Header(
                    text.substring(0, Math.max(colon, 0)),
                    text.substring(colon + 1).strip());
        }

        @Override
        public String toString() {
            return name + ": (hidden)";
        }
    }

    /**
     * {@return a copy of these options with other headers}
     *
     * @param headers the headers, which are sent to the origin (scheme, host and port) of the checkpoint, and to no other
     */
    public HttpOptions withHeaders(List<Header> headers) {
        return with(copy -> copy.headers = List.copyOf(headers));
    }

    /**
     * {@return a copy of these options with URLs of single files, such as URLs with a signature of their own}
     *
     * @param urls the URLs by the names of the files, relative to the directory of the checkpoint
     * @throws IllegalArgumentException if a URL is invalid; the message does not contain the URL
     */
    public HttpOptions withUrls(Map<String, String> urls) {
        urls.forEach((name, url) -> {
            try {
                HttpUrl.parse(url);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("the URL of '" + name + "' is invalid: " + e.getMessage(), e);
            }
        });
        return with(copy -> copy.urls = Map.copyOf(urls));
    }

    /**
     * {@return a copy of these options that sends the query of the checkpoint's URL for its other files, too: for a
     * signature that covers a directory or a bucket}
     */
    public HttpOptions keepingQuery() {
        return with(copy -> copy.keepsQuery = true);
    }

    /**
     * {@return a copy of these options that ignores entity tags: for several servers behind one name that give
     * different tags to one file} Whether a file was replaced is then determined by its size and time of modification
     * alone.
     */
    public HttpOptions ignoringEntityTags() {
        return with(copy -> copy.ignoresEntityTags = true);
    }

    /**
     * {@return a copy of these options with other timeouts}
     *
     * @param connect how long connecting may take
     * @param read how long a server may take to answer, or send hardly any bytes
     * @throws IllegalArgumentException if a timeout is shorter than 1 ms or longer than 24 days
     */
    public HttpOptions withTimeouts(Duration connect, Duration read) {
        requireTimeout(connect);
        requireTimeout(read);
        return with(copy -> {
            copy.connectTimeout = connect;
            copy.readTimeout = read;
        });
    }

    private static void requireTimeout(Duration timeout) {
        if (timeout.toMillis() < 1 || timeout.toMillis() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a timeout must be between 1 ms and 24 days, not " + timeout);
        }
    }

    /**
     * {@return a copy of these options with another number of retries} A request is repeated if it fails for a reason
     * that may pass: a broken connection, a timeout, or the status 429 or 5xx.
     *
     * @param number how often a request is repeated
     * @param firstDelay the delay before the first repetition, which doubles with each further one, unless the server
     *     asks for another delay. The actual delays are random, between half of that and all of it
     * @throws IllegalArgumentException if the number or the delay is negative
     */
    public HttpOptions withRetries(int number, Duration firstDelay) {
        if (number < 0 || firstDelay.isNegative()) {
            throw new IllegalArgumentException(
                    "retries and their delay must not be negative, but are " + number + " and " + firstDelay);
        }
        return with(copy -> {
            copy.retries = number;
            copy.retryDelay = firstDelay;
        });
    }

    /**
     * {@return a copy of these options with another limit for downloads} A file is downloaded to a temporary file if
     * the server cannot send parts of it.
     *
     * @param bytes the size in bytes up to which a file is downloaded; 0 prevents downloads
     * @throws IllegalArgumentException if the limit is negative
     */
    public HttpOptions withDownloadLimit(long bytes) {
        if (bytes < 0) {
            throw new IllegalArgumentException("the limit for downloads must not be negative, but is " + bytes);
        }
        return with(copy -> copy.downloadLimit = bytes);
    }

    /**
     * {@return a copy of these options with other environment variables} These are used: {@code http_proxy}, {@code
     * https_proxy}, {@code all_proxy}, {@code no_proxy}, {@code NETRC}, {@code HOME}, and {@code TFCKPT_HTTP_HEADERS}
     * with lines of the form {@code HOST[:PORT] Name: value}.
     *
     * @param variables the variables; an empty map for no proxy and no credentials but those of these options
     */
    public HttpOptions withEnvironment(Map<String, String> variables) {
        return with(copy -> copy.environment = Map.copyOf(variables));
    }

    /**
     * {@return a copy of these options with another receiver of messages for the user, such as that a file is
     * downloaded as a whole}
     *
     * @param receiver receives the messages; called on any thread
     */
    public HttpOptions withNotices(Consumer<String> receiver) {
        return with(copy -> copy.notices = receiver);
    }

    /** Returns a text form without secrets: only the numbers of headers and URLs. */
    @Override
    public String toString() {
        return "HttpOptions[" + settings.headers.size() + " headers, " + settings.urls.size() + " URLs]";
    }

    static final class Settings implements Cloneable {
        List<Header> headers = List.of();
        Map<String, String> urls = Map.of();
        boolean keepsQuery;
        boolean ignoresEntityTags;
        Duration connectTimeout = Duration.ofSeconds(10);
        Duration readTimeout = Duration.ofSeconds(30);
        int retries = 5;
        Duration retryDelay = Duration.ofMillis(250);
        long downloadLimit = 2L << 30;
        Map<String, String> environment = System.getenv();
        Consumer<String> notices = notice -> {};

        private Settings() {}

        @Override
        protected Settings clone() {
            try {
                return (Settings) super.clone();
            } catch (CloneNotSupportedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
