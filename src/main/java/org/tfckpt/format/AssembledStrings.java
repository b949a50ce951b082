package org.tfckpt.format;

import java.io.IOException;
import java.util.List;
import org.tfckpt.tensor.StringVector;

/** A region of a string tensor that is assembled from parts of stored slices. */
final class AssembledStrings implements StringData {
    private final List<StringData> parts;
    private final ElementMap elements;

    AssembledStrings(List<StringData> parts, ElementMap elements) {
        this.parts = List.copyOf(parts);
        this.elements = elements;
    }

    @Override
    public int count() {
        return elements.count();
    }

    @Override
    public long maxLength(int index) {
        return parts.get(elements.part(index)).maxLength(elements.index(index));
    }

    @Override
    public StringVector read(int first, int count) throws IOException {
        int run = elements.run(first, count);
        if (run == count) {
            return count == 0 ? new StringVectorBuilder(0).build() : run(first, run);
        }
        StringVectorBuilder copy = new StringVectorBuilder(0);
        for (int i = first; i < first + count; i += run) {
            run = elements.run(i, first + count - i);
            copy.addAll(run(i, run));
        }
        return copy.build();
    }

    private StringVector run(int first, int count) throws IOException {
        return parts.get(elements.part(first)).read(elements.index(first), count);
    }

    @Override
    public void check() throws IOException {
        for (StringData part : parts) {
            part.check();
        }
    }
}
