package org.tfckpt.objects;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.tfckpt.tensor.TensorNames;

/**
 * Finds attributes by one of their names: a list of the names' offsets, sorted by the bytes of the names. No names are
 * copied, and hostile names do not slow down lookups.
 */
final class AttributeIndex {
    private final ObjectGraphBytes graph;
    private final List<Integer> offsets = new ArrayList<>();

    /** Indexes the names in a field of the attributes, except empty ones. */
    AttributeIndex(ObjectGraphBytes graph, int nameField) {
        this.graph = graph;
        for (int i = 0; i < graph.attributeCount(); i++) {
            int offset = graph.nameOffset(i, nameField);
            if (offset >= 0) {
                offsets.add(offset);
            }
        }
        // A stable sort: equal names stay in the order of the graph.
        offsets.sort(graph::compare);
    }

    /** Returns the last attribute that has a name. */
    Optional<ObjectNode.Attribute> last(String name) {
        byte[] wanted = TensorNames.encode(name);
        int count = countUpTo(wanted, wanted.length);
        return count > 0 && graph.compare(offsets.get(count - 1), wanted, wanted.length) == 0
                ? Optional.of(graph.attributeAround(offsets.get(count - 1)))
                : Optional.empty();
    }

    /** Returns the attribute whose name is the longest prefix of a text. */
    Optional<ObjectNode.Attribute> longestPrefixOf(String text) {
        byte[] wanted = TensorNames.encode(text);
        int length = wanted.length;
        for (int count = countUpTo(wanted, length); count > 0; count = countUpTo(wanted, length)) {
            int common = graph.mismatch(offsets.get(count - 1), wanted, length);
            if (common < 0) {
                return Optional.of(graph.attributeAround(offsets.get(count - 1)));
            }
            // A prefix of the text that sorts before this name is also a prefix of what the two have in common.
            length = common;
        }
        return Optional.empty();
    }

    /** Counts the names that sort before {@code text[0, length)} or are equal to it. */
    private int countUpTo(byte[] text, int length) {
        int low = 0;
        int high = offsets.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (graph.compare(offsets.get(middle), text, length) <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
