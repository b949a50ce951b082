package org.tfckpt.storage.http;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tfckpt.storage.StorageFile;

/** A file behind a URL. Every answer is checked against the request and against the first answer. */
final class HttpFile implements StorageFile {
    private static final int RANGE_NOT_SATISFIABLE = 416;
    /** S3 keeps the coding of an upload in the metadata of an object, although it has decoded the object. */
    private static final Set<String> UNENCODED = Set.of("", "identity", "aws-chunked");

    private final HttpUrl url;
    private final Transport transport;
    private final HttpOptions options;
    private final FileVersion version;
    /** Where the last request was redirected to, or {@link #url}. */
    private volatile HttpUrl target;

    private volatile @Nullable Download download;

    HttpFile(HttpUrl url, Transport transport, HttpOptions options) {
        this.url = url;
        this.target = url;
        this.transport = transport;
        this.options = options;
        this.version = new FileVersion(url, options.settings.ignoresEntityTags);
    }

    @Override
    public long size() throws IOException {
        if (version.size() < 0) {
            read(0, ByteBuffer.allocate(1));
        }
        return version.size();
    }

    @Override
    public Optional<String> version() {
        return version.text();
    }

    @Override
    public int read(long position, ByteBuffer buffer) throws IOException {
        Attempts attempts = new Attempts(url, options);
        int before = buffer.position();
        while (buffer.hasRemaining() && !isEnd(position + buffer.position() - before)) {
            int start = buffer.position();
            PassingFailure failure = null;
            try {
                request(position + start - before, buffer, target);
            } catch (PassingFailure e) {
                target = url;
                failure = e;
            }
            if (buffer.hasRemaining() && !isEnd(position + buffer.position() - before)) {
                attempts.next(buffer.position() - start, failure);
            }
        }
        return buffer.position() == before ? -1 : buffer.position() - before;
    }

    private boolean isEnd(long position) {
        return version.size() >= 0 && position >= version.size();
    }

    /** Sends one request and reads its answer. Afterwards the size of the file is known. */
    private void request(long position, ByteBuffer buffer, HttpUrl start) throws IOException {
        Download whole = download;
        if (whole != null) {
            whole.read(position, buffer);
            return;
        }
        long last = position + buffer.remaining() - 1;
        String range = "bytes=" + position + "-" + last;
        String tag = version.tag();
        Map<String, String> headers = tag == null ? Map.of("Range", range) : Map.of("Range", range, "If-Match", tag);
        try (Answer answer = transport.get(start, url, headers)) {
            switch (answer.status()) {
                case HttpURLConnection.HTTP_PARTIAL -> readRange(answer, position, last, buffer);
                case HttpURLConnection.HTTP_OK -> readWhole(answer, position, buffer);
                case RANGE_NOT_SATISFIABLE -> checkEnd(answer, position);
                case HttpURLConnection.HTTP_PRECON_FAILED -> throw version.changed("its entity tag is another one");
                default -> {
                    // The signature of the target of an earlier redirect may have expired.
                    throw start.equals(url)
                            ? ErrorAnswers.of(answer.status(), answer.header("Retry-After"), url)
                            : new PassingFailure("the server answers " + answer.status());
                }
            }
            target = answer.url();
        }
    }

    private void readRange(Answer answer, long position, long last, ByteBuffer buffer) throws IOException {
        requireUnencoded(answer);
        ContentRange range = ContentRange.of(answer.header("Content-Range"));
        if (range == null || !range.isRange()) {
            boolean multipart = String.valueOf(answer.header("Content-Type"))
                    .toLowerCase(Locale.ROOT)
                    .startsWith("multipart/");
            throw ErrorAnswers.invalid(
                    url, multipart ? "it has several parts" : "Content-Range: " + answer.shownHeader("Content-Range"));
        }
        if (range.size() < 0) {
            throw ErrorAnswers.invalid(url, "it does not tell the size of the file");
        }
        long length = answer.contentLength();
        if (range.first() != position || range.last() > last || (length >= 0 && length != range.length())) {
            throw ErrorAnswers.invalid(
                    url,
                    "bytes " + position + " to " + last + " were requested, it announces " + range.first() + " to "
                            + range.last() + (length < 0 ? "" : " and " + length + " bytes"));
        }
        version.check(answer, range.size());
        answer.readFully(buffer, (int) range.length());
    }

    private void requireUnencoded(Answer answer) throws IOException {
        String encoding = answer.header("Content-Encoding");
        if (encoding != null && !UNENCODED.contains(encoding.strip().toLowerCase(Locale.ROOT))) {
            throw ErrorAnswers.invalid(
                    url,
                    "it is encoded although the request asks for plain bytes (Content-Encoding: "
                            + answer.shownHeader("Content-Encoding") + ")");
        }
    }

    /** The answer to a position at or beyond the end. */
    private void checkEnd(Answer answer, long position) throws IOException {
        ContentRange range = ContentRange.of(answer.header("Content-Range"));
        if (range == null || range.size() < 0 || range.size() > position) {
            throw ErrorAnswers.invalid(
                    url,
                    "it rejects the range from byte " + position + " (416, Content-Range: "
                            + answer.shownHeader("Content-Range") + ")");
        }
        version.check(answer, range.size());
    }

    /** The answer of a server that does not send ranges: a file that fits is read, any other one downloaded once. */
    private void readWhole(Answer answer, long position, ByteBuffer buffer) throws IOException {
        requireUnencoded(answer);
        long length = answer.contentLength();
        if (position == 0 && length >= 0 && length <= buffer.remaining()) {
            version.check(answer, length);
            answer.readFully(buffer, (int) length);
            return;
        }
        synchronized (version) {
            Download whole = download;
            if (whole == null) {
                whole = download(answer, length);
                download = whole;
            }
            whole.read(position, buffer);
        }
    }

    private Download download(Answer answer, long length) throws IOException {
        if (length > options.settings.downloadLimit) {
            throw ErrorAnswers.tooLarge(url, options.settings.downloadLimit);
        }
        options.settings.notices.accept("the server cannot send parts of '" + url + "'; downloading all of it"
                + (length < 0 ? "" : " (" + length + " bytes)"));
        Download whole = Download.of(answer, options.settings.downloadLimit);
        try {
            if (length >= 0 && whole.size() != length) {
                throw new PassingFailure("the connection broke");
            }
            version.check(answer, whole.size());
            return whole;
        } catch (IOException e) {
            whole.close();
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        Download whole = download;
        if (whole != null) {
            whole.close();
        }
    }
}
