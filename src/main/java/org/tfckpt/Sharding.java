package org.tfckpt;

/** The distribution of values over data files: a fixed number of files, or files of a maximum size. Immutable. */
public final class Sharding {
    private final int count;
    private final long maxBytes;

    private Sharding(int count, long maxBytes) {
        this.count = count;
        this.maxBytes = maxBytes;
    }

    /**
     * Creates a fixed number of data files. Each tensor is written to the file with the fewest bytes so far, unless
     * {@link CheckpointWriter#shard} selects one.
     *
     * @param count the number of files, from 1 to 99999
     * @return the sharding
     * @throws IllegalArgumentException if the number is out of range
     */
    public static Sharding ofCount(int count) {
        if (count < 1 || count > 99_999) {
            throw new IllegalArgumentException("the number of data files must be between 1 and 99999, not " + count);
        }
        return new Sharding(count, 0);
    }

    /**
     * Creates data files of a maximum size: a tensor that would exceed it starts the next file. A tensor that is larger
     * than the maximum has a file of its own.
     *
     * @param maxBytes the maximum size in bytes, at least 1
     * @return the sharding
     * @throws IllegalArgumentException if the size is less than 1
     */
    public static Sharding ofMaxBytes(long maxBytes) {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("the size of data files must be at least 1 byte, not " + maxBytes);
        }
        return new Sharding(0, maxBytes);
    }

    /** {@return the number of data files; 0 if there is a maximum size} */
    public int count() {
        return count;
    }

    /** {@return the maximum size of a data file in bytes; 0 if there is a fixed number of data files} */
    public long maxBytes() {
        return maxBytes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Sharding that && count == that.count && maxBytes == that.maxBytes;
    }

    @Override
    public int hashCode() {
        return 31 * count + Long.hashCode(maxBytes);
    }

    @Override
    public String toString() {
        return maxBytes > 0 ? "data files of at most " + maxBytes + " bytes" : "data files: " + count;
    }
}
