package org.tfckpt.io;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tfckpt.storage.Storage;

/**
 * The files of a storage that were opened, and what is known about others. A file that was found missing is not looked
 * for again. Thread-safe.
 */
final class StorageSession implements Closeable {
    private final Storage storage;
    private final BlockCache cache;
    private final Map<String, CachedFile> files = new HashMap<>();
    private final Set<String> missing = new HashSet<>();
    private final Set<String> directories = new HashSet<>();
    private @Nullable IOException failure;

    StorageSession(Storage storage, BlockCache cache) {
        this.storage = storage;
        this.cache = cache;
        directories.add("");
    }

    String location() {
        return storage.location();
    }

    /** Returns another session of the same storage, which knows nothing yet. */
    StorageSession renewed() {
        return of(storage);
    }

    /** Returns a session of another storage with the same cache. */
    StorageSession of(Storage other) {
        return new StorageSession(other, cache);
    }

    synchronized void addDirectory(String name) {
        directories.add(name);
    }

    synchronized CachedFile file(String name) throws NoSuchFileException {
        if (missing.contains(name)) {
            throw new NoSuchFileException(storage.location() + name);
        }
        return files.computeIfAbsent(
                name, any -> new CachedFile(storage.location() + name, () -> storage.open(name), cache));
    }

    /** Returns a file after its first block was read. */
    CachedFile existing(String name) throws IOException {
        IOException before = failure();
        if (before != null && !(before instanceof AccessDeniedException)) {
            // A server that does not answer would be asked again for each name that a checkpoint could have.
            throw before;
        }
        try {
            CachedFile file = file(name);
            file.size(BlockCache.INDEX_BLOCK);
            return file;
        } catch (NoSuchFileException e) {
            synchronized (this) {
                missing.add(name);
            }
            throw e;
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            synchronized (this) {
                failure = e;
            }
            throw e;
        }
    }

    /** Returns what the storage threw when it was asked for a file, other than that there is none. */
    synchronized @Nullable IOException failure() {
        return failure;
    }

    synchronized boolean isKnownDirectory(String name) {
        return directories.contains(name);
    }

    boolean isDirectory(String name) throws IOException {
        return !list(name).orElse(List.of()).isEmpty();
    }

    /** Lists a directory: the names in it, without slashes. Empty if the storage does not list files. */
    Optional<List<String>> list(String directory) throws IOException {
        Optional<List<String>> found = storage.list(directory);
        if (found.isEmpty()) {
            return found;
        }
        List<String> names = new ArrayList<>();
        String prefix = directory.isEmpty() ? "" : directory + "/";
        for (String entry : found.get()) {
            boolean isDirectory = entry.endsWith("/");
            String name = isDirectory ? entry.substring(0, entry.length() - 1) : entry;
            if (!name.isEmpty() && name.indexOf('/') < 0 && !name.equals(".") && !name.equals("..")) {
                names.add(name);
                if (isDirectory) {
                    addDirectory(prefix + name);
                }
            }
        }
        if (!names.isEmpty()) {
            addDirectory(directory);
        }
        return Optional.of(names);
    }

    @Override
    public void close() throws IOException {
        List<CachedFile> open;
        synchronized (this) {
            open = List.copyOf(files.values());
            files.clear();
        }
        Closeables.closeAll(open);
    }
}
