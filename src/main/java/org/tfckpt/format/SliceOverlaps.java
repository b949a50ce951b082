package org.tfckpt.format;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.TensorSlice;
import org.tfckpt.tensor.UnsupportedFormatException;

/**
 * Finds two boxes that overlap. A sweep along the axis with the most distinct starts compares each box only with the
 * boxes that have not ended yet: n slices along one axis cost a sort; a grid costs n times the length of its side.
 */
final class SliceOverlaps {
    /** This many take a few seconds; only hostile arrangements of boxes need more. */
    private static final long MAX_COMPARISONS = 1L << 26;

    private SliceOverlaps() {}

    /** The indices of two overlapping boxes, the smaller first. */
    record Pair(int first, int second) {}

    static @Nullable Pair find(List<TensorSlice> boxes, ErrorContext place) throws CheckpointException {
        int[] solid = IntStream.range(0, boxes.size())
                .filter(i -> volume(boxes.get(i)) > 0)
                .toArray();
        if (solid.length < 2) {
            return null;
        }
        if (boxes.get(solid[0]).rank() == 0) {
            return new Pair(solid[0], solid[1]);
        }
        int axis = busiestAxis(boxes, solid);
        int[] order = Arrays.stream(solid)
                .boxed()
                .sorted(Comparator.comparingLong(i -> boxes.get(i).start(axis)))
                .mapToInt(Integer::intValue)
                .toArray();
        return sweep(boxes, order, axis, place);
    }

    private static @Nullable Pair sweep(List<TensorSlice> boxes, int[] order, int axis, ErrorContext place)
            throws CheckpointException {
        int[] active = new int[order.length];
        int count = 0;
        long comparisons = 0;
        for (int current : order) {
            TensorSlice box = boxes.get(current);
            int kept = 0;
            for (int i = 0; i < count; i++) {
                TensorSlice other = boxes.get(active[i]);
                if (other.start(axis) + other.length(axis) <= box.start(axis)) {
                    continue;
                }
                if (commonVolume(box, other) > 0) {
                    return new Pair(Math.min(current, active[i]), Math.max(current, active[i]));
                }
                active[kept++] = active[i];
            }
            comparisons += count;
            if (comparisons > MAX_COMPARISONS) {
                throw new UnsupportedFormatException(
                        "checking " + order.length + " slices for overlaps would take too long", place);
            }
            active[kept] = current;
            count = kept + 1;
        }
        return null;
    }

    private static int busiestAxis(List<TensorSlice> boxes, int[] solid) {
        int busiest = 0;
        long most = 0;
        for (int axis = 0; axis < boxes.get(solid[0]).rank() && most < solid.length; axis++) {
            int current = axis;
            long starts = Arrays.stream(solid)
                    .mapToLong(i -> boxes.get(i).start(current))
                    .sorted()
                    .distinct()
                    .count();
            if (starts > most) {
                most = starts;
                busiest = axis;
            }
        }
        return busiest;
    }

    /** Returns the number of elements that two boxes have in common. */
    static long commonVolume(TensorSlice a, TensorSlice b) {
        long volume = 1;
        for (int axis = 0; axis < a.rank() && volume > 0; axis++) {
            long start = Math.max(a.start(axis), b.start(axis));
            long end = Math.min(a.start(axis) + a.length(axis), b.start(axis) + b.length(axis));
            volume *= Math.max(0, end - start);
        }
        return volume;
    }

    static long volume(TensorSlice box) {
        return commonVolume(box, box);
    }
}
