package org.tfckpt.storage.http;

import org.tfckpt.storage.Storage;
import org.tfckpt.storage.StorageFile;

/**
 * The files below a directory of a web server or bucket, read by HTTP or HTTPS in ranges. Thread-safe.
 *
 * <p>A URL must begin with {@code http://} or {@code https://}. Messages contain neither its query nor its user name and
 * password, and no exception has a cause that does.
 */
public final class HttpStorage implements Storage {
    private final HttpUrl checkpoint;
    private final HttpOptions options;
    private final Transport transport;

    private HttpStorage(HttpUrl checkpoint, HttpOptions options) {
        this.checkpoint = checkpoint;
        this.options = options;
        this.transport = new Transport(new Credentials(checkpoint.origin(), options), options);
    }

    /**
     * Creates a storage for the directory of a file. Does no I/O.
     *
     * @param url the URL of a file, of the prefix of a checkpoint, or of a directory, which ends with a slash. Its query
     *     is sent for this file, and with {@link HttpOptions#keepingQuery} for the others
     * @param options the options
     * @return the storage
     * @throws IllegalArgumentException if the URL is invalid; the message does not contain it
     */
    public static HttpStorage of(String url, HttpOptions options) {
        return new HttpStorage(HttpUrl.parse(url), options);
    }

    /**
     * {@return the name of the file, prefix or directory whose URL this storage was created with, relative to {@link
     * #location}; empty for a directory}
     */
    public String name() {
        return checkpoint.fileName();
    }

    @Override
    public String location() {
        return checkpoint.location();
    }

    /**
     * Returns a file. Does no I/O: the first read reports if it does not exist.
     *
     * @throws IllegalArgumentException if a part of the name is empty, {@code .} or {@code ..}
     */
    @Override
    public StorageFile open(String name) {
        String named = options.settings.urls.get(name);
        HttpUrl url = named != null
                ? HttpUrl.parse(named)
                : name.equals(checkpoint.fileName()) ? checkpoint : checkpoint.below(name, options.settings.keepsQuery);
        return new HttpFile(url, transport, options);
    }

    /** Returns the location. */
    @Override
    public String toString() {
        return location();
    }
}
