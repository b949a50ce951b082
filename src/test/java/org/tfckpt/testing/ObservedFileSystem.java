package org.tfckpt.testing;

import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileSystem;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A file system that records every read of a file. */
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
        return new ObservedChannel(real, file, reads);
    }
}
