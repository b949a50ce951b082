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

    /** The cache for file systems of others that are not local. */
    private static final class Shared {
        static final BlockCache CACHE = new BlockCache(BlockCache.DEFAULT_CAPACITY);
    }

    /** Opens a file that is not mapped. The caller closes it. */
    public static ByteSource channel(Path path) throws IOException {
        if (path.getFileSystem() instanceof StorageFileSystem storage) {
            return cached(storage.existing(path), BlockCache.INDEX_BLOCK);
        }
        return open(
                path, Files.newByteChannel(path, StandardOpenOption.READ), FileAccess.CHANNEL, BlockCache.INDEX_BLOCK);
    }

    private static ByteSource cached(CachedFile file, int unit) {
        return new CachedSource(file, unit, cause -> cause, false);
    }

    private static ByteSource open(Path path, SeekableByteChannel channel, FileAccess access, int unit) {
        String name = path.toString();
        if (!(channel instanceof FileChannel file)) {
            CachedFile remote = new CachedFile(name, new NioFile(path, channel), Shared.CACHE);
            return new CachedSource(remote, unit, cause -> cause, true);
        }
        boolean unmapOnClose = access == FileAccess.MAPPED_UNTIL_CLOSE;
        return access == FileAccess.CHANNEL || (unmapOnClose && !MappingArena.isSupported())
                ? new ChannelSource(name, file)
                : new LazilyMappedSource(name, file, unmapOnClose);
    }

    /** Opens a file; {@code access} applies if it is local. The caller closes it. */
    public static ByteSource open(Path path, FileAccess access) throws IOException {
        if (path.getFileSystem() instanceof StorageFileSystem storage) {
            CachedFile file = storage.existing(path);
            return cached(file, file.dataBlock());
        }
        return open(path, access, cause -> cause);
    }

    /**
     * Opens a file, which is not read until its bytes are asked for: {@code missing} explains that it does not exist,
     * if only a read notices this. The caller closes it.
     */
    public static ByteSource open(Path path, FileAccess access, MissingFile missing) throws IOException {
        if (path.getFileSystem() instanceof StorageFileSystem storage) {
            CachedFile file = storage.file(path);
            return new CachedSource(file, file.dataBlock(), missing, false);
        }
        SeekableByteChannel channel = Files.newByteChannel(path, StandardOpenOption.READ);
        return open(path, channel, access, Shared.CACHE.dataBlock());
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
