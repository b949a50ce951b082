package org.tfckpt.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Opens files of any file system, memory-mapped or not. */
public final class ByteSources {
    private ByteSources() {}

    /**
     * Opens a file that is not mapped.
     *
     * @param path the file
     * @return the source; the caller closes it
     * @throws IOException if it cannot be opened
     */
    public static ByteSource channel(Path path) throws IOException {
        return new ChannelSource(path.toString(), Files.newByteChannel(path, StandardOpenOption.READ));
    }

    /**
     * Opens a file.
     *
     * @param path the file
     * @param access how its bytes are accessed
     * @return the source; the caller closes it
     * @throws IOException if it cannot be opened
     */
    public static ByteSource open(Path path, FileAccess access) throws IOException {
        return switch (access) {
            case CHANNEL -> channel(path);
            case MAPPED -> mapped(path, false);
            case MAPPED_UNTIL_CLOSE -> MappingArena.isSupported() ? mapped(path, true) : channel(path);
        };
    }

    /** Opens a file that is mapped after the first few small reads, if its file system supports mapping. */
    private static ByteSource mapped(Path path, boolean unmapOnClose) throws IOException {
        SeekableByteChannel channel = Files.newByteChannel(path, StandardOpenOption.READ);
        if (channel instanceof FileChannel file) {
            return new LazilyMappedSource(path.toString(), file, unmapOnClose);
        }
        return new ChannelSource(path.toString(), channel);
    }

    /** Fills a file. */
    @FunctionalInterface
    public interface Filling {
        /**
         * Writes to the file.
         *
         * @param channel the channel of the file
         * @throws IOException if it cannot be written
         */
        void write(FileChannel channel) throws IOException;
    }

    /**
     * Creates a temporary file in the system's directory for such files. It is deleted when the source is closed or the
     * process ends.
     *
     * @param name the name of the source for messages
     * @param filling writes the contents
     * @return the source; the caller closes it
     * @throws IOException if the file cannot be written
     */
    public static ByteSource temporary(String name, Filling filling) throws IOException {
        Path path = Files.createTempFile("tfckpt-", ".tmp");
        FileChannel channel = FileChannel.open(
                path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        try {
            filling.write(channel);
            return new ChannelSource(name, channel);
        } catch (IOException | RuntimeException | Error e) {
            channel.close();
            throw e;
        }
    }
}
