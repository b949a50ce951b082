package org.tfckpt.io;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A new file that is written from its start to its end, and forced to disk meanwhile. Small writes are buffered. Not
 * thread-safe.
 */
public class SequentialFile implements Closeable {
    private static final int BUFFER = 1 << 14;

    private final WritableByteChannel channel;
    private final @Nullable IncrementalSync disk;
    private final ByteBuffer pending = ByteBuffer.allocate(BUFFER);
    private final LongConsumer progress;
    private long position;

    /** Creates an empty file, which must not exist. Passes the number of bytes of each write to {@code progress}. */
    public SequentialFile(Path path, LongConsumer progress) throws IOException {
        this.progress = progress;
        SeekableByteChannel file = DurableFiles.create(path);
        this.channel = file;
        this.disk = new IncrementalSync(file);
    }

    /**
     * Writes to a channel of a place that is not a local file; {@link #finish} closes it. Passes the number of bytes of
     * each write to {@code progress}.
     */
    public SequentialFile(WritableByteChannel channel, LongConsumer progress) {
        this.progress = progress;
        this.channel = channel;
        this.disk = null;
    }

    /** Returns the channel of a local file. */
    final SeekableByteChannel channel() {
        return (SeekableByteChannel) channel;
    }

    /** Returns the number of bytes written, the offset of the next one. */
    public final long position() {
        return position;
    }

    /** Appends all remaining bytes of a buffer. */
    public final void write(ByteBuffer bytes) throws IOException {
        int count = bytes.remaining();
        if (count > pending.remaining()) {
            flush();
        }
        if (count > pending.remaining()) {
            Channels.write(channel, bytes);
        } else {
            pending.put(bytes);
        }
        position += count;
        if (disk != null) {
            disk.written(count);
        }
        progress.accept(count);
    }

    private void flush() throws IOException {
        Channels.write(channel, pending.flip());
        pending.clear();
    }

    /** Appends zeros up to the next multiple of a number. */
    public final void align(int multiple) throws IOException {
        for (long missing = Math.floorMod(-position, (long) multiple); missing > 0; ) {
            int count = (int) Math.min(missing, BUFFER);
            write(ByteBuffer.allocate(count));
            missing -= count;
        }
    }

    /** Replaces bytes of a local file that were written before, from an offset on. */
    public final void patch(long offset, ByteBuffer bytes) throws IOException {
        flush();
        Channels.write(channel().position(offset), bytes);
        channel().position(position);
    }

    /** Forces all bytes to disk and closes the file. Later calls do nothing. */
    public final void finish() throws IOException {
        if (channel.isOpen()) {
            flush();
            if (disk != null) {
                disk.finish();
            }
            channel.close();
        }
    }

    @Override
    public void close() throws IOException {
        if (disk != null) {
            disk.close();
        }
        channel.close();
    }
}
