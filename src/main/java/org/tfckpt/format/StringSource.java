package org.tfckpt.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.tfckpt.tensor.StringVector;

/** Supplies the elements of a string tensor to a writer, more than once. */
@FunctionalInterface
public interface StringSource {
    /** The size of a part in bytes, unless it has only one element. */
    int PART = 1 << 20;

    /** Receives the elements in parts. */
    @FunctionalInterface
    interface Consumer {
        /** Called for each part, consecutive elements, in order. */
        void accept(StringVector part) throws IOException;
    }

    /** Passes all elements to a consumer, in row-major order. */
    void forEach(Consumer consumer) throws IOException;

    /** Returns the number of bytes of all elements. */
    default long byteSize() throws IOException {
        long[] size = {0};
        forEach(part -> size[0] += part.byteSize());
        return size[0];
    }

    /** Returns a source of the elements of a list, each of which it accesses once per call. */
    static StringSource of(List<byte[]> strings) {
        return consumer -> {
            StringVectorBuilder part = new StringVectorBuilder(0);
            for (byte[] string : strings) {
                if (part.byteSize() > PART - string.length) {
                    consumer.accept(part.build());
                    part = new StringVectorBuilder(string.length);
                }
                part.add(ByteBuffer.wrap(string), 0, string.length);
            }
            consumer.accept(part.build());
        };
    }
}
