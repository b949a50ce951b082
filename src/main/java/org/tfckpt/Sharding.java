package org.tfckpt;

/** Into how many data files the values of a checkpoint go: a fixed number, or as many as keeps each below a size. */
public final class Sharding {
    private final int count;
    private final long maxBytes;

    private Sharding(int count, long maxBytes) {
        this.count = count;
        this.maxBytes = maxBytes;
    }

    /**
     * A fixed number of data files. A tensor goes to the one that holds the fewest bytes by then, unless
     * {@link CheckpointWriter#shard} says which.
     *
     * @param count from 1 to 99999
     * @return the sharding
     * @throws IllegalArgumentException for another number
     */
    public static Sharding ofCount(int count) {
        if (count < 1 || count > 99_999) {
            throw new IllegalArgumentException("no checkpoint of " + count + " data files");
        }
        return new Sharding(count, 0);
    }

    /**
     * Data files of a size: a tensor that would pass it begins the next one. A tensor that is larger itself has a data
     * file of its own.
     *
     * @param maxBytes at least 1
     * @return the sharding
     * @throws IllegalArgumentException for a number below 1
     */
    public static Sharding ofMaxBytes(long maxBytes) {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("no data files of " + maxBytes + " bytes");
        }
        return new Sharding(0, maxBytes);
    }

    /** 0 if the size decides. */
    int count() {
        return count;
    }

    /** 0 if the number is fixed. */
    long maxBytes() {
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
        return maxBytes > 0 ? "data files of up to " + maxBytes + " bytes" : "data files: " + count;
    }
}
