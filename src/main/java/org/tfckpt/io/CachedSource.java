package org.tfckpt.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.NoSuchFileException;
import java.util.function.Function;

/** A file of a storage, read through the cache. Buffers are copies. */
final class CachedSource extends ByteSource {
    private final CachedFile file;
    private final int unit;
    private final Function<NoSuchFileException, IOException> missing;
    private final boolean ownsFile;

    /**
     * Creates a source, without I/O. A request has the size {@code unit} unless blocks are read in order; {@code
     * missing} explains that the file does not exist, which the first read notices.
     */
    CachedSource(CachedFile file, int unit, Function<NoSuchFileException, IOException> missing, boolean ownsFile) {
        super(file.displayName());
        this.file = file;
        this.unit = unit;
        this.missing = missing;
        this.ownsFile = ownsFile;
    }

    @Override
    public long size() throws IOException {
        requireOpen();
        try {
            return file.size(unit);
        } catch (NoSuchFileException e) {
            throw missing.apply(e);
        }
    }

    @Override
    long recentSize(long offset, long length) throws IOException {
        if (file.knownSize() < 0 && offset >= 0 && length > 0) {
            // Whether the range is in the file is learnt by reading it.
            try {
                file.load(offset, length, unit);
            } catch (NoSuchFileException e) {
                throw missing.apply(e);
            }
        }
        return size();
    }

    @Override
    public ByteBuffer read(long offset, int length) throws IOException {
        requireRange(offset, length);
        ByteBuffer bytes = ByteBuffer.allocate(length);
        readInto(offset, bytes);
        return bytes.flip().order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void readInto(long offset, ByteBuffer target) throws IOException {
        forEach(offset, target.remaining(), target::put);
    }

    @Override
    public void forEach(long offset, long length, Consumer consumer) throws IOException {
        requireRange(offset, length);
        long end = offset + length;
        for (long at = offset; at < end; ) {
            requireOpen();
            Block block = file.pin(at, end - at, unit);
            if (block == null) {
                throw passesEnd(at, end - at, file.knownSize());
            }
            long partEnd = Math.min(end, block.end());
            try {
                consumer.accept(block.slice(at, partEnd - at).order(ByteOrder.LITTLE_ENDIAN));
            } finally {
                file.unpin(block, at, partEnd);
            }
            at = partEnd;
        }
    }

    @Override
    public ByteSource forIndex() {
        return new CachedSource(file, BlockCache.INDEX_BLOCK, missing, false);
    }

    @Override
    public void close() throws IOException {
        markClosed();
        if (ownsFile) {
            file.close();
        }
    }
}
