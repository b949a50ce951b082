package org.tfckpt.format;

import java.nio.ByteBuffer;
import java.util.List;

/** A region of a variant tensor that is assembled from parts of stored slices. */
final class AssembledVariants implements VariantData {
    private final List<VariantData> parts;
    private final ElementMap elements;

    AssembledVariants(List<VariantData> parts, ElementMap elements) {
        this.parts = List.copyOf(parts);
        this.elements = elements;
    }

    @Override
    public int count() {
        return elements.count();
    }

    @Override
    public VariantMessage get(int index) {
        return parts.get(elements.part(index)).get(elements.index(index));
    }

    @Override
    public ByteBuffer stored() {
        throw new UnsupportedOperationException("a region that is assembled from slices is not stored in one piece");
    }
}
