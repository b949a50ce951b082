package org.tfckpt.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.tfckpt.storage.StorageFile;

/** A file of any file system. Its channels may have one position each, so each reader has a channel of its own. */
final class NioFile implements StorageFile {
    private final Path path;
    private final Deque<ByteSource> idle = new ArrayDeque<>();
    private boolean closed;

    NioFile(Path path) {
        this.path = path;
    }

    /** Creates the file from its first channel. */
    NioFile(Path path, SeekableByteChannel channel) {
        this(path);
        idle.add(new ChannelSource(path.toString(), channel));
    }

    private ByteSource take() throws IOException {
        synchronized (this) {
            ByteSource known = idle.poll();
            if (known != null) {
                return known;
            }
        }
        return new ChannelSource(path.toString(), Files.newByteChannel(path, StandardOpenOption.READ));
    }

    /** Reads with a channel that no other thread uses meanwhile. */
    private <T> T with(Reading<T> reading) throws IOException {
        try {
            ByteSource source = take();
            try {
                return reading.of(source);
            } finally {
                giveBack(source);
            }
        } catch (NoSuchFileException e) {
            throw e;
        } catch (IOException e) {
            // What file systems throw for directories differs.
            if (Files.isDirectory(path)) {
                throw (IOException) new NoSuchFileException(path.toString()).initCause(e);
            }
            throw e;
        }
    }

    private interface Reading<T> {
        T of(ByteSource source) throws IOException;
    }

    private void giveBack(ByteSource source) throws IOException {
        synchronized (this) {
            if (!closed) {
                idle.add(source);
                return;
            }
        }
        source.close();
    }

    @Override
    public long size() throws IOException {
        return with(ByteSource::size);
    }

    @Override
    public int read(long position, ByteBuffer target) throws IOException {
        return with(source -> source.read(position, target));
    }

    @Override
    public void close() throws IOException {
        List<ByteSource> open;
        synchronized (this) {
            closed = true;
            open = List.copyOf(idle);
            idle.clear();
        }
        Closeables.closeAll(open);
    }
}
