package org.tfckpt.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.tfckpt.storage.Storage;
import org.tfckpt.storage.StorageFile;

/**
 * A directory as a server would give it: nothing can be listed, a missing file and the size of a file are noticed by
 * requests only. Counts the requests.
 */
public class CountingStorage implements Storage {
    private final Path directory;
    private final List<String> requests = Collections.synchronizedList(new ArrayList<>());
    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger mostInFlight = new AtomicInteger();
    private final AtomicInteger open = new AtomicInteger();

    public CountingStorage(Path directory) {
        this.directory = directory;
    }

    /** Called within each request. */
    protected void during(String name, long position, int length) throws IOException {}

    /** Returns the requests so far, as {@code name 0+262144}. */
    public List<String> requests() {
        return List.copyOf(requests);
    }

    /** Returns the largest number of requests that were under way at the same time. */
    public int mostInFlight() {
        return mostInFlight.get();
    }

    /** Returns the number of files that were opened and not closed. */
    public int openFiles() {
        return open.get();
    }

    @Override
    public String location() {
        return "count://server/";
    }

    @Override
    public StorageFile open(String name) {
        open.incrementAndGet();
        return new CountedFile(name);
    }

    private final class CountedFile implements StorageFile {
        private final String name;
        private volatile long size = -1;

        CountedFile(String name) {
            this.name = name;
        }

        @Override
        public long size() {
            if (size < 0) {
                throw new AssertionError("the size of " + name + " is asked for before the first read");
            }
            return size;
        }

        @Override
        public int read(long position, ByteBuffer target) throws IOException {
            requests.add(name + " " + position + "+" + target.remaining());
            mostInFlight.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
            if (Files.isDirectory(directory.resolve(name))) {
                inFlight.decrementAndGet();
                throw new NoSuchFileException(name);
            }
            try (FileChannel file = FileChannel.open(directory.resolve(name))) {
                during(name, position, target.remaining());
                size = file.size();
                return file.read(target, position);
            } finally {
                inFlight.decrementAndGet();
            }
        }

        @Override
        public void close() {
            open.decrementAndGet();
        }
    }
}
