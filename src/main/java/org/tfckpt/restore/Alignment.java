package org.tfckpt.restore;

import java.util.ArrayList;
import java.util.List;

/** Where two names differ: what stands in one, and what in the other instead. */
final class Alignment {
    /**
     * A difference: parts {@code from} to {@code to} of one name, in whose place the other has others.
     *
     * @param from the first part that differs
     * @param to the part behind the last
     * @param instead what the other name has; perhaps nothing
     */
    record Edit(int from, int to, List<String> instead) {}

    /** Longer names are written by machines, and nobody would type a rule for them. */
    private static final int LONGEST = 32;

    private Alignment() {}

    /**
     * The differences in order, from the first name to the second.
     *
     * @param merged whether neighbouring ones are one
     */
    static List<Edit> edits(SplitName a, SplitName b, boolean merged) {
        List<Edit> edits = new ArrayList<>();
        if (a.size() > LONGEST || b.size() > LONGEST) {
            return edits;
        }
        int[][] common = common(a.meanings(), b.meanings());
        int i = 0;
        int j = 0;
        int gapA = 0;
        int gapB = 0;
        while (i < a.size() && j < b.size()) {
            if (a.meanings().get(i).equals(b.meanings().get(j))) {
                add(edits, a, b, a.start(gapA), a.start(i), b.start(gapB), b.start(j), merged);
                add(
                        edits,
                        a,
                        b,
                        a.start(i),
                        a.ends().get(i),
                        b.start(j),
                        b.ends().get(j),
                        merged);
                i++;
                j++;
                gapA = i;
                gapB = j;
            } else if (common[i + 1][j] >= common[i][j + 1]) {
                i++;
            } else {
                j++;
            }
        }
        add(edits, a, b, a.start(gapA), a.raw().size(), b.start(gapB), b.raw().size(), merged);
        return edits;
    }

    private static int[][] common(List<String> a, List<String> b) {
        int[][] common = new int[a.size() + 1][b.size() + 1];
        for (int i = a.size() - 1; i >= 0; i--) {
            for (int j = b.size() - 1; j >= 0; j--) {
                common[i][j] = a.get(i).equals(b.get(j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        return common;
    }

    private static void add(
            List<Edit> edits, SplitName a, SplitName b, int fromA, int toA, int fromB, int toB, boolean merged) {
        List<String> before = a.raw().subList(fromA, toA);
        List<String> instead = b.raw().subList(fromB, toB);
        if (before.equals(instead)) {
            return;
        }
        Edit last = edits.isEmpty() ? null : edits.get(edits.size() - 1);
        if (merged && last != null && last.to == fromA) {
            List<String> both = new ArrayList<>(last.instead);
            both.addAll(instead);
            edits.set(edits.size() - 1, new Edit(last.from, toA, List.copyOf(both)));
            return;
        }
        // What both have at the ends of a difference is none: 'kernel' and 'kernel/.ATTRIBUTES/VARIABLE_VALUE'.
        int skipped = 0;
        while (skipped < Math.min(before.size(), instead.size())
                && before.get(skipped).equals(instead.get(skipped))) {
            skipped++;
        }
        edits.add(new Edit(fromA + skipped, toA, List.copyOf(instead.subList(skipped, instead.size()))));
    }
}
