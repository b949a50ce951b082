package org.tfckpt.format;

import java.io.IOException;
import java.util.List;

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
    public long length(int index) throws IOException {
        return parts.get(elements.part(index)).length(elements.index(index));
    }

    @Override
    public byte[] get(int index) throws IOException {
        return parts.get(elements.part(index)).get(elements.index(index));
    }

    @Override
    public void check() throws IOException {
        for (StringData part : parts) {
            part.check();
        }
    }
}
