package org.tfckpt.io;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * The memory for blocks of remote files, and the threads that read them. All files that share a cache are guarded by its
 * monitor; requests are made without it.
 *
 * <p>The memory of blocks is bounded. It is exceeded only if readers on many threads use blocks at the same time: a
 * reader never waits for memory, because it may hold another block.
 */
final class BlockCache {
    /** The number of requests that are under way at the same time. */
    static final int REQUESTS = 8;
    /**
     * The size of a request for the index of a checkpoint, unless it is read in order: more than a block of the table,
     * so that one request gets the first one.
     */
    static final int INDEX_BLOCK = 1 << 19;
    /** The size of a request for values, if the cache is large enough for all requests. */
    private static final int DATA_BLOCK = 1 << 23;

    /** 64 MiB, unless the heap is small. */
    static final long DEFAULT_CAPACITY =
            Math.min(64L << 20, Runtime.getRuntime().maxMemory() / 4);

    private static final long KEEP_ALIVE_SECONDS = 5;

    private final long capacity;
    private final int dataBlock;
    private final Set<Block> blocks = new LinkedHashSet<>();
    private final Deque<ByteBuffer> free = new ArrayDeque<>();
    private final ThreadPoolExecutor threads;
    private long used;

    /**
     * Creates an empty cache for a number of bytes, at least 4 MiB, of blocks that are being read or kept; two more
     * blocks may be in use.
     */
    BlockCache(long bytes) {
        long each = Long.highestOneBit(Math.max(1, bytes / REQUESTS));
        this.dataBlock = (int) Math.max(INDEX_BLOCK, Math.min(DATA_BLOCK, each));
        this.capacity = Math.max(bytes, (long) dataBlock * REQUESTS) + 2L * dataBlock;
        this.threads = new ThreadPoolExecutor(
                REQUESTS, REQUESTS, KEEP_ALIVE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), work -> {
                    Thread thread = new Thread(work, "tfckpt-storage");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
    }

    /** Returns the size of a request for values, a power of two. */
    int dataBlock() {
        return dataBlock;
    }

    void execute(Runnable request) {
        threads.execute(request);
    }

    /** Returns whether there is memory to read a block ahead. */
    boolean hasRoom(int length) {
        return evict(length, Block::isSpent);
    }

    /** Returns memory for a block, with the given number of bytes remaining. */
    ByteBuffer allocate(int length) {
        if (!hasRoom(length) && !evict(length, block -> block.used)) {
            evict(length, block -> true);
        }
        used += length;
        ByteBuffer reused = length == dataBlock ? free.poll() : null;
        while (used + (long) free.size() * dataBlock > capacity && !free.isEmpty()) {
            free.remove();
        }
        return reused == null ? ByteBuffer.allocate(length) : reused.clear();
    }

    /** Marks a block as the one that was used last. */
    void touch(Block block) {
        blocks.remove(block);
        blocks.add(block);
        block.touch();
    }

    /** Drops unused blocks until a new one fits, the least recently used first. */
    private boolean evict(int length, Predicate<Block> mayGo) {
        Iterator<Block> each = blocks.iterator();
        while (used + length > capacity && each.hasNext()) {
            Block block = each.next();
            if (block.hasArrived() && block.pins == 0 && mayGo.test(block)) {
                each.remove();
                block.remove();
                release(block);
            }
        }
        return used + length <= capacity;
    }

    /** Forgets a block that could not be read. */
    void discard(Block block) {
        block.remove();
        if (blocks.remove(block)) {
            release(block);
        }
    }

    private void release(Block block) {
        ByteBuffer memory = block.memory();
        used -= memory.capacity();
        if (memory.capacity() == dataBlock && used + (free.size() + 1L) * dataBlock <= capacity) {
            free.add(memory);
        }
    }
}
