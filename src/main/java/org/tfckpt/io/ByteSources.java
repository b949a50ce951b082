package org.tfckpt.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Opens files of any file system, memory-mapped or not. */
public final class ByteSources {
    private ByteSources() {}

    /** The cache for file systems of others that are not local. */
    private static final class Shared {
        static final BlockCache CACHE = new BlockCache(BlockCache.DEFAULT_CAPACITY);
    }

    /** Opens a file that is not mapped. The caller closes it. */
    public static ByteSource channel(Path path) throws IOException {
        return open(path, FileAccess.CHANNEL, true, null);
    }

    /** Opens a file; {@code access} applies if it is local. The caller closes it. */
    public static ByteSource open(Path path, FileAccess access) throws IOException {
        return open(path, access, false, null);
    }

    /**
     * Opens a file, which is not read until its bytes are asked for: {@code missing} explains that it does not exist, if
     * only a read notices this. The caller closes it.
     */
    public static ByteSource open(Path path, FileAccess access, Function<NoSuchFileException, IOException> missing)
            throws IOException {
        return open(path, access, false, missing);
    }

    private static ByteSource open(
            Path path,
            FileAccess access,
            boolean forIndex,
            @Nullable Function<NoSuchFileException, IOException> missing)
            throws IOException {
        if (path.getFileSystem() instanceof StorageFileSystem storage) {
            CachedFile file = missing == null ? storage.existing(path) : storage.file(path);
            return cached(file, forIndex, missing, false);
        }
        String name = path.toString();
        SeekableByteChannel channel = Files.newByteChannel(path, StandardOpenOption.READ);
        if (!(channel instanceof FileChannel file)) {
            CachedFile remote = new CachedFile(name, new NioFile(path, channel), Shared.CACHE);
            return cached(remote, forIndex, null, true);
        }
        boolean unmapOnClose = access == FileAccess.MAPPED_UNTIL_CLOSE;
        return access == FileAccess.CHANNEL || (unmapOnClose && !MappingArena.isSupported())
                ? new ChannelSource(name, file)
                : new LazilyMappedSource(name, file, unmapOnClose);
    }

    private static ByteSource cached(
            CachedFile file,
            boolean forIndex,
            @Nullable Function<NoSuchFileException, IOException> missing,
            boolean ownsFile) {
        int unit = forIndex ? BlockCache.INDEX_BLOCK : file.dataBlock();
        return new CachedSource(file, unit, missing == null ? cause -> cause : missing, ownsFile);
    }

    /** Fills a file. */
    @FunctionalInterface
    public interface Filling {
        /** Writes to the file. */
        void write(FileChannel channel) throws IOException;
    }

    /**
     * Creates a temporary file in the system's directory for such files; {@code name} stands for it in messages. It is
     * deleted when the source, which the caller closes, is closed, or when the process ends.
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
