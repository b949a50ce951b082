package org.tfckpt.cli;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.tfckpt.io.NioStorage;
import org.tfckpt.io.StorageFileSystem;
import org.tfckpt.storage.Storage;
import org.tfckpt.storage.StorageFile;
import org.tfckpt.storage.http.HttpOptions;
import org.tfckpt.storage.http.HttpStorage;

/** The files behind the URLs of a command line. All of them share one cache. */
final class RemoteFiles {
    private final RemoteOptions options;
    private final long cacheBytes;
    private final Console console;
    private @Nullable StorageFileSystem first;

    RemoteFiles(RemoteOptions options, long cacheBytes, Console console) {
        this.options = options;
        this.cacheBytes = cacheBytes;
        this.console = console;
    }

    /** Returns whether an argument is a URL rather than a local path. */
    static boolean isUrl(String argument) {
        int colon = argument.indexOf("://");
        return colon > 1
                && argument.chars().limit(colon).allMatch(c -> Character.isLetterOrDigit(c) || "+-.".indexOf(c) >= 0);
    }

    /**
     * Returns the path of a URL. Does no I/O, except that the provider of a file system may do some.
     *
     * @throws IllegalArgumentException if it is invalid; the message does not contain it
     */
    Path path(String url) {
        String scheme = url.substring(0, url.indexOf(':')).toLowerCase(Locale.ROOT);
        return switch (scheme) {
            case "http", "https" -> {
                Deferred storage = new Deferred(url);
                yield path(storage, storage.place.name());
            }
            case "file" -> Path.of(URI.create(url));
            default -> ofProvider(url);
        };
    }

    private Path ofProvider(String url) {
        try {
            NioStorage storage = NioStorage.of(url);
            return path(storage, storage.name());
        } catch (IOException e) {
            throw new IllegalArgumentException(Failures.describe(e), e);
        }
    }

    private Path path(Storage storage, String name) {
        StorageFileSystem known = first;
        StorageFileSystem files =
                known == null ? new StorageFileSystem(storage, cacheBytes) : known.withCacheFor(storage);
        first = files;
        return files.getPath(name).toAbsolutePath();
    }

    /** A storage that is opened when all options are known. */
    private final class Deferred implements Storage {
        private final String url;
        private final HttpStorage place;
        private @Nullable Storage opened;

        Deferred(String url) {
            this.url = url;
            this.place = HttpStorage.of(url, HttpOptions.DEFAULT);
        }

        @Override
        public String location() {
            return place.location();
        }

        @Override
        public synchronized StorageFile open(String name) throws IOException {
            if (opened == null) {
                opened = options.storage(url, console);
            }
            return opened.open(name);
        }
    }
}
