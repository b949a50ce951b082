package org.tfckpt.testing;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;

/**
 * A file system whose n-th change fails: only that one, as on a full disk, or also every later one, as if the process
 * had been killed.
 */
public class FailingFileSystem extends WrappedFileSystem {
    /** The message of the exceptions thrown. */
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

    /** Returns a file system on which every fsync fails, also on other threads. */
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

    /** Returns the number of changes so far, failed ones included. */
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
