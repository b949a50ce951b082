package org.tfckpt.format;

import java.util.List;
import java.util.Objects;

/** Maps each element of a region to a part and an index in it, for elements of variable width. */
final class ElementMap {
    private final int count;
    private final int first;
    private final int[] part;
    private final int[] index;

    private ElementMap(int count, int first, int[] part, int[] index) {
        this.count = count;
        this.first = first;
        this.part = part;
        this.index = index;
    }

    /** Creates a map from runs of elements that contain each element of the region exactly once. */
    static ElementMap of(int count, List<Runs> parts) {
        if (parts.size() == 1 && parts.get(0).length() == count) {
            return new ElementMap(count, (int) parts.get(0).from(0).part(), new int[0], new int[0]);
        }
        int[] part = new int[count];
        int[] index = new int[count];
        for (int i = 0; i < parts.size(); i++) {
            Runs runs = parts.get(i);
            for (Runs.Cursor at = runs.from(0); at.valid(); at.next()) {
                for (int j = 0; j < runs.length(); j++) {
                    part[(int) at.region() + j] = i;
                    index[(int) at.region() + j] = (int) at.part() + j;
                }
            }
        }
        return new ElementMap(count, 0, part, index);
    }

    int count() {
        return count;
    }

    private boolean isContiguous() {
        return part.length == 0;
    }

    /** Returns the part that contains an element. */
    int part(int element) {
        return isContiguous() ? 0 : part[element];
    }

    /** Returns the index of an element in its part. */
    int index(int element) {
        Objects.checkIndex(element, count);
        return isContiguous() ? first + element : index[element];
    }

    /** Returns how many of the elements from {@code first} on are consecutive in the same part, at most {@code max}. */
    int run(int first, int max) {
        if (isContiguous()) {
            return max;
        }
        int run = 0;
        while (run < max && part[first + run] == part[first] && index[first + run] == index[first] + run) {
            run++;
        }
        return run;
    }
}
