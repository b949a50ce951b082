package org.tfckpt.storage.http;

import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.NoRouteToHostException;
import java.net.ProtocolException;
import java.net.Proxy;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests and follows redirects. Thread-safe.
 *
 * <p>It uses {@link HttpURLConnection}, which reads 1 GiB in a third of the time that {@code java.net.http.HttpClient}
 * takes, and starts faster. Exceptions of the JDK have URLs and headers in their messages, so none of them is passed on,
 * not even as a cause.
 */
final class Transport {
    private static final int MAX_REDIRECTS = 10;
    /** The message of the JDK. */
    private static final String INVALID = "Invalid Http response";

    private static final int TEMPORARY_REDIRECT = 307;
    private static final int PERMANENT_REDIRECT = 308;
    /** The statuses whose headers decide what happens next. */
    private static final Set<Integer> WITH_HEADERS_THAT_MATTER = Set.of(200, 206, 301, 302, 303, 307, 308, 416);

    private final Credentials credentials;
    private final HttpOptions options;
    /** Whether a server has answered: only then, failing to connect is worth a repetition. */
    private volatile boolean answered;

    Transport(Credentials credentials, HttpOptions options) {
        this.credentials = credentials;
        this.options = options;
    }

    /** Closes connections whose headers do not arrive in time: the timeout of a socket starts anew with every byte. */
    private static final class Watchdog {
        static final ScheduledThreadPoolExecutor TIMER = timer();

        private static ScheduledThreadPoolExecutor timer() {
            ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, task -> {
                Thread thread = new Thread(task, "tfckpt-http-watchdog");
                thread.setDaemon(true);
                return thread;
            });
            timer.setRemoveOnCancelPolicy(true);
            timer.setKeepAliveTime(10, TimeUnit.SECONDS);
            timer.allowCoreThreadTimeOut(true);
            return timer;
        }
    }

    /**
     * Sends a request, without credentials in its headers, to the URL of a file, or to one to which an earlier request
     * was redirected. Returns the answer, which is not a redirect; its status may be an error. Throws {@link
     * PassingFailure} if there is none for a reason that may pass.
     */
    Answer get(HttpUrl start, HttpUrl file, Map<String, String> headers) throws IOException {
        HttpUrl url = start;
        for (int redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
            Answer answer = send(url, file, headers);
            switch (answer.status()) {
                case HttpURLConnection.HTTP_MOVED_PERM,
                        HttpURLConnection.HTTP_MOVED_TEMP,
                        HttpURLConnection.HTTP_SEE_OTHER,
                        TEMPORARY_REDIRECT,
                        PERMANENT_REDIRECT -> {
                    url = target(answer, file);
                    answer.close();
                }
                default -> {
                    return answer;
                }
            }
        }
        throw ErrorAnswers.failed(file, "more than " + MAX_REDIRECTS + " redirects, the last to '" + url + "'");
    }

    private static HttpUrl target(Answer answer, HttpUrl file) throws IOException {
        String location = answer.header("Location");
        try {
            if (location == null) {
                throw new IllegalArgumentException("it has no target");
            }
            HttpUrl target = answer.url().resolve(location);
            if (target.path().equals(answer.url().path() + "/")) {
                answer.close();
                throw new NoSuchFileException(file.toString(), null, "it is a directory, so its URL ends with '/'");
            }
            if (answer.url().origin().isHttps() && !target.origin().isHttps()) {
                throw new IllegalArgumentException("it leads from https to http");
            }
            return target;
        } catch (IllegalArgumentException e) {
            answer.close();
            throw ErrorAnswers.failed(
                    file, "a redirect from '" + answer.url() + "' is not followed: " + e.getMessage());
        }
    }

    private Answer send(HttpUrl url, HttpUrl file, Map<String, String> headers) throws IOException {
        Proxies.Choice proxy = Proxies.choose(url.origin(), options.settings.environment);
        HttpURLConnection connection = (HttpURLConnection) url.toUrl().openConnection(proxy.proxy());
        connection.setAuthenticator(proxy.authenticator());
        connection.setInstanceFollowRedirects(false);
        connection.setUseCaches(false);
        connection.setConnectTimeout((int) options.settings.connectTimeout.toMillis());
        connection.setReadTimeout((int) options.settings.readTimeout.toMillis());
        connection.setRequestProperty("User-Agent", "tfckpt");
        connection.setRequestProperty("Accept", "*/*");
        credentials.headers(url, file).forEach(connection::setRequestProperty);
        connection.setRequestProperty("Accept-Encoding", "identity");
        headers.forEach(connection::setRequestProperty);
        AtomicBoolean late = new AtomicBoolean();
        ScheduledFuture<?> watchdog = Watchdog.TIMER.schedule(
                () -> {
                    late.set(true);
                    connection.disconnect();
                },
                options.settings
                        .connectTimeout
                        .plus(options.settings.readTimeout)
                        .toMillis(),
                TimeUnit.MILLISECONDS);
        try {
            Answer answer = new Answer(url, connection, options.settings.readTimeout);
            if (late.get()) {
                throw new SocketTimeoutException();
            }
            if (answer.status() < HttpURLConnection.HTTP_OK) {
                throw new IOException(INVALID);
            }
            answered = true;
            if (WITH_HEADERS_THAT_MATTER.contains(answer.status())) {
                answer.requireWholeHead();
            }
            return answer;
        } catch (IOException | RuntimeException | StackOverflowError e) {
            // The JDK recurses with each informational answer (1xx).
            boolean invalid = INVALID.equals(e.getMessage()) && !isCut(connection.getHeaderField(0));
            connection.disconnect();
            throw failure(invalid ? new ProtocolException() : e, url, file, proxy, late.get());
        } finally {
            watchdog.cancel(false);
        }
    }

    private static boolean isCut(@Nullable String statusLine) {
        return statusLine != null && statusLine.matches("HTTP/1\\.(?:\\d(?: \\d{0,2})?)?");
    }

    private IOException failure(Throwable e, HttpUrl url, HttpUrl file, Proxies.Choice proxy, boolean cutByWatchdog) {
        String peer = proxy.proxy().type() == Proxy.Type.DIRECT
                ? "'" + url.origin() + "'"
                : "the proxy '" + proxy.proxy().address() + "'";
        String message = String.valueOf(e.getMessage());
        if (e instanceof PassingFailure passing) {
            return passing;
        }
        if (e instanceof SocketTimeoutException || cutByWatchdog) {
            return new PassingFailure(
                    message.toLowerCase(Locale.ROOT).startsWith("connect")
                            ? "no connection to " + peer + " within " + seconds(options.settings.connectTimeout)
                            : peer + " did not answer within " + seconds(options.settings.readTimeout));
        }
        if (e instanceof UnknownHostException) {
            return permanentAtFirst(file, "the host of " + peer + " is unknown");
        }
        if (e instanceof ConnectException || e instanceof NoRouteToHostException) {
            return permanentAtFirst(file, "cannot connect to " + peer + ": " + message);
        }
        if (e instanceof SSLException) {
            return permanentAtFirst(file, "no secure connection to " + peer + ": " + message);
        }
        if (message.startsWith("Unable to tunnel through proxy")) {
            boolean login = message.contains(" " + HttpURLConnection.HTTP_PROXY_AUTH);
            return ErrorAnswers.failed(
                    file, peer + (login ? " requires a login" : " does not connect to '" + url.origin() + "'"));
        }
        return e instanceof IOException && !(e instanceof ProtocolException)
                ? new PassingFailure("the connection to " + peer + " broke")
                : ErrorAnswers.failed(file, "the answer of " + peer + " is not valid HTTP");
    }

    private IOException permanentAtFirst(HttpUrl file, String message) {
        return answered ? new PassingFailure(message) : ErrorAnswers.failed(file, message);
    }

    private static String seconds(Duration timeout) {
        return timeout.toMillis() / 1000.0 + " s";
    }
}
