package org.tfckpt.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Distinguishes the temporary files of running writers from those of killed ones. The name of a temporary file ends in
 * {@link #MARK} and 16 hexadecimal digits that identify its writer, which holds a lock on it. The operating system
 * releases the lock when the process ends for any reason.
 */
public final class WriterLock {
    /** Precedes the digits in the name of a temporary file. */
    public static final String MARK = ".tfckpt-tmp-";

    /** The running writers of this JVM. On many systems, testing the lock of one's own file would release it. */
    private static final Set<String> RUNNING = ConcurrentHashMap.newKeySet();

    private WriterLock() {}

    /** Registers a new writer of this JVM, and returns its 16 hexadecimal digits. */
    public static String begin() {
        String writer = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong());
        RUNNING.add(writer);
        return writer;
    }

    /** Removes a writer of this JVM, after its file was closed. */
    public static void end(String writer) {
        RUNNING.remove(writer);
    }

    /**
     * Locks a file until it is closed. Returns false if another writer has locked it; true also if the file system does
     * not support locks.
     */
    public static boolean lock(SeekableByteChannel channel) {
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

    /**
     * Returns whether the writer with the given digits, which locks a file, is still running; false if the file does
     * not exist.
     */
    public static boolean isRunning(String writer, Path file) throws IOException {
        if (RUNNING.contains(writer)) {
            return true;
        }
        try (SeekableByteChannel channel = Files.newByteChannel(file, StandardOpenOption.WRITE)) {
            return !lock(channel);
        } catch (NoSuchFileException e) {
            return false;
        }
    }
}
