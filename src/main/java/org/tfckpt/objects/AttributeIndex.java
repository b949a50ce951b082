package org.tfckpt.objects;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.tfckpt.tensor.TensorNames;

/**
 * The attributes of an object graph by one of their names, as places in the order of the names' bytes. No name is taken
 * out of the graph for it, and no choice of names makes it slow.
 */
final class AttributeIndex {
    private final ObjectGraphBytes graph;
    private final List<Integer> places;

    /** By the names in a field; attributes whose name is empty are left out. */
    AttributeIndex(ObjectGraphBytes graph, int field) {
        this.graph = graph;
        Integer[] found = new Integer[graph.attributeCount()];
        int count = 0;
        for (int i = 0; i < found.length; i++) {
            int place = placeOf(graph, i, field);
            if (place >= 0) {
                found[count++] = place;
            }
        }
        // Stable: of those with one name, the last in the graph stays the last.
        Arrays.sort(found, 0, count, graph::compare);
        places = Arrays.asList(found).subList(0, count);
    }

    private static int placeOf(ObjectGraphBytes graph, int attribute, int field) {
        int[] found = {-1};
        graph.walkAttribute(attribute, (in, tag) -> {
            if (tag != field) {
                return false;
            }
            int place = in.getTotalBytesRead();
            int length = in.readRawVarint32();
            in.skipRawBytes(length);
            found[0] = length == 0 ? -1 : place;
            return true;
        });
        return found[0];
    }

    /** The last attribute of a name. */
    Optional<ObjectNode.Attribute> last(String name) {
        byte[] wanted = TensorNames.encode(name);
        int before = countUpTo(wanted, wanted.length);
        return before > 0 && graph.compare(places.get(before - 1), wanted, 0, wanted.length) == 0
                ? Optional.of(graph.attributeAround(places.get(before - 1)))
                : Optional.empty();
    }

    /** The attribute whose name is the longest beginning of a text. */
    Optional<ObjectNode.Attribute> longestBeginning(String text) {
        byte[] wanted = TensorNames.encode(text);
        int length = wanted.length;
        for (int before = countUpTo(wanted, length); before > 0; before = countUpTo(wanted, length)) {
            byte[] nearest = graph.textAt(places.get(before - 1));
            int common = Arrays.mismatch(nearest, 0, nearest.length, wanted, 0, length);
            if (common < 0 || common == nearest.length) {
                return Optional.of(graph.attributeAround(places.get(before - 1)));
            }
            // A name that begins the text and comes before this one begins what the two have in common, too.
            length = common;
        }
        return Optional.empty();
    }

    /** How many names are not beyond the first bytes of a text. */
    private int countUpTo(byte[] text, int length) {
        int low = 0;
        int high = places.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (graph.compare(places.get(middle), text, 0, length) <= 0) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }
}
