package org.tfckpt.storage.http;

import java.io.IOException;
import java.time.Duration;

/** A failure that may pass: the request is worth repeating. */
final class PassingFailure extends IOException {
    private static final long serialVersionUID = 1;

    /** The delay that the server asks for; zero if it does not. */
    private final transient Duration retryAfter;

    PassingFailure(String message) {
        this(message, Duration.ZERO);
    }

    PassingFailure(String message, Duration retryAfter) {
        super(message);
        this.retryAfter = retryAfter;
    }

    Duration retryAfter() {
        return retryAfter == null ? Duration.ZERO : retryAfter;
    }
}
