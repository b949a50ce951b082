package org.tfckpt.storage.http;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.TensorNames;

/**
 * The answer to a request: status, headers, and a body that is read once. Unless the body was read to its end, closing
 * it closes the connection.
 */
final class Answer implements Closeable {
    /** Fewer bytes than this within the read timeout are a stall. */
    private static final int LEAST_PROGRESS = 1 << 16;
    /** Bodies of errors up to this size are skipped, so that the connection can be used again. */
    private static final int SKIPPED = 1 << 16;

    private static final int SHOWN = 80;

    private final HttpUrl url;
    private final HttpURLConnection connection;
    private final int status;
    private final long timeout;
    private final @Nullable InputStream body;
    /** A byte of the body that was read ahead; −1 if none was. */
    private int firstByte = -1;

    private long windowStart = System.nanoTime();
    private long windowBytes;
    private boolean ended;

    /** Receives the head of an answer. */
    Answer(HttpUrl url, HttpURLConnection connection, Duration timeout) throws IOException {
        this.url = url;
        this.connection = connection;
        this.status = connection.getResponseCode();
        this.body =
                status < HttpURLConnection.HTTP_BAD_REQUEST ? connection.getInputStream() : connection.getErrorStream();
        this.timeout = timeout.toNanos();
    }

    HttpUrl url() {
        return url;
    }

    int status() {
        return status;
    }

    @Nullable
    String header(String name) {
        return connection.getHeaderField(name);
    }

    /** Returns the value of a header as it may be shown: short, and without control characters. */
    String shownHeader(String name) {
        String value = String.valueOf(header(name));
        return TensorNames.printable(value.length() > SHOWN ? value.substring(0, SHOWN) + "…" : value);
    }

    /** Returns the length of the body; −1 if the server does not tell it. */
    long contentLength() {
        return connection.getContentLengthLong();
    }

    /**
     * Checks that the head of the answer arrived completely. The JDK takes a connection that ends within it for the end
     * of the head, so that the last header may be cut. Only a byte of the body proves that it is not.
     */
    void requireWholeHead() throws IOException {
        if (contentLength() != 0 && firstByte < 0) {
            byte[] first = new byte[1];
            if (read(first, 0, 1) >= 0) {
                firstByte = first[0] & 0xff;
            } else if (!"chunked".equalsIgnoreCase(header("Transfer-Encoding"))) {
                throw broken();
            }
        }
    }

    /** Reads at least one byte of the body, and returns their number; −1 at the end. */
    int read(byte[] target, int offset, int length) throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("interrupted while reading '" + url + "'");
        }
        try {
            if (firstByte >= 0) {
                target[offset] = (byte) firstByte;
                firstByte = -1;
                return 1;
            }
            int count = body == null ? -1 : body.read(target, offset, length);
            ended |= count < 0;
            requireProgress(count);
            return count;
        } catch (SocketTimeoutException e) {
            throw stalled();
        } catch (IOException | RuntimeException e) {
            throw e instanceof PassingFailure failure ? failure : broken();
        }
    }

    private void requireProgress(int count) throws PassingFailure {
        long now = System.nanoTime();
        windowBytes += count;
        if (now - windowStart > timeout) {
            if (windowBytes < LEAST_PROGRESS && count >= 0) {
                throw stalled();
            }
            windowStart = now;
            windowBytes = 0;
        }
    }

    private PassingFailure stalled() {
        return new PassingFailure("the server sent hardly any bytes for "
                + Duration.ofNanos(timeout).toMillis() / 1000.0 + " s");
    }

    private static PassingFailure broken() {
        return new PassingFailure("the connection broke");
    }

    /**
     * Reads a body of a known length. If it is shorter, throws {@link PassingFailure}, and the position of the target
     * is behind the bytes that arrived.
     */
    void readFully(ByteBuffer target, int length) throws IOException {
        byte[] part = target.hasArray() ? target.array() : new byte[Math.min(length, SKIPPED)];
        for (int left = length; left > 0; ) {
            int offset = target.hasArray() ? target.arrayOffset() + target.position() : 0;
            int count = read(part, offset, target.hasArray() ? left : Math.min(left, part.length));
            if (count < 0) {
                throw broken();
            }
            if (target.hasArray()) {
                target.position(target.position() + count);
            } else {
                target.put(part, 0, count);
            }
            left -= count;
        }
        if (read(new byte[1], 0, 1) >= 0) {
            throw ErrorAnswers.invalid(url, "it has more bytes than it announces");
        }
    }

    @Override
    public void close() {
        try {
            if (!ended && status >= HttpURLConnection.HTTP_MULT_CHOICE && contentLength() <= SKIPPED) {
                byte[] skipped = new byte[SKIPPED];
                for (int left = SKIPPED, n; !ended && left > 0 && (n = read(skipped, 0, left)) >= 0; ) {
                    left -= n;
                }
            }
        } catch (IOException e) {
            ended = false;
        }
        if (!ended) {
            connection.disconnect();
        }
    }
}
