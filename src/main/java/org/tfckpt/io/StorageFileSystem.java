package org.tfckpt.io;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.tfckpt.storage.Storage;

/**
 * A read-only file system of the files of a storage, so that code that reads paths reads storages, too. Files are read
 * through a cache. What was found out about a file is not asked again, so one file system should serve one task. Closing
 * it closes the files, not the storage.
 */
public final class StorageFileSystem extends FileSystem {
    /** The default size of a cache: 64 MiB, unless the heap is small. */
    public static final long DEFAULT_CACHE_BYTES = BlockCache.DEFAULT_CAPACITY;

    private final StorageSession session;
    private final StorageProvider provider;
    private final String location;
    private volatile boolean open = true;

    /** Creates a file system with a cache of its own, of a number of bytes. */
    public StorageFileSystem(Storage storage, long cacheBytes) {
        this(new StorageSession(storage, new BlockCache(cacheBytes)));
    }

    private StorageFileSystem(StorageSession session) {
        this.session = session;
        this.location = session.location();
        this.provider = new StorageProvider(session);
    }

    /** Returns a new file system that looks at the files as they are now. The caller closes it before this one. */
    public StorageFileSystem renewed() {
        return new StorageFileSystem(session.renewed());
    }

    /** Returns a new file system of another storage that shares the cache of this one. */
    public StorageFileSystem withCacheFor(Storage storage) {
        return new StorageFileSystem(session.of(storage));
    }

    /** Returns whether a path is that of a storage. */
    public static boolean isRemote(Path path) {
        return path instanceof StoragePath;
    }

    /**
     * Returns whether a path may be a directory although this cannot be found out, because its storage does not list
     * files: then the files in it should be looked for.
     */
    public static boolean isUnlisted(Path path) throws IOException {
        return path.getFileSystem() instanceof StorageFileSystem storage
                && storage.session.list(StoragePath.of(path).storageName()).isEmpty();
    }

    /**
     * Returns whether a path was found to be a directory when the directory that it is in was listed; false for a file
     * and if this is not known.
     */
    public static boolean isKnownDirectory(Path path) {
        return path.getFileSystem() instanceof StorageFileSystem storage
                && storage.session.isKnownDirectory(StoragePath.of(path).storageName());
    }

    /**
     * Throws what a storage threw when it was asked for a file, other than that there is none: it may be the reason why
     * a file was not found, which {@code Files.exists} hides.
     */
    public static void throwFailure(Path path) throws IOException {
        IOException failure =
                path.getFileSystem() instanceof StorageFileSystem storage ? storage.session.failure() : null;
        if (failure != null) {
            throw failure;
        }
    }

    /** Returns a file of the storage, which may be missing. */
    CachedFile file(Path path) throws NoSuchFileException {
        return session.file(StoragePath.of(path).storageName());
    }

    /** Returns a file of the storage after its first block was read. */
    CachedFile existing(Path path) throws IOException {
        return session.existing(StoragePath.of(path).storageName());
    }

    @Override
    public StorageProvider provider() {
        return provider;
    }

    @Override
    public void close() throws IOException {
        open = false;
        session.close();
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public boolean isReadOnly() {
        return true;
    }

    @Override
    public String getSeparator() {
        return "/";
    }

    @Override
    public Iterable<Path> getRootDirectories() {
        return List.of(new StoragePath(this, location, true, ""));
    }

    @Override
    public Iterable<FileStore> getFileStores() {
        return List.of();
    }

    @Override
    public Set<String> supportedFileAttributeViews() {
        return Set.of("basic");
    }

    /** Returns a path; one that ends with a slash is taken for a directory. */
    @Override
    public Path getPath(String first, String... more) {
        String text = more.length == 0 ? first : first + "/" + String.join("/", more);
        boolean known = !location.isEmpty() && text.startsWith(location);
        boolean absolute = known || text.startsWith("/");
        String name = String.join(
                "/",
                Pattern.compile("/+")
                        .splitAsStream(known ? text.substring(location.length()) : text)
                        .filter(part -> !part.isEmpty())
                        .toList());
        StoragePath path = new StoragePath(this, location, absolute, name);
        if (text.endsWith("/")) {
            session.addDirectory(path.storageName());
        }
        return path;
    }

    @Override
    public PathMatcher getPathMatcher(String syntaxAndPattern) {
        throw new UnsupportedOperationException("a storage has no path matchers");
    }

    @Override
    public UserPrincipalLookupService getUserPrincipalLookupService() {
        throw new UnsupportedOperationException("the files of a storage have no owners");
    }

    @Override
    public WatchService newWatchService() {
        throw new UnsupportedOperationException("a storage cannot be watched");
    }
}
