package org.tfckpt.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;

/**
 * A file that is written under a temporary name next to its own ({@code NAME.tfckpt-tmp-0123456789abcdef}), and gets its
 * name once it is complete and on disk. The temporary file is locked while it is written; those of killed writers are
 * deleted by the next writer of the same file. Not thread-safe.
 */
public final class NewFile extends SequentialFile {
    private static final Pattern DIGITS = Pattern.compile("[0-9a-f]{16}");

    private final Path target;
    private final Path path;
    private final String writer;

    private NewFile(Path target, Path path, String writer, LongConsumer progress) throws IOException {
        super(path, progress);
        this.writer = writer;
        this.target = target;
        this.path = path;
        WriterLock.lock(channel());
    }

    /**
     * Creates an empty temporary file, and deletes those of killed writers. The file gets the path {@code target} when
     * it is complete; the caller closes it. Passes the number of bytes of each write to {@code progress}.
     */
    public static NewFile create(Path target, LongConsumer progress) throws IOException {
        deleteStale(target, Pattern.compile(Pattern.quote(String.valueOf(target.getFileName()))));
        String writer = WriterLock.begin();
        Path path = target.resolveSibling(target.getFileName() + WriterLock.MARK + writer);
        try {
            return new NewFile(target, path.toAbsolutePath(), writer, progress);
        } catch (IOException | RuntimeException | Error e) {
            WriterLock.end(writer);
            throw e;
        }
    }

    /** Writes a small file, in place of an existing one. If this fails, an existing file is unchanged. */
    public static void replace(Path target, byte[] bytes) throws IOException {
        try (NewFile file = create(target, count -> {})) {
            file.write(ByteBuffer.wrap(bytes));
            file.finish();
            file.publish();
        }
        Path directory = target.toAbsolutePath().getParent();
        if (directory != null) {
            DurableFiles.forceNames(directory);
        }
    }

    /**
     * Deletes the temporary files of killed writers in the directory of {@code target} whose final names would have
     * matched {@code names}.
     */
    public static void deleteStale(Path target, Pattern names) throws IOException {
        Path directory = target.toAbsolutePath().getParent();
        if (directory == null || !Files.isDirectory(directory)) {
            return;
        }
        for (Path file : Directories.list(directory, name -> name.contains(WriterLock.MARK))) {
            String name = String.valueOf(file.getFileName());
            int mark = name.lastIndexOf(WriterLock.MARK);
            String other = name.substring(mark + WriterLock.MARK.length());
            if (DIGITS.matcher(other).matches()
                    && names.matcher(name.substring(0, mark)).matches()
                    && !isRunning(other, file)) {
                Files.deleteIfExists(file);
            }
        }
    }

    private static boolean isRunning(String writer, Path file) {
        try {
            return WriterLock.isRunning(writer, file);
        } catch (IOException unreadable) {
            return true;
        }
    }

    /** Returns the path of the file until it gets its own. */
    public Path path() {
        return path;
    }

    /** Returns the path that the file gets when it is complete. */
    public Path target() {
        return target;
    }

    /** Gives the finished file its name, in place of an existing file. */
    public void publish() throws IOException {
        DurableFiles.rename(path, target.toAbsolutePath());
    }

    /** Closes the file, and deletes it if it has not got its name. */
    @Override
    public void close() throws IOException {
        super.close();
        WriterLock.end(writer);
        Files.deleteIfExists(path);
    }
}
