package org.tfckpt.io;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.tfckpt.storage.Storage;
import org.tfckpt.storage.StorageFile;

/** The files of a bucket or server that a file system provider on the class path makes available. */
public final class NioStorage implements Storage {
    private static final Pattern PARTS = Pattern.compile("(?s)([A-Za-z][A-Za-z0-9+.-]*)://([^/]*)/*(.*)");

    /** The providers that people use, by Maven coordinates. */
    private static final Map<String, String> DEPENDENCIES = Map.of(
            "gs", "com.google.cloud:google-cloud-nio",
            "s3", "software.amazon.nio.s3:aws-java-nio-spi-for-s3",
            "azb", "com.azure:azure-storage-blob-nio",
            "sftp", "com.github.robtimus:sftp-fs");

    private final String location;
    private final Path root;
    private final String name;

    private NioStorage(String location, Path root, String name) {
        this.location = location;
        this.root = root;
        this.name = name;
    }

    /**
     * Returns the storage of a URI: a scheme, {@code ://}, a bucket or server, and the name of a file as plain text. It
     * need not be closed. Throws {@link IllegalArgumentException} if no provider has the scheme, or the provider
     * rejects the bucket or server.
     */
    public static NioStorage of(String uri) throws IOException {
        Matcher parts = PARTS.matcher(uri);
        if (!parts.matches()) {
            throw new IllegalArgumentException("'" + uri + "' is not a URI of the form 'SCHEME://HOST/PATH'");
        }
        String scheme = parts.group(1).toLowerCase(Locale.ROOT);
        String authority = parts.group(2);
        FileSystemProvider provider = providers()
                .filter(known -> known.getScheme().equalsIgnoreCase(scheme))
                .findFirst()
                .orElseThrow(() -> missing(scheme));
        // A user name and password are not shown.
        String shown = scheme + "://" + authority.substring(authority.lastIndexOf('@') + 1) + "/";
        try {
            Path file = path(provider, new URI(scheme, authority, "/" + parts.group(3), null, null));
            Path root = file.getRoot() == null ? file.getFileSystem().getPath("/") : file.getRoot();
            String name = nameBelow(root, file, parts.group(3));
            return new NioStorage(
                    shown + parts.group(3).substring(0, parts.group(3).length() - name.length()), root, name);
        } catch (URISyntaxException | IllegalArgumentException e) {
            boolean secret = authority.indexOf('@') >= 0;
            throw new IllegalArgumentException(
                    "'" + shown + "' cannot be opened" + (secret ? "" : ": " + e.getMessage()), secret ? null : e);
        }
    }

    /** Returns the end of a path that is below a root, which may be a bucket. */
    private static String nameBelow(Path root, Path file, String path) {
        int depth = root.equals(file) ? 0 : root.relativize(file).getNameCount();
        String name = path;
        for (long above = Pattern.compile("[^/]+").matcher(path).results().count() - depth; above > 0; above--) {
            name = name.replaceFirst("^[^/]*/*", "");
        }
        return name;
    }

    private static Stream<FileSystemProvider> providers() {
        return Stream.concat(
                FileSystemProvider.installedProviders().stream(),
                ServiceLoader.load(FileSystemProvider.class).stream().map(ServiceLoader.Provider::get));
    }

    private static IllegalArgumentException missing(String scheme) {
        String dependency = DEPENDENCIES.get(scheme);
        return new IllegalArgumentException("no file system provider on the class path reads '" + scheme + "://'; add "
                + (dependency == null ? "one that does" : dependency)
                + " with its dependencies, for the command 'tfckpt' in its directory lib/ext or by TFCKPT_CLASSPATH"
                + " (see the guide to remote checkpoints)");
    }

    private static Path path(FileSystemProvider provider, URI uri) throws IOException {
        try {
            return provider.getPath(uri);
        } catch (FileSystemNotFoundException notOpen) {
            provider.newFileSystem(uri, Map.of());
            return provider.getPath(uri);
        }
    }

    /** Returns the name of the file whose URI this storage was created with; empty for the bucket or server itself. */
    public String name() {
        return name;
    }

    @Override
    public String location() {
        return location;
    }

    @Override
    public StorageFile open(String file) {
        return new NioFile(root.resolve(file));
    }

    @Override
    public Optional<List<String>> list(String directory) throws IOException {
        // The slash makes it a directory for providers of object stores, which have none.
        Path listed = directory.isEmpty() ? root : root.resolve(directory + "/");
        List<String> names = new ArrayList<>();
        if (directory.isEmpty() || Files.isDirectory(listed)) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(listed)) {
                for (Path entry : entries) {
                    String found = String.valueOf(entry.getFileName());
                    names.add(Files.isDirectory(entry) && !found.endsWith("/") ? found + "/" : found);
                }
            } catch (DirectoryIteratorException e) {
                throw e.getCause();
            }
        }
        return Optional.of(names);
    }
}
