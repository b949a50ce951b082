package org.tfckpt.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.function.LongConsumer;

/** Creates, renames, links and copies files so that the result survives a crash of the machine. */
public final class DurableFiles {
    /** The number of bytes copied between two calls of a progress listener. */
    private static final long PART = 1L << 24;

    private DurableFiles() {}

    /** Creates a file, which must not exist, and opens it for writing. The caller closes the channel. */
    public static SeekableByteChannel create(Path path) throws IOException {
        return Files.newByteChannel(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    /** Forces a file's contents to disk, if its file system supports it. */
    public static void force(SeekableByteChannel channel) throws IOException {
        if (channel instanceof FileChannel file) {
            file.force(true);
        }
    }

    /**
     * Forces the names in a directory to disk, if its file system supports it. The empty path is the current directory.
     */
    public static void forceNames(Path directory) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(directory.toAbsolutePath(), StandardOpenOption.READ);
        } catch (IOException | UnsupportedOperationException notSupported) {
            // Windows and virtual file systems cannot open a directory, and do not need this.
            return;
        }
        try (channel) {
            channel.force(true);
        }
    }

    /** Renames a file within its directory atomically, replacing an existing file. */
    public static void rename(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException notSupported) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /**
     * Creates a hard link to a file. Returns false if the file system cannot create it; throws if {@code to} exists or
     * {@code from} does not.
     */
    public static boolean link(Path from, Path to) throws FileAlreadyExistsException, NoSuchFileException {
        if (!from.getFileSystem().provider().equals(to.getFileSystem().provider())) {
            return false;
        }
        try {
            Files.createLink(to, from);
            return true;
        } catch (FileAlreadyExistsException | NoSuchFileException e) {
            throw e;
        } catch (IOException | UnsupportedOperationException cannotLink) {
            // Another disk, too many links, no permission, no support: file systems throw different exceptions for
            // these.
            return false;
        }
    }

    /**
     * Creates a hard link to a file or, if that is impossible, a copy that is forced to disk. The caller deletes an
     * incomplete copy.
     */
    public static void linkOrCopy(Path from, Path to) throws IOException {
        if (!link(from, to)) {
            copy(from, to, bytes -> {});
        }
    }

    /**
     * Copies a file, within the operating system if possible, and forces the copy to disk. {@code to} must not exist;
     * the caller deletes an incomplete copy. Passes the number of bytes of each part to {@code progress}.
     */
    public static void copy(Path from, Path to, LongConsumer progress) throws IOException {
        try (SeekableByteChannel in = Files.newByteChannel(from, StandardOpenOption.READ);
                SeekableByteChannel out = create(to);
                IncrementalSync sync = new IncrementalSync(out)) {
            if (in instanceof FileChannel file) {
                long size = file.size();
                for (long done = 0; done < size; ) {
                    long count = file.transferTo(done, Math.min(PART, size - done), out);
                    if (count <= 0) {
                        throw new IOException("'" + from + "' became shorter while it was copied");
                    }
                    done += count;
                    sync.written(count);
                    progress.accept(count);
                }
            } else {
                Channels.copy(in, out);
                progress.accept(out.position());
            }
            sync.finish();
        }
    }
}
