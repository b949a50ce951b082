package org.tfckpt.testing;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;

/**
 * Wraps paths so that a change of the files behind them fails: the n-th one alone, as on a full disk, or that and every
 * one after it, as for a process that was killed.
 */
public class FailingFileSystem extends WrappedFileSystem {
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

    /** A disk that takes no byte for good: whatever is forced fails, be it beside the writer. */
    public static FailingFileSystem ofForces(FileSystem real) {
        return new FailingFileSystem(real, Integer.MAX_VALUE, false, true) {
            @Override
            protected void before(String change, String file) throws IOException {
                if (change.equals("force")) {
                    throw new FileSystemException(file, null, FULL);
                }
            }
        };
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
        return writes ? new FailingChannel((FileChannel) real, change -> before(change, file)) : real;
    }

    @Override
    protected FileChannel directory(String name) {
        return FailingChannel.ofDirectory(change -> before(change, name));
    }
}
