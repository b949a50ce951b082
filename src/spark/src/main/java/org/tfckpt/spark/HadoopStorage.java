package org.tfckpt.spark;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Options.OpenFileOptions;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.util.functional.FutureIO;
import org.tfckpt.storage.Storage;
import org.tfckpt.storage.StorageFile;

/** The files of one of Hadoop's file systems. Names begin at its root. Hidden and temporary files are not listed. */
final class HadoopStorage implements Storage {
    private final String location;
    private final Path root;
    private final FileSystem files;
    private final Map<String, Map<String, FileStatus>> listed = new ConcurrentHashMap<>();

    /**
     * Opens the file system whose root {@link #locationOf} returns, with the configuration and the credentials of the
     * session.
     */
    HadoopStorage(String location, Configuration configuration) throws IOException {
        this.location = location;
        this.root = new Path(location);
        this.files = root.getFileSystem(configuration);
    }

    /** Returns the root of the file system of a qualified path. */
    static String locationOf(Path path) {
        String authority = path.toUri().getAuthority();
        return path.toUri().getScheme() + ":" + (authority == null ? "" : "//" + authority) + "/";
    }

    /** Returns the name of the file of a qualified path. */
    static String nameOf(Path path) {
        return path.toUri().getPath().substring(1);
    }

    @Override
    public String location() {
        return location;
    }

    /** Returns a path. It is not parsed, because names may contain colons. */
    Path path(String name) {
        return new Path(root.toUri().getScheme(), root.toUri().getAuthority(), "/" + name);
    }

    boolean exists(String name) throws IOException {
        return files.exists(path(name));
    }

    @Override
    public StorageFile open(String name) throws IOException {
        try {
            FileStatus status = files.getFileStatus(path(name));
            if (status.isDirectory()) {
                throw new NoSuchFileException(location + name, null, "is a directory");
            }
            FSDataInputStream stream = FutureIO.awaitFuture(files.openFile(status.getPath())
                    .withFileStatus(status)
                    .opt(OpenFileOptions.FS_OPTION_OPENFILE_READ_POLICY, "random")
                    .build());
            return new HadoopFile(stream, status);
        } catch (FileNotFoundException e) {
            throw missing(name, e);
        }
    }

    private NoSuchFileException missing(String name, FileNotFoundException cause) {
        NoSuchFileException missing = new NoSuchFileException(location + name);
        missing.initCause(cause);
        return missing;
    }

    private record HadoopFile(FSDataInputStream stream, FileStatus status) implements StorageFile {
        @Override
        public long size() {
            return status.getLen();
        }

        @Override
        public int read(long position, ByteBuffer target) throws IOException {
            if (!target.hasArray()) {
                byte[] copy = new byte[target.remaining()];
                int count = stream.read(position, copy, 0, copy.length);
                target.put(copy, 0, Math.max(0, count));
                return count;
            }
            int offset = target.arrayOffset() + target.position();
            int count = stream.read(position, target.array(), offset, target.remaining());
            target.position(target.position() + Math.max(0, count));
            return count;
        }

        @Override
        public Optional<String> version() {
            return Optional.of(status.getModificationTime() + "-" + status.getLen());
        }

        @Override
        public void close() throws IOException {
            stream.close();
        }
    }

    @Override
    public Optional<List<String>> list(String directory) throws IOException {
        List<String> names = new ArrayList<>();
        statuses(directory).forEach((name, status) -> names.add(status.isDirectory() ? name + "/" : name));
        return Optional.of(names);
    }

    /** Returns the files and directories in a directory, by name. It is listed once. */
    Map<String, FileStatus> statuses(String directory) throws IOException {
        Map<String, FileStatus> known = listed.get(directory);
        if (known == null) {
            known = new java.util.TreeMap<>();
            try {
                Path path = path(directory);
                for (FileStatus status : files.listStatus(path)) {
                    String name = status.getPath().getName();
                    // Listing a file returns the file itself.
                    if (!isHidden(name) && !status.getPath().equals(files.makeQualified(path))) {
                        known.put(name, status);
                    }
                }
            } catch (FileNotFoundException absent) {
                known = Map.of();
            }
            listed.put(directory, known);
        }
        return known;
    }

    /** Returns whether Spark's sources skip a file, or another program has not finished it. */
    static boolean isHidden(String name) {
        return name.startsWith("_")
                || (name.startsWith(".") && !name.startsWith(".index") && !name.startsWith(".data-"))
                || name.endsWith("._COPYING_")
                || name.endsWith(".tmp");
    }
}
