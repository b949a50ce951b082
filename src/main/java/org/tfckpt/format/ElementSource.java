package org.tfckpt.format;

import java.io.IOException;
import org.tfckpt.io.ByteSource;

/** Supplies the bytes of a tensor of fixed width to a writer, once. */
@FunctionalInterface
public interface ElementSource {
    /**
     * Passes all bytes to a consumer, in order.
     *
     * @param consumer receives buffers of whole elements, in the byte order of the buffer
     * @throws IOException if the bytes cannot be read, or the consumer throws it
     */
    void forEach(ByteSource.Consumer consumer) throws IOException;
}
