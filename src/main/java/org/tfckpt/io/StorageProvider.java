package org.tfckpt.io;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.spi.FileSystemProvider;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Answers what {@code java.nio.file.Files} asks about the files of a storage. */
final class StorageProvider extends FileSystemProvider {
    private final StorageSession session;

    StorageProvider(StorageSession session) {
        this.session = session;
    }

    @Override
    public String getScheme() {
        return "tfckpt";
    }

    @Override
    public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
        throw new UnsupportedOperationException("a storage is not opened by a URI");
    }

    @Override
    public FileSystem getFileSystem(URI uri) {
        throw new UnsupportedOperationException("a storage is not opened by a URI");
    }

    @Override
    public Path getPath(URI uri) {
        throw new UnsupportedOperationException("a storage is not opened by a URI");
    }

    @Override
    public SeekableByteChannel newByteChannel(
            Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
        if (options.stream().anyMatch(option -> option != StandardOpenOption.READ)) {
            throw readOnly(path);
        }
        CachedFile file = session.existing(StoragePath.of(path).storageName());
        return new Channel(new CachedSource(file, BlockCache.INDEX_BLOCK, cause -> cause, false));
    }

    /** Reads a file from front to back. */
    private static final class Channel implements SeekableByteChannel {
        private final ByteSource source;
        private long position;
        private boolean open = true;

        Channel(ByteSource source) {
            this.source = source;
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            int count = source.read(position, target);
            position += Math.max(0, count);
            return count;
        }

        @Override
        public long position() {
            return position;
        }

        @Override
        public SeekableByteChannel position(long newPosition) {
            position = newPosition;
            return this;
        }

        @Override
        public long size() throws IOException {
            return source.size();
        }

        @Override
        public int write(ByteBuffer bytes) {
            throw new NonWritableChannelException();
        }

        @Override
        public SeekableByteChannel truncate(long size) {
            throw new NonWritableChannelException();
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public void close() throws IOException {
            open = false;
            source.close();
        }
    }

    @Override
    public DirectoryStream<Path> newDirectoryStream(Path directory, DirectoryStream.Filter<? super Path> filter)
            throws IOException {
        String name = StoragePath.of(directory).storageName();
        Optional<List<String>> names = session.list(name);
        if (names.isEmpty()) {
            throw new AccessDeniedException(directory.toString(), null, "the storage does not list files");
        }
        List<Path> paths = new ArrayList<>();
        for (String entry : names.get()) {
            Path path = directory.resolve(entry);
            if (filter.accept(path)) {
                paths.add(path);
            }
        }
        return new DirectoryStream<>() {
            @Override
            public Iterator<Path> iterator() {
                return paths.iterator();
            }

            @Override
            public void close() {
                // Everything is in memory.
            }
        };
    }

    @Override
    public void checkAccess(Path path, AccessMode... modes) throws IOException {
        if (Set.of(modes).contains(AccessMode.WRITE)) {
            throw readOnly(path);
        }
        attributes(path);
    }

    @Override
    public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options)
            throws IOException {
        if (type != BasicFileAttributes.class) {
            throw new UnsupportedOperationException("a storage has only basic attributes");
        }
        return type.cast(attributes(path));
    }

    private Attributes attributes(Path path) throws IOException {
        String name = StoragePath.of(path).storageName();
        if (session.isKnownDirectory(name)) {
            return new Attributes(true, 0, null);
        }
        try {
            CachedFile file = session.existing(name);
            return new Attributes(false, file.knownSize(), file.version().orElse(null));
        } catch (NoSuchFileException e) {
            if (session.isDirectory(name)) {
                return new Attributes(true, 0, null);
            }
            throw e;
        }
    }

    /** The time of modification is unknown; the key of a file is its version, if that is known. */
    private record Attributes(
            boolean isDirectory, long size, @Nullable Object fileKey) implements BasicFileAttributes {
        @Override
        public boolean isRegularFile() {
            return !isDirectory;
        }

        @Override
        public boolean isSymbolicLink() {
            return false;
        }

        @Override
        public boolean isOther() {
            return false;
        }

        @Override
        public FileTime lastModifiedTime() {
            return FileTime.fromMillis(0);
        }

        @Override
        public FileTime lastAccessTime() {
            return lastModifiedTime();
        }

        @Override
        public FileTime creationTime() {
            return lastModifiedTime();
        }
    }

    @Override
    public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options) {
        throw new UnsupportedOperationException("a storage has only basic attributes");
    }

    @Override
    public <V extends FileAttributeView> @Nullable V getFileAttributeView(
            Path path, Class<V> type, LinkOption... options) {
        return null;
    }

    @Override
    public boolean isSameFile(Path path, Path other) {
        return path.toAbsolutePath().normalize().equals(other.toAbsolutePath().normalize());
    }

    @Override
    public boolean isHidden(Path path) {
        return false;
    }

    @Override
    public FileStore getFileStore(Path path) {
        throw new UnsupportedOperationException("a storage has no file stores");
    }

    /** Not a {@link java.nio.file.ReadOnlyFileSystemException}, which is no {@link IOException}. */
    private static AccessDeniedException readOnly(Path path) {
        return new AccessDeniedException(path.toString(), null, "a storage is only read; nothing can be written to it");
    }

    @Override
    public void createDirectory(Path directory, FileAttribute<?>... attributes) throws IOException {
        throw readOnly(directory);
    }

    @Override
    public void delete(Path path) throws IOException {
        throw readOnly(path);
    }

    @Override
    public void copy(Path source, Path target, CopyOption... options) throws IOException {
        throw readOnly(target);
    }

    @Override
    public void move(Path source, Path target, CopyOption... options) throws IOException {
        throw readOnly(target);
    }

    @Override
    public void setAttribute(Path path, String attribute, Object value, LinkOption... options) throws IOException {
        throw readOnly(path);
    }
}
