package org.tfckpt.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;

/**
 * A file that is written sequentially under a temporary name next to its own ({@code NAME.tfckpt-tmp-0123456789abcdef}),
 * and gets its name once it is complete and on disk. The temporary file is locked while it is written; those of killed
 * writers are deleted by the next writer of the same file. Not thread-safe.
 */
public final class NewFile implements Closeable {
    private static final int BUFFER = 1 << 14;
    private static final String MARK = ".tfckpt-tmp-";
    private static final Pattern DIGITS = Pattern.compile("[0-9a-f]{16}");

    /** The temporary files of this JVM. On many systems, testing the lock of one's own file would release it. */
    private static final Set<String> RUNNING = ConcurrentHashMap.newKeySet();

    private final Path target;
    private final Path path;
    private final String digits;
    private final SeekableByteChannel channel;
    private final IncrementalSync disk;
    private final LongConsumer progress;
    private final ByteBuffer pending = ByteBuffer.allocate(BUFFER);
    private long position;

    private NewFile(Path target, Path path, String digits, LongConsumer progress) throws IOException {
        this.digits = digits;
        this.target = target;
        this.path = path;
        this.progress = progress;
        this.channel = DurableFiles.create(path);
        this.disk = new IncrementalSync(channel);
        lock(channel);
    }

    /**
     * Creates an empty temporary file, and deletes those of killed writers.
     *
     * @param target the path that the file gets when it is complete
     * @param progress receives the number of bytes after each write
     * @return the file; the caller closes it
     * @throws IOException if it cannot be created
     */
    public static NewFile create(Path target, LongConsumer progress) throws IOException {
        deleteStale(target);
        String digits = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        Path path = target.resolveSibling(target.getFileName() + MARK + digits).toAbsolutePath();
        RUNNING.add(digits);
        try {
            return new NewFile(target, path, digits, progress);
        } catch (IOException | RuntimeException | Error e) {
            RUNNING.remove(digits);
            throw e;
        }
    }

    /** Returns true also if the file system does not support locks. */
    private static boolean lock(SeekableByteChannel channel) {
        if (channel instanceof FileChannel file) {
            try {
                return file.tryLock() != null;
            } catch (OverlappingFileLockException e) {
                return false;
            } catch (IOException | UnsupportedOperationException notSupported) {
                return true;
            }
        }
        return true;
    }

    private static void deleteStale(Path target) throws IOException {
        String begin = target.getFileName() + MARK;
        Path directory = target.toAbsolutePath().getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                String name = String.valueOf(file.getFileName());
                String writer = name.startsWith(begin) ? name.substring(begin.length()) : "";
                if (DIGITS.matcher(writer).matches() && !RUNNING.contains(writer) && !isLocked(file)) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    private static boolean isLocked(Path file) {
        try (SeekableByteChannel channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
            return !lock(channel);
        } catch (IOException unreadable) {
            return true;
        }
    }

    /**
     * Returns the temporary path.
     *
     * @return the path of the file until it gets its own
     */
    public Path path() {
        return path;
    }

    /**
     * Returns the path that the file gets when it is complete.
     *
     * @return the path
     */
    public Path target() {
        return target;
    }

    /**
     * Returns the offset of the next byte.
     *
     * @return the number of bytes written
     */
    public long position() {
        return position;
    }

    /**
     * Appends bytes.
     *
     * @param bytes all remaining bytes are written
     * @throws IOException if they cannot be written
     */
    public void write(ByteBuffer bytes) throws IOException {
        int count = bytes.remaining();
        if (count > pending.remaining()) {
            flush();
        }
        if (count > pending.remaining()) {
            Channels.write(channel, bytes);
        } else {
            pending.put(bytes);
        }
        position += count;
        disk.written(count);
        progress.accept(count);
    }

    private void flush() throws IOException {
        Channels.write(channel, pending.flip());
        pending.clear();
    }

    /**
     * Replaces bytes that were written before.
     *
     * @param offset the offset of the first one
     * @param bytes the new bytes
     * @throws IOException if they cannot be written
     */
    public void patch(long offset, ByteBuffer bytes) throws IOException {
        flush();
        Channels.write(channel.position(offset), bytes);
        channel.position(position);
    }

    /**
     * Forces all bytes to disk and closes the file. It keeps its temporary name.
     *
     * @throws IOException if they cannot be written
     */
    public void finish() throws IOException {
        flush();
        disk.finish();
        channel.close();
    }

    /**
     * Gives the finished file its name, in place of an existing file.
     *
     * @throws IOException if the file cannot be renamed
     */
    public void publish() throws IOException {
        DurableFiles.rename(path, target.toAbsolutePath());
    }

    /** Closes the file, and deletes it if it has not got its name. */
    @Override
    public void close() throws IOException {
        disk.close();
        channel.close();
        RUNNING.remove(digits);
        Files.deleteIfExists(path);
    }
}
