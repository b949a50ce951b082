package org.tfckpt.storage.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.ErrorContext;

/** Counts the attempts to read a range, and delays the next one. Not thread-safe. */
final class Attempts {
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(60);
    /** An answer with at least this many bytes is progress, even if the connection broke after it. */
    private static final int PROGRESS = 1 << 16;

    private final HttpUrl url;
    private final HttpOptions options;
    private int failures;

    Attempts(HttpUrl url, HttpOptions options) {
        this.url = url;
        this.options = options;
    }

    /**
     * Waits before the next attempt, or throws if there were too many. {@code failure} is why no more bytes arrived;
     * null if the server ended the range early.
     */
    void next(int bytes, @Nullable PassingFailure failure) throws IOException {
        if (bytes >= PROGRESS) {
            failures = 0;
            return;
        }
        String reason = failure == null
                ? "the server sends hardly any bytes per request"
                : String.valueOf(failure.getMessage());
        Duration wanted = failure == null ? Duration.ZERO : failure.retryAfter();
        if (failures == options.settings.retries) {
            throw failed(
                    reason + " (" + (failures + 1) + (failures == 0 ? " attempt)" : " attempts)"), "try again later");
        }
        if (wanted.compareTo(LONGEST_DELAY) > 0) {
            throw failed(reason, "the server asks to try again in " + wanted.toSeconds() + " s");
        }
        long exponential =
                Math.min(options.settings.retryDelay.toMillis() << Math.min(failures, 20), LONGEST_DELAY.toMillis());
        failures++;
        long jittered = exponential / 2 + ThreadLocalRandom.current().nextLong(exponential / 2 + 1);
        pause(Math.max(jittered, wanted.toMillis()));
    }

    private CheckpointException failed(String reason, String hint) {
        return new CheckpointException(
                reason, ErrorContext.at(url.toString(), -1).withHint(hint));
    }

    private void pause(long millis) throws InterruptedIOException {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while reading '" + url + "'");
        }
    }

    /** Returns the delay of a header {@code Retry-After}; zero if it is missing or malformed. */
    static Duration retryAfter(@Nullable String header) {
        String value = header == null ? "" : header.strip();
        try {
            Duration delay = value.matches("\\d{1,9}")
                    ? Duration.ofSeconds(Long.parseLong(value))
                    : Duration.between(Instant.now(), DateTimeFormatter.RFC_1123_DATE_TIME.parse(value, Instant::from));
            return delay.isNegative() ? Duration.ZERO : delay;
        } catch (DateTimeParseException e) {
            return Duration.ZERO;
        }
    }
}
