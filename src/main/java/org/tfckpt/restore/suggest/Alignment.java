package org.tfckpt.restore.suggest;

import java.util.ArrayList;
import java.util.List;

/** Aligns the parts of two names: their longest common subsequence, with similar parts weighted by similarity. */
final class Alignment {
    /**
     * A difference between the names.
     *
     * @param from the first part of the first name that is replaced
     * @param to the part after the last one; equal to {@code from} if parts are only inserted
     * @param replacement the parts of the second name
     */
    record Edit(int from, int to, List<String> replacement) {}

    /** Names with more parts are not compared, because the time is quadratic; real names have up to 20. */
    private static final int MAX_PARTS = 24;

    /** The additional weight of the last part, which tells a kernel from a bias. */
    private static final double LAST_PART = 0.15;

    private final NameParts a;
    private final NameParts b;

    /** {@code scores[i][j]}: the score of the parts of a from i on and those of b from j on. */
    private final double[][] scores;

    Alignment(NameParts a, NameParts b) {
        this.a = a;
        this.b = b;
        scores = new double[a.size() + 1][b.size() + 1];
        if (Math.max(a.size(), b.size()) <= MAX_PARTS) {
            for (int i = a.size() - 1; i >= 0; i--) {
                for (int j = b.size() - 1; j >= 0; j--) {
                    double pair = scoreOfPair(i, j);
                    scores[i][j] = Math.max(pair, Math.max(scores[i + 1][j], scores[i][j + 1]));
                }
            }
        }
    }

    private double scoreOfPair(int i, int j) {
        double similarity = similarity(a.words().get(i), b.words().get(j));
        return similarity == 0 ? 0 : similarity + scores[i + 1][j + 1];
    }

    /** Returns the similarity of the names, from 0 to 1. */
    double similarity() {
        int longer = Math.max(1, Math.max(a.meaningfulWords(), b.meaningfulWords()));
        return (scores[0][0] / longer + LAST_PART * similarity(a.lastWord(), b.lastWord())) / (1 + LAST_PART);
    }

    /** Returns the share of the longer word that is equal at the ends of both words; 0 if it is less than half. */
    private static double similarity(String a, String b) {
        int longer = Math.max(a.length(), b.length());
        int shorter = Math.min(a.length(), b.length());
        if (2 * shorter < longer || shorter == 0) {
            return 0;
        }
        if (a.equals(b)) {
            return 1;
        }
        int start = 0;
        while (start < shorter && a.charAt(start) == b.charAt(start)) {
            start++;
        }
        int end = 0;
        while (end < shorter - start && a.charAt(a.length() - 1 - end) == b.charAt(b.length() - 1 - end)) {
            end++;
        }
        return 2 * (start + end) < longer ? 0 : (double) (start + end) / longer;
    }

    /**
     * Returns the differences from the first name to the second, in order.
     *
     * @param joined whether adjacent differences are joined into one
     */
    List<Edit> edits(boolean joined) {
        List<Edit> edits = new ArrayList<>();
        int i = 0;
        int j = 0;
        for (int[] pair : pairs()) {
            if (!joined || a.raw().get(pair[0]).equals(b.raw().get(pair[1]))) {
                addEdit(edits, i, pair[0], b.raw().subList(j, pair[1]));
                i = pair[0] + 1;
                j = pair[1] + 1;
                addEdit(edits, pair[0], i, b.raw().subList(pair[1], j));
            }
        }
        addEdit(edits, i, a.size(), b.raw().subList(j, b.size()));
        return edits;
    }

    /** Returns the indices of corresponding parts in the two names. */
    private List<int[]> pairs() {
        List<int[]> pairs = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (scores[i][j] > 0) {
            if (scores[i][j] == scoreOfPair(i, j)) {
                pairs.add(new int[] {i++, j++});
            } else if (scores[i][j] == scores[i + 1][j]) {
                i++;
            } else {
                j++;
            }
        }
        return pairs;
    }

    /** Adds a difference, without the parts that are equal at its ends. */
    private void addEdit(List<Edit> edits, int from, int to, List<String> replacement) {
        int start = 0;
        int end = replacement.size();
        while (from < to && start < end && a.raw().get(from).equals(replacement.get(start))) {
            from++;
            start++;
        }
        while (from < to && start < end && a.raw().get(to - 1).equals(replacement.get(end - 1))) {
            to--;
            end--;
        }
        if (from < to || start < end) {
            edits.add(new Edit(from, to, replacement.subList(start, end)));
        }
    }
}
