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
}
