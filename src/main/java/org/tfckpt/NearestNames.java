package org.tfckpt;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.tfckpt.format.TensorScan;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.TensorInfo;

/** Finds names similar to a missing one: a few edits away, equal in the last two parts of the path, or in it as a scope. */
final class NearestNames {
    private static final int MAX_RESULTS = 3;
    /** Longer names are not compared: two names of a megabyte would take an hour. */
    private static final int MAX_LENGTH = 1000;

    private NearestNames() {}

    private record Candidate(String name, int distance) {}

    static List<String> to(String name, TensorScan scan) throws IOException {
        int allowed = Math.max(2, name.length() / 3);
        String end = "/" + lastParts(name);
        List<Candidate> best = new ArrayList<>();
        try {
            for (TensorInfo info = scan.next(); info != null; info = scan.next()) {
                int limit = best.size() < MAX_RESULTS ? allowed : best.get(MAX_RESULTS - 1).distance - 1;
                int distance = distance(name, info.name(), limit);
                if (distance > limit
                        && (("/" + info.name()).endsWith(end) || info.name().startsWith(name + "/"))) {
                    distance = allowed;
                }
                if (distance <= limit) {
                    best.add(new Candidate(info.name(), distance));
                    best.sort(Comparator.comparingInt(Candidate::distance));
                    best.subList(Math.min(MAX_RESULTS, best.size()), best.size())
                            .clear();
                }
            }
        } catch (CheckpointException damaged) {
            // Suggest what was found so far: the missing name is the error to report, not the damaged index.
            return names(best);
        }
        return names(best);
    }

    private static List<String> names(List<Candidate> candidates) {
        return candidates.stream().map(Candidate::name).toList();
    }

    /** Returns the last two parts of the path, or the whole name if it has fewer. */
    private static String lastParts(String name) {
        return name.substring(name.lastIndexOf('/', name.lastIndexOf('/') - 1) + 1);
    }

    /** Returns the Levenshtein distance, or a number above the limit if the distance exceeds it. */
    private static int distance(String a, String b, int limit) {
        if (Math.abs(a.length() - b.length()) > limit || Math.max(a.length(), b.length()) > MAX_LENGTH) {
            return limit + 1;
        }
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            int least = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
                least = Math.min(least, row[j]);
            }
            if (least > limit) {
                return limit + 1;
            }
        }
        return row[b.length()];
    }
}
