package org.tfckpt.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileSystem;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A file system that records every read of a file at a position. What is mapped is read unnoticed. */
public final class ObservedFileSystem extends WrappedFileSystem {
    private final List<ObservedChannel.Read> reads = Collections.synchronizedList(new ArrayList<>());

    public ObservedFileSystem(FileSystem real) {
        super(real);
    }

    /** Returns the reads so far. */
    public List<ObservedChannel.Read> reads() {
        return reads;
    }

    @Override
    protected SeekableByteChannel channel(SeekableByteChannel real, String file, boolean writes) {
        return new FailingChannel((FileChannel) real, change -> {}) {
            @Override
            public int read(ByteBuffer target, long position) throws IOException {
                int count = super.read(target, position);
                reads.add(new ObservedChannel.Read(file, position, Math.max(count, 0)));
                return count;
            }
        };
    }
}
