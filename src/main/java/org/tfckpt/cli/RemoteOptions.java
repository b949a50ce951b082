package org.tfckpt.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tfckpt.ReadOptions;
import org.tfckpt.storage.Storage;
import org.tfckpt.storage.http.HttpOptions;
import org.tfckpt.storage.http.HttpStorage;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Options for files that are not local. Nothing of HTTP is loaded before a URL is opened. */
final class RemoteOptions {
    @Option(
            names = "--header",
            paramLabel = "'NAME: VALUE'",
            description = "Send a header to the host of CHECKPOINT, and to no other. For several hosts, set"
                    + " TFCKPT_HTTP_HEADERS to lines of the form 'HOST[:PORT] Name: value'.")
    private List<String> headers = new ArrayList<>();

    @Option(
            names = "--url",
            paramLabel = "NAME=URL",
            description = "Read the file NAME of CHECKPOINT from URL: for files with signed URLs.")
    private List<String> urls = new ArrayList<>();

    @Option(names = "--urls", paramLabel = "FILE", description = "Like --url for each line NAME=URL of FILE.")
    private @Nullable String urlFile;

    @Option(
            names = "--keep-query",
            description = "Send the query of the URL of CHECKPOINT (?...) for its other files, too.")
    private boolean keepsQuery;

    @Option(
            names = "--ignore-etags",
            description = "Ignore entity tags: for several servers behind one name that give one file different tags.")
    private boolean ignoresTags;

    @Option(
            names = "--cache",
            paramLabel = "BYTES",
            converter = ByteSize.class,
            description = "Memory for what is read of remote checkpoints (default: 64MiB)." + ByteSize.UNITS)
    @SuppressWarnings("UnusedVariable") // read by cacheBytes
    private @Nullable Long cacheBytes;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "How long a server may take to connect (default: 10) and to answer (default: 30).")
    private @Nullable Double timeout;

    /** The origin that gets the headers. */
    private @Nullable String origin;

    RemoteOptions() {}

    /** Returns the value of {@code --cache}. This must be known before the arguments are parsed. */
    static long cacheBytes(List<String> args) {
        for (int i = 0; i < args.size(); i++) {
            String value = args.get(i).startsWith("--cache=")
                    ? args.get(i).substring("--cache=".length())
                    : args.get(i).equals("--cache") && i + 1 < args.size() ? args.get(i + 1) : "";
            if (!value.isEmpty()) {
                try {
                    return new ByteSize().convert(value);
                } catch (CommandLine.TypeConversionException e) {
                    break; // The parser reports it.
                }
            }
        }
        return ReadOptions.DEFAULT.cacheBytes();
    }

    /**
     * Returns the storage of a URL.
     *
     * @throws IllegalArgumentException if an option is invalid; the message contains no secret
     */
    synchronized Storage storage(String url, Console console) throws IOException {
        HttpOptions options = HttpOptions.DEFAULT
                .withHeaders(headers.stream().map(HttpOptions.Header::parse).toList())
                .withUrls(urls())
                .withNotices(console::message);
        options = keepsQuery ? options.keepingQuery() : options;
        options = ignoresTags ? options.ignoringEntityTags() : options;
        if (timeout != null) {
            Duration duration = Duration.ofMillis((long) (timeout * 1000));
            options = options.withTimeouts(duration, duration);
        }
        Storage storage = HttpStorage.of(url, options);
        requireOneOrigin(storage.location().replaceFirst("(?<=[^/:])/.*", ""));
        return storage;
    }

    private void requireOneOrigin(String other) {
        String first = origin == null ? other : origin;
        origin = first;
        if (!headers.isEmpty() && !first.equals(other)) {
            throw new IllegalArgumentException("--header is for one host, but '" + first + "' and '" + other
                    + "' are read; use TFCKPT_HTTP_HEADERS");
        }
    }

    private Map<String, String> urls() throws IOException {
        List<String> all = new ArrayList<>(urls);
        if (urlFile != null) {
            Files.readAllLines(Path.of(urlFile)).stream()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .forEach(all::add);
        }
        Map<String, String> named = new HashMap<>();
        for (String line : all) {
            int equals = line.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("--url and the lines of --urls need the form NAME=URL");
            }
            named.put(
                    line.substring(0, equals).strip(),
                    line.substring(equals + 1).strip());
        }
        return named;
    }
}
