package org.tfckpt.io;

/** How the bytes of a file are accessed. */
public enum FileAccess {
    /** Through the channel of the file. */
    CHANNEL,
    /** Memory-mapped, if the file system supports it. Buffers stay valid after close; the garbage collector unmaps. */
    MAPPED,
    /**
     * As {@link #MAPPED}, but closing the source unmaps the file; buffers then throw {@link IllegalStateException}.
     * Before JDK 22, which cannot unmap, this is {@link #CHANNEL}.
     */
    MAPPED_UNTIL_CLOSE
}
