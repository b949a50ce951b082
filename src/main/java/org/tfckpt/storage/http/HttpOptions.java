package org.tfckpt.storage.http;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Options for reading files by HTTP. Immutable; start from {@link #DEFAULT}. Its text form contains no secrets.
 *
 * @param headers headers that are sent to the origin (scheme, host and port) of the checkpoint, and to no other; their
 *     values are secrets
 * @param urls the URLs of files by their names, relative to the directory of the checkpoint: for URLs with a signature
 *     of their own. The URLs are secrets
 * @param keepsQuery whether the query of the checkpoint's URL is sent for its other files, too: for a signature that
 *     covers a directory or a bucket
 * @param ignoresEntityTags whether entity tags are ignored: for several servers behind one name that give different
 *     tags to one file. Whether a file was replaced is then determined by its size and time of modification alone
 * @param connectTimeout how long connecting may take; positive
 * @param readTimeout how long a server may take to answer, or send hardly any bytes; positive
 * @param retries how often a request is repeated that fails for a reason that may pass: a broken connection, a
 *     timeout, or the status 429 or 5xx
 * @param retryDelay the delay before the first repetition, which doubles with each further one, unless the server
 *     asks for another delay. The actual delays are random, between half of that and all of it
 * @param downloadLimit the size in bytes up to which a file is downloaded to a temporary file if the server cannot send
 *     parts of it
 * @param environment the environment variables that are used: {@code http_proxy}, {@code https_proxy},
 *     {@code all_proxy}, {@code no_proxy}, {@code NETRC}, {@code HOME}, and {@code TFCKPT_HTTP_HEADERS} with lines of the
 *     form {@code HOST[:PORT] Name: value}
 * @param notices receives messages for the user, such as that a file is downloaded as a whole
 */
public record HttpOptions(
        List<Header> headers,
        Map<String, String> urls,
        boolean keepsQuery,
        boolean ignoresEntityTags,
        Duration connectTimeout,
        Duration readTimeout,
        int retries,
        Duration retryDelay,
        long downloadLimit,
        Map<String, String> environment,
        Consumer<String> notices) {
    /**
     * No headers, timeouts of 10 and 30 seconds, 5 retries after 0.25 seconds and more, downloads of up to 2 GiB, the
     * environment of this process, no notices.
     */
    public static final HttpOptions DEFAULT = new HttpOptions(
            List.of(),
            Map.of(),
            false,
            false,
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            5,
            Duration.ofMillis(250),
            2L << 30,
            System.getenv(),
            notice -> {});

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
     * Checks the options, and makes immutable copies of collections.
     *
     * @param headers the headers for the origin of the checkpoint
     * @param urls the URLs of files by their names
     * @param keepsQuery whether the query of the checkpoint is sent for all files
     * @param ignoresEntityTags whether entity tags are ignored
     * @param connectTimeout how long connecting may take
     * @param readTimeout how long a server may take to answer
     * @param retries how often a request is repeated
     * @param retryDelay the delay before the first repetition
     * @param downloadLimit the largest download in bytes
     * @param environment the environment variables
     * @param notices receives messages for the user
     * @throws IllegalArgumentException if an option is invalid; the message contains no secret
     */
    public HttpOptions {
        headers = List.copyOf(headers);
        urls = Map.copyOf(urls);
        environment = Map.copyOf(environment);
        urls.forEach((name, url) -> {
            try {
                HttpUrl.parse(url);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("the URL of '" + name + "' is invalid: " + e.getMessage(), e);
            }
        });
        requirePositive(connectTimeout);
        requirePositive(readTimeout);
        if (retries < 0 || retryDelay.isNegative() || downloadLimit < 0) {
            throw new IllegalArgumentException("retries, retryDelay and downloadLimit must not be negative");
        }
    }

    private static void requirePositive(Duration timeout) {
        if (timeout.toMillis() < 1 || timeout.toMillis() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a timeout must be between 1 ms and 24 days, not " + timeout);
        }
    }

    /**
     * Returns a copy of these options with other headers.
     *
     * @param newHeaders the headers
     * @return the new options
     */
    public HttpOptions withHeaders(List<Header> newHeaders) {
        Copy copy = new Copy(this);
        copy.headers = newHeaders;
        return copy.options();
    }

    /**
     * Returns a copy of these options with other URLs.
     *
     * @param newUrls the URLs by the names of the files
     * @return the new options
     */
    public HttpOptions withUrls(Map<String, String> newUrls) {
        Copy copy = new Copy(this);
        copy.urls = newUrls;
        return copy.options();
    }

    /**
     * Returns a copy of these options that sends the query of the checkpoint's URL for all files.
     *
     * @return the new options
     */
    public HttpOptions keepingQuery() {
        Copy copy = new Copy(this);
        copy.keepsQuery = true;
        return copy.options();
    }

    /**
     * Returns a copy of these options that ignores entity tags.
     *
     * @return the new options
     */
    public HttpOptions ignoringEntityTags() {
        Copy copy = new Copy(this);
        copy.ignoresEntityTags = true;
        return copy.options();
    }

    /**
     * Returns a copy of these options with other timeouts.
     *
     * @param connect how long connecting may take
     * @param read how long a server may take to answer, or send hardly any bytes
     * @return the new options
     */
    public HttpOptions withTimeouts(Duration connect, Duration read) {
        Copy copy = new Copy(this);
        copy.connectTimeout = connect;
        copy.readTimeout = read;
        return copy.options();
    }

    /**
     * Returns a copy of these options with another number of repetitions.
     *
     * @param number how often a request is repeated
     * @param firstDelay the delay before the first repetition
     * @return the new options
     */
    public HttpOptions withRetries(int number, Duration firstDelay) {
        Copy copy = new Copy(this);
        copy.retries = number;
        copy.retryDelay = firstDelay;
        return copy.options();
    }

    /**
     * Returns a copy of these options with another limit for downloads.
     *
     * @param bytes the limit in bytes; 0 prevents downloads
     * @return the new options
     */
    public HttpOptions withDownloadLimit(long bytes) {
        Copy copy = new Copy(this);
        copy.downloadLimit = bytes;
        return copy.options();
    }

    /**
     * Returns a copy of these options with other environment variables.
     *
     * @param variables the variables; an empty map for no proxy and no credentials but those of these options
     * @return the new options
     */
    public HttpOptions withEnvironment(Map<String, String> variables) {
        Copy copy = new Copy(this);
        copy.environment = variables;
        return copy.options();
    }

    /**
     * Returns a copy of these options with another receiver of messages.
     *
     * @param receiver receives messages for the user; called on any thread
     * @return the new options
     */
    public HttpOptions withNotices(Consumer<String> receiver) {
        Copy copy = new Copy(this);
        copy.notices = receiver;
        return copy.options();
    }

    /** Returns a text form without secrets: only the numbers of headers and URLs. */
    @Override
    public String toString() {
        return "HttpOptions[" + headers.size() + " headers, " + urls.size() + " URLs]";
    }

    /** A copy whose components can be changed. */
    private static final class Copy {
        private List<Header> headers;
        private Map<String, String> urls;
        private boolean keepsQuery;
        private boolean ignoresEntityTags;
        private Duration connectTimeout;
        private Duration readTimeout;
        private int retries;
        private Duration retryDelay;
        private long downloadLimit;
        private Map<String, String> environment;
        private Consumer<String> notices;

        Copy(HttpOptions options) {
            this.headers = options.headers;
            this.urls = options.urls;
            this.keepsQuery = options.keepsQuery;
            this.ignoresEntityTags = options.ignoresEntityTags;
            this.connectTimeout = options.connectTimeout;
            this.readTimeout = options.readTimeout;
            this.retries = options.retries;
            this.retryDelay = options.retryDelay;
            this.downloadLimit = options.downloadLimit;
            this.environment = options.environment;
            this.notices = options.notices;
        }

        HttpOptions options() {
            return new HttpOptions(
                    headers,
                    urls,
                    keepsQuery,
                    ignoresEntityTags,
                    connectTimeout,
                    readTimeout,
                    retries,
                    retryDelay,
                    downloadLimit,
                    environment,
                    notices);
        }
    }
}
