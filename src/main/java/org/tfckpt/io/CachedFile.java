package org.tfckpt.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.tfckpt.storage.StorageFile;

/**
 * A file of a storage, read in blocks that are cached. A block is what one request returns: it begins at a multiple of
 * its size, except where another block already ends there. If blocks are used in their order, those that follow are read
 * ahead: two, then four, then as many as there may be requests. Thread-safe.
 */
final class CachedFile implements Closeable {
    /** By how much a request may exceed a block, if one read needs the next block, too. */
    private static final int EXCESS = 1 << 20;
    /** Greater offsets may overflow where a storage adds to them; no file is so large. */
    private static final long MAX_OFFSET = 1L << 60;

    private final String displayName;
    private final Opening opening;
    private final BlockCache cache;
    private final TreeMap<Long, Block> blocks = new TreeMap<>();
    private @Nullable StorageFile file;
    private boolean closed;
    private volatile @Nullable NoSuchFileException missing;
    /** The size in bytes; negative until the first request has arrived. */
    private volatile long size = -1;
    /** The end of the block that was used for the first time most recently. */
    private long lastEnd = Long.MIN_VALUE / 2;
    /** The number of blocks used in a row. */
    private int run;

    /** Opens the file. */
    interface Opening {
        StorageFile open() throws IOException;
    }

    /** Creates the file, without I/O. It is opened when it is first read. */
    CachedFile(String displayName, Opening opening, BlockCache cache) {
        this.displayName = displayName;
        this.opening = opening;
        this.cache = cache;
    }

    /** Creates a file that is open; it is closed with this object. */
    CachedFile(String displayName, StorageFile file, BlockCache cache) {
        this(displayName, () -> file, cache);
        this.file = file;
    }

    /** Returns the name for messages. */
    String displayName() {
        return displayName;
    }

    int dataBlock() {
        return cache.dataBlock();
    }

    /** Returns the size if a request has arrived, else a negative number. */
    long knownSize() {
        return size;
    }

    /** Returns the size, by reading the first block if it is not known. */
    long size(int unit) throws IOException {
        if (size < 0) {
            load(0, 1, unit);
        }
        return size;
    }

    synchronized Optional<String> version() throws IOException {
        return open().version();
    }

    private synchronized StorageFile open() throws IOException {
        if (closed) {
            throw new IllegalStateException("'" + displayName + "' is closed");
        }
        if (file == null) {
            file = opening.open();
        }
        return file;
    }

    /**
     * Returns the block with a byte, whose memory stays valid until {@link #unpin}; null if the file ends at or before
     * the offset. The caller will read {@code wanted} bytes from there; {@code unit} is the size of a block, unless
     * blocks are read in order.
     */
    @Nullable
    Block pin(long offset, long wanted, int unit) throws IOException {
        NoSuchFileException absent = missing;
        if (absent != null) {
            throw absent;
        }
        boolean sized = size >= 0;
        Block block;
        synchronized (cache) {
            if (offset >= (sized ? size : MAX_OFFSET)) {
                return null;
            }
            Block known = at(offset);
            block = known == null ? request(offset, wanted, unit) : known;
            block.pins++;
            cache.touch(block);
            if (sized) {
                readAhead(block, offset + wanted, unit);
            }
        }
        boolean usable = false;
        try {
            block.await();
            if (!sized) {
                synchronized (cache) {
                    readAhead(block, offset + wanted, unit);
                }
            }
            usable = offset < block.end();
        } finally {
            if (!usable) {
                unpin(block);
            }
        }
        return usable ? block : null;
    }

    void unpin(Block block) {
        synchronized (cache) {
            block.pins--;
        }
    }

    /** Unpins a block of which a range was used. */
    void unpin(Block block, long from, long to) {
        synchronized (cache) {
            block.cover(from, to);
            block.pins--;
        }
    }

    /** Reads the block with a byte, so that the size is known and the block is likely to be at hand. */
    void load(long offset, long wanted, int unit) throws IOException {
        Block block = pin(offset, wanted, unit);
        if (block != null) {
            unpin(block);
        }
    }

    private @Nullable Block at(long offset) {
        Map.Entry<Long, Block> before = blocks.floorEntry(offset);
        return before != null && offset < before.getValue().end() ? before.getValue() : null;
    }

    /** Starts a request for the block with a byte that no block has. */
    private Block request(long offset, long wanted, int unit) {
        long most = (long) cache.dataBlock() + EXCESS;
        boolean inOrder = offset >= lastEnd && offset <= lastEnd + unit;
        long block = run > 0 || inOrder ? cache.dataBlock() : Math.min(unit, cache.dataBlock());
        Map.Entry<Long, Block> before = blocks.lowerEntry(offset);
        long start = offset & -block;
        start = before == null ? start : Math.max(start, before.getValue().end());
        long end = (offset & -block) + block;
        if (wanted <= most && offset + wanted - start <= most) {
            end = Math.max(end, offset + wanted + BlockCache.INDEX_BLOCK - 1 & -BlockCache.INDEX_BLOCK);
        }
        Long next = blocks.higherKey(offset);
        end = next == null ? end : Math.min(end, next);
        end = size < 0 ? end : Math.min(end, size);
        Block requested = new Block(blocks, start, cache.allocate((int) (end - start)));
        cache.execute(() -> read(requested));
        blocks.put(start, requested);
        cache.touch(requested);
        return requested;
    }

    /** Reads what follows a block: as far as the caller will read, and further if blocks are used in their order. */
    private void readAhead(Block block, long wantedEnd, int unit) {
        if (!block.used) {
            block.used = true;
            long gap = block.start() - lastEnd;
            long near = Math.max(unit, cache.dataBlock());
            // Other threads may use earlier blocks meanwhile.
            run = gap >= 0 && gap <= unit ? run + 1 : Math.abs(gap) <= BlockCache.REQUESTS * near ? run : 0;
            if (run == 0) {
                blocks.values().forEach(other -> other.used = true);
            }
            lastEnd = block.end();
        }
        int count = run == 0 ? 0 : Math.min(1 << Math.min(run, BlockCache.REQUESTS), BlockCache.REQUESTS);
        long end = Math.max(
                block.end() + (long) count * cache.dataBlock(),
                Math.min(wantedEnd, block.end() + (long) BlockCache.REQUESTS * cache.dataBlock()));
        end = Math.min(end, size);
        for (long offset = block.end(); offset < end; ) {
            Block next = at(offset);
            if (next == null) {
                if (!cache.hasRoom(cache.dataBlock())) {
                    return;
                }
                next = request(offset, 1, unit);
            }
            offset = next.end();
        }
    }

    private void read(Block block) {
        try {
            fill(open(), block);
        } catch (Throwable e) {
            missing = e instanceof NoSuchFileException absent ? absent : missing;
            synchronized (cache) {
                cache.discard(block);
            }
            block.failed(e);
            return;
        }
        synchronized (cache) {
            block.arrived();
        }
    }

    private void fill(StorageFile from, Block block) throws IOException {
        ByteBuffer target = block.memory();
        while (target.hasRemaining()) {
            long offset = block.start() + target.position();
            int before = target.position();
            int count = from.read(offset, target);
            if (size < 0) {
                long found = from.size();
                if (found < 0) {
                    throw new IOException("'" + displayName + "' has a negative size, " + found);
                }
                size = found;
            }
            if (count < 0) {
                break;
            }
            if (target.position() == before) {
                throw new IOException("the storage read no bytes of '" + displayName + "' at offset " + offset);
            }
            long left = size - block.start();
            if (left < target.limit()) {
                target.limit((int) Math.max(target.position(), left));
            }
        }
    }

    @Override
    public void close() throws IOException {
        synchronized (cache) {
            for (Block block : blocks.values()) {
                block.used = true;
            }
            blocks.clear();
        }
        StorageFile opened;
        synchronized (this) {
            closed = true;
            opened = file;
        }
        if (opened != null) {
            opened.close();
        }
    }
}
