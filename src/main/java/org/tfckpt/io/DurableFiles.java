package org.tfckpt.io;

import java.io.IOException;
import java.nio.ByteBuffer;
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

/** Names and contents of files, such that a crash of the machine does not undo what was done. */
public final class DurableFiles {
    /** As much as is copied between two words of progress. */
    private static final long PART = 1L << 24;

    private DurableFiles() {}

    /**
     * Opens a new file for writing.
     *
     * @param path no file is there yet
     * @return the channel; the caller closes it
     * @throws IOException if it cannot be made
     */
    public static SeekableByteChannel create(Path path) throws IOException {
        return Files.newByteChannel(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    /**
     * Has the disk take a file's bytes, where its file system can be asked for that.
     *
     * @param channel of the file
     * @throws IOException if the disk does not take them
     */
    public static void force(SeekableByteChannel channel) throws IOException {
        if (channel instanceof FileChannel file) {
            file.force(true);
        }
    }

    /**
     * Has the disk take the names in a directory, where its file system can be asked for that.
     *
     * @param directory the directory; the empty path is the current one
     * @throws IOException if the disk does not take them
     */
    public static void forceNames(Path directory) throws IOException {
        FileChannel channel;
        try {
            channel = FileChannel.open(directory.toAbsolutePath(), StandardOpenOption.READ);
        } catch (IOException | UnsupportedOperationException notAFileHere) {
            // Windows, and file systems that are none: a directory cannot be opened, and names need no asking.
            return;
        }
        try (channel) {
            channel.force(true);
        }
    }

    /**
     * Gives a file another name in one step, in place of whatever has that name.
     *
     * @param from the old name
     * @param to the new name, in the same directory
     * @throws IOException if it keeps its old name
     */
    public static void rename(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException notOfThisFileSystem) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /**
     * Gives a small file its contents in one step, through a temporary one beside it.
     *
     * @param path the file, which may be there or not
     * @param bytes all of its contents
     * @throws IOException if it cannot be done; then it is what it was
     */
    public static void replace(Path path, byte[] bytes) throws IOException {
        // One name for all: what a crash leaves there is overwritten by the next.
        Path temporary = path.resolveSibling(path.getFileName() + ".tfckpt-tmp");
        try {
            try (SeekableByteChannel file = Files.newByteChannel(
                    temporary,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING)) {
                Channels.write(file, ByteBuffer.wrap(bytes));
                force(file);
            }
            rename(temporary, path);
        } catch (IOException e) {
            Files.deleteIfExists(temporary);
            throw e;
        }
        Path parent = path.toAbsolutePath().getParent();
        if (parent != null) {
            forceNames(parent);
        }
    }

    /**
     * Gives a file a second name.
     *
     * @param from the file
     * @param to its second name
     * @return false if the file system cannot do that; then nothing has changed
     * @throws FileAlreadyExistsException if there is a file of that name
     * @throws NoSuchFileException if there is no such file
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
            // Another disk, too many links, not permitted, no links at all: each file system has its own exception.
            return false;
        }
    }

    /**
     * Gives a file's bytes a second name: the same file where it can be linked, else a copy that the disk has taken.
     *
     * @param from the file
     * @param to where no file is yet
     * @throws IOException if it cannot be done; what was copied so far is left to the caller
     */
    public static void linkOrCopy(Path from, Path to) throws IOException {
        if (!link(from, to)) {
            copy(from, to, bytes -> {});
        }
    }

    /**
     * Copies a file, where the operating system can within itself, and has the disk take the copy.
     *
     * @param from the file
     * @param to where no file is yet
     * @param progress told of the number of bytes after each part
     * @throws IOException if it cannot be done; what was copied so far is left to the caller
     */
    public static void copy(Path from, Path to, LongConsumer progress) throws IOException {
        try (SeekableByteChannel in = Files.newByteChannel(from, StandardOpenOption.READ);
                SeekableByteChannel out = create(to);
                IncrementalSync disk = new IncrementalSync(out)) {
            if (in instanceof FileChannel file) {
                long size = file.size();
                for (long done = 0; done < size; ) {
                    long count = file.transferTo(done, Math.min(PART, size - done), out);
                    if (count <= 0) {
                        throw new IOException(from + " became shorter while it was copied");
                    }
                    done += count;
                    disk.written(count);
                    progress.accept(count);
                }
            } else {
                Channels.copy(in, out);
                progress.accept(out.position());
            }
            disk.finish();
        }
    }
}
