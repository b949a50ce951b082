package org.tfckpt.storage.http;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.ErrorContext;

/** Exceptions for answers that are errors, or that contradict the request. */
final class ErrorAnswers {
    private static final Set<Integer> MAY_PASS = Set.of(408, 425, 429);
    private static final Set<Integer> PERMANENT = Set.of(501, 505);

    private ErrorAnswers() {}

    static CheckpointException failed(HttpUrl file, String problem) {
        return new CheckpointException(problem, ErrorContext.at(file.toString(), -1));
    }

    /** Returns the exception for a status that is an error. */
    static IOException of(int status, @Nullable String retryAfter, HttpUrl url) {
        if (MAY_PASS.contains(status) || (status >= 500 && !PERMANENT.contains(status))) {
            return new PassingFailure("the server answers " + status, Attempts.retryAfter(retryAfter));
        }
        return switch (status) {
            case HttpURLConnection.HTTP_NOT_FOUND, HttpURLConnection.HTTP_GONE ->
                new NoSuchFileException(
                        url.toString(),
                        null,
                        "the server answers " + status + ": there is no such file, or only with credentials");
            case HttpURLConnection.HTTP_FORBIDDEN ->
                new AccessDeniedException(
                        url.toString(),
                        null,
                        "the server answers 403: access is denied, or there is no such file and listing is denied; check the"
                                + " name, the credentials, and whether the signature of the URL has expired");
            case HttpURLConnection.HTTP_UNAUTHORIZED ->
                new AccessDeniedException(
                        url.toString(),
                        null,
                        "the server answers 401: it requires a login; use --header 'Authorization: ...' or ~/.netrc");
            case HttpURLConnection.HTTP_PROXY_AUTH -> failed(url, "the proxy requires a login");
            default -> failed(url, "the server answers with the unexpected status " + status);
        };
    }

    /** Returns the exception for an answer that contradicts the request. */
    static CheckpointException invalid(HttpUrl url, String reason) {
        return failed(url, "the answer of the server is invalid: " + reason);
    }

    static CheckpointException tooLarge(HttpUrl url, long limit) {
        return new CheckpointException(
                "the server cannot send parts of the file, and the whole file exceeds the limit of " + limit
                        + " bytes for a download",
                ErrorContext.at(url.toString(), -1).withHint("download it, for example with curl, and read the copy"));
    }
}
