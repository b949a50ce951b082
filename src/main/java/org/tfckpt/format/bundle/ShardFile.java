package org.tfckpt.format.bundle;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import org.tfckpt.io.Channels;
import org.tfckpt.io.DurableFiles;
import org.tfckpt.io.IncrementalSync;

/** A data file that is being written sequentially. Small writes are buffered. */
final class ShardFile implements Closeable {
    private static final int BUFFER = 1 << 14;

    private final int number;
    private final SeekableByteChannel channel;
    private final IncrementalSync disk;
    private final ByteBuffer pending = ByteBuffer.allocate(BUFFER);
    private final LongConsumer progress;
    private long position;

    ShardFile(int number, Path path) throws IOException {
        this(number, path, bytes -> {});
    }

    /** {@code progress} receives the number of bytes after each write. */
    ShardFile(int number, Path path, LongConsumer progress) throws IOException {
        this.number = number;
        this.progress = progress;
        this.channel = DurableFiles.create(path);
        this.disk = new IncrementalSync(channel);
    }

    int number() {
        return number;
    }

    /** Returns the offset of the next byte. */
    long position() {
        return position;
    }

    void write(ByteBuffer bytes) throws IOException {
        int count = bytes.remaining();
        position += count;
        if (bytes.remaining() > pending.remaining()) {
            flush();
        }
        if (bytes.remaining() > pending.remaining()) {
            Channels.write(channel, bytes);
        } else {
            pending.put(bytes);
        }
        disk.written(count);
        progress.accept(count);
    }

    private void flush() throws IOException {
        Channels.write(channel, pending.flip());
        pending.clear();
    }

    /** Writes zeros up to the next multiple of {@code multiple}. */
    void align(int multiple) throws IOException {
        for (long missing = Math.floorMod(-position, (long) multiple); missing > 0; ) {
            int count = (int) Math.min(missing, BUFFER);
            write(ByteBuffer.allocate(count));
            missing -= count;
        }
    }

    /** Forces everything to disk and closes the file. */
    void finish() throws IOException {
        if (channel.isOpen()) {
            flush();
            disk.finish();
            channel.close();
        }
    }

    @Override
    public void close() throws IOException {
        disk.close();
        channel.close();
    }
}
