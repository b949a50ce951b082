package org.tfckpt.io;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The name of a file of a storage as a path. Its text begins with the location of the storage. Immutable. */
final class StoragePath implements Path {
    private final FileSystem fileSystem;
    private final String location;
    private final boolean absolute;
    private final String name;

    /** Creates a path, which may begin at the location of the storage. No part of the name is empty. */
    StoragePath(FileSystem fileSystem, String location, boolean absolute, String name) {
        this.fileSystem = fileSystem;
        this.location = location;
        this.absolute = absolute;
        this.name = name;
    }

    private StoragePath with(boolean isAbsolute, String newName) {
        return new StoragePath(fileSystem, location, isAbsolute, newName);
    }

    static StoragePath of(Path path) {
        if (path instanceof StoragePath known) {
            return known;
        }
        throw new ProviderMismatchException("'" + path + "' is not a path of a storage");
    }

    /** Returns the name that the storage knows the file by: relative paths begin at the location, too. */
    String storageName() {
        return of(normalize()).name;
    }

    private List<String> parts() {
        return name.isEmpty() && absolute ? List.of() : Arrays.asList(name.split("/", -1));
    }

    @Override
    public FileSystem getFileSystem() {
        return fileSystem;
    }

    @Override
    public boolean isAbsolute() {
        return absolute;
    }

    @Override
    public @Nullable Path getRoot() {
        return absolute ? with(true, "") : null;
    }

    @Override
    public @Nullable Path getFileName() {
        return absolute && name.isEmpty() ? null : with(false, name.substring(name.lastIndexOf('/') + 1));
    }

    @Override
    public @Nullable Path getParent() {
        int slash = name.lastIndexOf('/');
        return slash >= 0 ? with(absolute, name.substring(0, slash)) : name.isEmpty() ? null : getRoot();
    }

    @Override
    public int getNameCount() {
        return parts().size();
    }

    @Override
    public Path getName(int index) {
        return subpath(index, index + 1);
    }

    @Override
    public Path subpath(int begin, int end) {
        if (begin < 0 || begin >= end || end > getNameCount()) {
            throw new IllegalArgumentException("'" + this + "' has no names " + begin + " to " + end);
        }
        return with(false, String.join("/", parts().subList(begin, end)));
    }

    @Override
    public boolean startsWith(Path other) {
        StoragePath prefix = of(other);
        return fileSystem.equals(prefix.fileSystem)
                && absolute == prefix.absolute
                && getNameCount() >= prefix.getNameCount()
                && parts().subList(0, prefix.getNameCount()).equals(prefix.parts());
    }

    @Override
    public boolean endsWith(Path other) {
        StoragePath suffix = of(other);
        int rest = getNameCount() - suffix.getNameCount();
        return suffix.absolute
                ? equals(suffix)
                : rest >= 0 && parts().subList(rest, getNameCount()).equals(suffix.parts());
    }

    /** Removes {@code .} and {@code ..}; there is nothing above the location. */
    @Override
    public Path normalize() {
        Deque<String> kept = new ArrayDeque<>();
        for (String part : parts()) {
            if (part.equals("..")) {
                kept.pollLast();
            } else if (!part.equals(".")) {
                kept.add(part);
            }
        }
        return with(absolute, String.join("/", kept));
    }

    @Override
    public Path resolve(Path other) {
        StoragePath rest = of(other);
        if (rest.absolute || name.isEmpty()) {
            return rest.absolute ? rest : with(absolute, rest.name);
        }
        return rest.name.isEmpty() ? this : with(absolute, name + "/" + rest.name);
    }

    @Override
    public Path relativize(Path other) {
        StoragePath target = of(other);
        if (absolute != target.absolute) {
            throw new IllegalArgumentException("'" + this + "' and '" + other + "' are not of the same kind");
        }
        List<String> from = name.isEmpty() ? List.of() : parts();
        List<String> to = target.name.isEmpty() ? List.of() : target.parts();
        int common = 0;
        while (common < Math.min(from.size(), to.size()) && from.get(common).equals(to.get(common))) {
            common++;
        }
        Deque<String> relative = new ArrayDeque<>(to.subList(common, to.size()));
        for (int i = common; i < from.size(); i++) {
            relative.addFirst("..");
        }
        return with(false, String.join("/", relative));
    }

    @Override
    public URI toUri() {
        try {
            return new URI(fileSystem.provider().getScheme(), null, "/" + name, null);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public Path toAbsolutePath() {
        return with(true, name);
    }

    @Override
    public Path toRealPath(LinkOption... options) throws IOException {
        fileSystem.provider().checkAccess(this);
        return toAbsolutePath().normalize();
    }

    @Override
    public WatchKey register(WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers) {
        throw new UnsupportedOperationException("a storage cannot be watched");
    }

    @Override
    public int compareTo(Path other) {
        return toString().compareTo(of(other).toString());
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof StoragePath path
                && fileSystem.equals(path.fileSystem)
                && absolute == path.absolute
                && name.equals(path.name);
    }

    @Override
    public int hashCode() {
        return name.hashCode();
    }

    @Override
    public String toString() {
        return absolute ? location + name : name;
    }
}
