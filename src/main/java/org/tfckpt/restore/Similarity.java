package org.tfckpt.restore;

import java.util.List;

/** How alike two names are, from 0 to 1. */
final class Similarity {
    /** What the last part counts beside its share: it says what a variable is. */
    private static final double LEAF = 0.15;

    /** Longer names are compared at their ends alone. */
    private static final int LONGEST_MIDDLE = 12;

    private Similarity() {}

    static double of(SplitName a, SplitName b) {
        int most = Math.max(a.size(), b.size());
        int least = Math.min(a.size(), b.size());
        int prefix = 0;
        while (prefix < least && a.meanings().get(prefix).equals(b.meanings().get(prefix))) {
            prefix++;
        }
        int suffix = 0;
        while (suffix < least - prefix
                && a.meanings().get(a.size() - 1 - suffix).equals(b.meanings().get(b.size() - 1 - suffix))) {
            suffix++;
        }
        List<String> middleOfA = a.meanings().subList(prefix, a.size() - suffix);
        List<String> middleOfB = b.meanings().subList(prefix, b.size() - suffix);
        double middle = middle(middleOfA, middleOfB);
        double share = (prefix + suffix + middle) / most;
        boolean sameLeaf = suffix > 0 || (prefix == most);
        double leaf =
                sameLeaf ? 1 : part(a.meanings().get(a.size() - 1), b.meanings().get(b.size() - 1));
        return Math.min(1, (share + LEAF * leaf) / (1 + LEAF));
    }

    private static double middle(List<String> a, List<String> b) {
        if (a.isEmpty() || b.isEmpty()) {
            return 0;
        }
        if (a.size() == 1 && b.size() == 1) {
            return part(a.get(0), b.get(0));
        }
        return a.size() > LONGEST_MIDDLE || b.size() > LONGEST_MIDDLE ? 0 : commonParts(a, b);
    }

    private static int commonParts(List<String> a, List<String> b) {
        int[] row = new int[b.size() + 1];
        for (String part : a) {
            int diagonal = 0;
            for (int j = 1; j <= b.size(); j++) {
                int above = row[j];
                row[j] = part.equals(b.get(j - 1)) ? diagonal + 1 : Math.max(above, row[j - 1]);
                diagonal = above;
            }
        }
        return row[b.size()];
    }

    /** 1 for equal parts, 0 for those that have less than half in common. */
    static double part(String a, String b) {
        int most = Math.max(a.length(), b.length());
        if (a.equals(b) || most == 0) {
            return 1;
        }
        if (most > 64 || 2 * Math.min(a.length(), b.length()) < most) {
            return 0;
        }
        double similarity = 1 - (double) distance(a, b) / most;
        return similarity < 0.5 ? 0 : similarity;
    }

    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
