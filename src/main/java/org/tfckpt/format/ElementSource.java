package org.tfckpt.format;

import java.io.IOException;
import org.tfckpt.io.ByteSource;

/** Gives the bytes of a tensor of fixed width, once, to whoever writes them. */
@FunctionalInterface
public interface ElementSource {
    /**
     * Gives all bytes in order.
     *
     * @param consumer takes parts of whole elements, each in its buffer's byte order
     * @throws IOException if they cannot be had, or the consumer threw it
     */
    void forEach(ByteSource.Consumer consumer) throws IOException;
}
