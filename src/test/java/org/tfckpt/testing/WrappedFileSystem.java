package org.tfckpt.testing;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.StandardOpenOption;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.spi.FileSystemProvider;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A file system that delegates to another one, so that tests can observe or prevent operations. */
public abstract class WrappedFileSystem extends FileSystem {
    private final FileSystem real;
    private final Provider provider = new Provider();

    protected WrappedFileSystem(FileSystem real) {
        this.real = real;
    }

    /** Called when a file was opened. */
    protected SeekableByteChannel channel(SeekableByteChannel real, String file, boolean writes) throws IOException {
        return real;
    }

    /** Called before every change. */
    protected void before(String change, String file) throws IOException {}

    /** Called when a directory was opened for a force. */
    protected FileChannel directory(String name) throws IOException {
        throw new UnsupportedOperationException();
    }

    /** Returns the wrapper of a path. */
    public Path path(Path path) {
        Class<?>[] types = {Path.class};
        return (Path) Proxy.newProxyInstance(
                getClass().getClassLoader(), types, (proxy, method, arguments) -> switch (method.getName()) {
                    case "getFileSystem" -> this;
                    case "hashCode" -> path.hashCode();
                    case "toString" -> path.toString();
                    default -> answer(path, method, arguments == null ? new Object[0] : arguments);
                });
    }

    private Object answer(Path path, Method method, Object... arguments) throws Throwable {
        Object[] unwrapped = arguments.clone();
        for (int i = 0; i < unwrapped.length; i++) {
            unwrapped[i] = unwrapped[i] instanceof Path other ? unwrap(other) : unwrapped[i];
        }
        try {
            Object result = method.invoke(path, unwrapped);
            return result instanceof Path other ? path(other) : result;
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private Path unwrap(Path path) {
        return path.getFileSystem() == this ? real.getPath(path.toString()) : path;
    }

    @Override
    public FileSystemProvider provider() {
        return provider;
    }

    @Override
    public void close() {
        // The real file system is closed by its owner.
    }

    @Override
    public boolean isOpen() {
        return real.isOpen();
    }

    @Override
    public boolean isReadOnly() {
        return real.isReadOnly();
    }

    @Override
    public String getSeparator() {
        return real.getSeparator();
    }

    @Override
    public Iterable<Path> getRootDirectories() {
        return List.of();
    }

    @Override
    public Iterable<FileStore> getFileStores() {
        return List.of();
    }

    @Override
    public Set<String> supportedFileAttributeViews() {
        return real.supportedFileAttributeViews();
    }

    @Override
    public Path getPath(String first, String... more) {
        return path(real.getPath(first, more));
    }

    @Override
    public PathMatcher getPathMatcher(String syntaxAndPattern) {
        PathMatcher matcher = real.getPathMatcher(syntaxAndPattern);
        return path -> matcher.matches(unwrap(path));
    }

    @Override
    public UserPrincipalLookupService getUserPrincipalLookupService() {
        throw new UnsupportedOperationException();
    }

    @Override
    public WatchService newWatchService() {
        throw new UnsupportedOperationException();
    }

    private final class Provider extends FileSystemProvider {
        private FileSystemProvider real() {
            return real.provider();
        }

        private String name(Path path) {
            return String.valueOf(path.getFileName());
        }

        @Override
        public SeekableByteChannel newByteChannel(
                Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
            boolean writes = options.contains(StandardOpenOption.WRITE);
            if (writes) {
                before("create", name(path));
            }
            return channel(real().newByteChannel(unwrap(path), options, attributes), name(path), writes);
        }

        @Override
        public FileChannel newFileChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
                throws IOException {
            return directory(name(path));
        }

        @Override
        public DirectoryStream<Path> newDirectoryStream(Path directory, DirectoryStream.Filter<? super Path> filter)
                throws IOException {
            return real().newDirectoryStream(unwrap(directory), path -> filter.accept(path(path)));
        }

        @Override
        public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options)
                throws IOException {
            return real().readAttributes(unwrap(path), type, options);
        }

        @Override
        public Map<String, Object> readAttributes(Path path, String attributes, LinkOption... options)
                throws IOException {
            return real().readAttributes(unwrap(path), attributes, options);
        }

        @Override
        public <V extends FileAttributeView> V getFileAttributeView(Path path, Class<V> type, LinkOption... options) {
            return real().getFileAttributeView(unwrap(path), type, options);
        }

        @Override
        public void setAttribute(Path path, String attribute, Object value, LinkOption... options) throws IOException {
            real().setAttribute(unwrap(path), attribute, value, options);
        }

        @Override
        public void checkAccess(Path path, AccessMode... modes) throws IOException {
            real().checkAccess(unwrap(path), modes);
        }

        @Override
        public void createDirectory(Path directory, FileAttribute<?>... attributes) throws IOException {
            before("create directory", name(directory));
            real().createDirectory(unwrap(directory), attributes);
        }

        @Override
        public void delete(Path path) throws IOException {
            before("delete", name(path));
            real().delete(unwrap(path));
        }

        @Override
        public void createLink(Path link, Path existing) throws IOException {
            before("link", name(link));
            real().createLink(unwrap(link), unwrap(existing));
        }

        @Override
        public void copy(Path source, Path target, CopyOption... options) throws IOException {
            real().copy(unwrap(source), unwrap(target), options);
        }

        @Override
        public void move(Path source, Path target, CopyOption... options) throws IOException {
            before("move", name(source));
            real().move(unwrap(source), unwrap(target), options);
        }

        @Override
        public boolean isSameFile(Path path, Path other) throws IOException {
            return real().isSameFile(unwrap(path), unwrap(other));
        }

        @Override
        public boolean isHidden(Path path) throws IOException {
            return real().isHidden(unwrap(path));
        }

        @Override
        public FileStore getFileStore(Path path) throws IOException {
            return real().getFileStore(unwrap(path));
        }

        @Override
        public String getScheme() {
            return "wrapped";
        }

        @Override
        public FileSystem newFileSystem(URI uri, Map<String, ?> environment) {
            throw new UnsupportedOperationException();
        }

        @Override
        public FileSystem getFileSystem(URI uri) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Path getPath(URI uri) {
            throw new UnsupportedOperationException();
        }
    }
}
