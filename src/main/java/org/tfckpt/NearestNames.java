package org.tfckpt;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.tfckpt.format.TensorScan;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.TensorInfo;

/** Names that look like one that is not there: few edits away, or the same in the last parts of the path. */
final class NearestNames {
    private static final int MOST = 3;
    /** Nobody mistypes a longer name, and comparing two of a megabyte takes an hour. */
    private static final int LONGEST = 1000;

    private NearestNames() {}

    private record Candidate(String name, int distance) {}

    static List<String> to(String name, TensorScan scan) throws IOException {
        int allowed = Math.max(2, name.length() / 3);
        String end = "/" + lastParts(name);
        List<Candidate> best = new ArrayList<>();
        try {
            for (TensorInfo info = scan.next(); info != null; info = scan.next()) {
                int limit = best.size() < MOST ? allowed : best.get(MOST - 1).distance - 1;
                int distance = distance(name, info.name(), limit);
                if (distance > limit && ("/" + info.name()).endsWith(end)) {
                    distance = allowed;
                }
                if (distance <= limit) {
                    best.add(new Candidate(info.name(), distance));
                    best.sort(Comparator.comparingInt(Candidate::distance));
                    best.subList(Math.min(MOST, best.size()), best.size()).clear();
                }
            }
        } catch (CheckpointException damaged) {
            // The name is missing whatever else the index holds; what was seen until here is advice enough.
            return names(best);
        }
        return names(best);
    }

    private static List<String> names(List<Candidate> candidates) {
        return candidates.stream().map(Candidate::name).toList();
    }

    /** The last two parts of the path, or the whole name if it has no more. */
    private static String lastParts(String name) {
        return name.substring(name.lastIndexOf('/', name.lastIndexOf('/') - 1) + 1);
    }

    /** Levenshtein's distance, or any number above the limit if it is above. */
    private static int distance(String a, String b, int limit) {
        if (Math.abs(a.length() - b.length()) > limit || Math.max(a.length(), b.length()) > LONGEST) {
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
