package org.tfckpt.format.npz;

import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.tfckpt.format.ElementSource;
import org.tfckpt.io.ByteSource;
import org.tfckpt.io.ByteSources;
import org.tfckpt.io.Channels;
import org.tfckpt.io.Closeables;

/** The temporary files with the inflated members of an archive; closing deletes them. Thread-safe. */
final class TemporarySources implements Closeable {
    private final List<ByteSource> open = new ArrayList<>();
    private boolean closed;

    /** Writes bytes to a new file. */
    ByteSource create(String name, ElementSource bytes) throws IOException {
        ByteSource source = ByteSources.temporary(
                name, channel -> bytes.forEach(part -> Channels.write(channel, part.duplicate())));
        add(source);
        return source;
    }

    private synchronized void add(ByteSource source) throws IOException {
        if (closed) {
            source.close();
            throw new IllegalStateException("the file was closed during a read");
        }
        open.add(source);
    }

    @Override
    public synchronized void close() throws IOException {
        closed = true;
        Closeables.closeAll(open);
    }
}
