package org.tfckpt.testing;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;

/**
 * Wraps paths so that a change of the files behind them fails: the n-th one alone, as on a full disk, or that and every
 * one after it, as for a process that was killed.
 */
public final class FailingFileSystem extends WrappedFileSystem {
    /** What the disk says. */
    public static final String FULL = "No space left on device";

    private final int failing;
    private final boolean forGood;
    private final boolean links;
    private int changes;

    public FailingFileSystem(FileSystem real, int failing, boolean forGood, boolean links) {
        super(real);
        this.failing = failing;
        this.forGood = forGood;
        this.links = links;
    }

    /** The changes until now, or tried until now. */
    public int changes() {
        return changes;
    }

    @Override
    protected void before(String change, String file) throws IOException {
        if (change.equals("link") && !links) {
            throw new UnsupportedOperationException();
        }
        if (changes++ == failing || (forGood && changes > failing)) {
            throw new FileSystemException(file, null, FULL);
        }
    }

    @Override
    protected SeekableByteChannel channel(SeekableByteChannel real, String file, boolean writes) {
        return writes ? new Channel(real, file) : real;
    }

    private final class Channel implements SeekableByteChannel {
        private final SeekableByteChannel real;
        private final String file;

        Channel(SeekableByteChannel real, String file) {
            this.real = real;
            this.file = file;
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            before("write", file);
            return real.write(source);
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            return real.read(target);
        }

        @Override
        public long position() throws IOException {
            return real.position();
        }

        @Override
        public SeekableByteChannel position(long position) throws IOException {
            real.position(position);
            return this;
        }

        @Override
        public long size() throws IOException {
            return real.size();
        }

        @Override
        public SeekableByteChannel truncate(long size) throws IOException {
            real.truncate(size);
            return this;
        }

        @Override
        public boolean isOpen() {
            return real.isOpen();
        }

        @Override
        public void close() throws IOException {
            real.close();
        }
    }
}
