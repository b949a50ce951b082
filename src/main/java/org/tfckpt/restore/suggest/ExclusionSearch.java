package org.tfckpt.restore.suggest;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.tfckpt.tensor.NamePattern;

/**
 * Searches for few globs that match the names of some variables and no name of the others. A sample of the names
 * proposes globs; the one that matches the most names and none of the others is kept, and the search continues with the
 * names that are left. The number of comparisons is limited, so the time is proportional to the number of names.
 */
public final class ExclusionSearch {
    /** Users would not read a longer list. */
    private static final int MAX_GLOBS = 40;

    /** Names that propose globs, evenly chosen. */
    private static final int MAX_PROPOSING = 200;

    /** Globs compared in each round of those that match no other name. */
    private static final int MAX_COMPARED = 24;

    /** The cost of all tests of names, of which one is usually about 5; this takes a few seconds at most. */
    private static final long MAX_COST = 10_000_000;

    /** Longer names are not compared with globs. */
    private static final int MAX_LENGTH = 500;

    /** Up to this many globs that begin with scopes are not replaced by others, which are harder to understand. */
    private static final int FEW = 3;

    private final NavigableSet<String> others;
    private final boolean anywhere;
    private final NavigableSet<String> left;
    private final List<String> globs = new ArrayList<>();
    private final Set<String> unsuitable = new HashSet<>();
    private long cost;

    /**
     * The result of a search.
     *
     * @param globs the globs, the one that matches most names first
     * @param left the names that no glob matches
     */
    public record Result(List<String> globs, Set<String> left) {}

    private record Candidate(String glob, List<String> matched) {
        static final Comparator<String> SIMPLEST_FIRST = Comparator.comparingLong(GlobText::openness)
                .thenComparingInt(String::length)
                .thenComparing(Comparator.naturalOrder());

        static final Comparator<Candidate> BEST_FIRST = Comparator.comparingInt(
                        (Candidate candidate) -> -candidate.matched.size())
                .thenComparing(Candidate::glob, SIMPLEST_FIRST);
    }

    private ExclusionSearch(Collection<String> names, NavigableSet<String> others, boolean anywhere) {
        this.left = new TreeSet<>(names);
        this.others = others;
        this.anywhere = anywhere;
    }

    /**
     * Runs the search.
     *
     * @param names the names to match
     * @param others the names that no glob may match
     * @return the globs; each of them was tested with all names
     */
    public static Result search(Collection<String> names, Collection<String> others) {
        NavigableSet<String> sorted = new TreeSet<>(others);
        Result scopes = new ExclusionSearch(names, sorted, false).run();
        if (scopes.left.isEmpty() && scopes.globs.size() <= FEW) {
            return scopes;
        }
        Result all = new ExclusionSearch(names, sorted, true).run();
        boolean shorter = all.left.isEmpty() && 2 * all.globs.size() <= scopes.globs.size();
        return shorter || all.left.size() < scopes.left.size() ? all : scopes;
    }

    private Result run() {
        while (!left.isEmpty() && globs.size() < MAX_GLOBS) {
            List<Candidate> candidates = candidates();
            if (candidates.isEmpty()) {
                break;
            }
            candidates.sort(Candidate.BEST_FIRST);
            globs.add(candidates.get(0).glob);
            candidates.get(0).matched.forEach(left::remove);
        }
        return new Result(List.copyOf(globs), new LinkedHashSet<>(left));
    }

    /** Returns globs that match names that are left and no others. */
    private List<Candidate> candidates() {
        List<Candidate> candidates = new ArrayList<>();
        for (String glob : proposals()) {
            if (candidates.size() >= MAX_COMPARED || cost > MAX_COST) {
                break;
            }
            NamePattern pattern = NamePattern.of(glob);
            if (!matching(pattern, others, true).isEmpty()) {
                unsuitable.add(glob);
                continue;
            }
            List<String> matched = matching(pattern, left, false);
            if (!matched.isEmpty()) {
                candidates.add(new Candidate(glob, matched));
            }
        }
        return candidates;
    }

    /** Returns the globs proposed by the most names. */
    private List<String> proposals() {
        Map<String, Integer> votes = new HashMap<>();
        int step = 1 + left.size() / MAX_PROPOSING;
        int i = 0;
        for (String name : left) {
            if (i++ % step == 0) {
                GlobText.globs(name, anywhere).forEach(glob -> votes.merge(glob, 1, Integer::sum));
            }
        }
        return votes.keySet().stream()
                .filter(glob -> !unsuitable.contains(glob))
                .sorted(Comparator.comparingInt((String glob) -> -votes.getOrDefault(glob, 0))
                        .thenComparing(Candidate.SIMPLEST_FIRST))
                .toList();
    }

    /** Returns all names that match or, for {@code any}, the first one that does or perhaps does. */
    private List<String> matching(NamePattern pattern, NavigableSet<String> names, boolean any) {
        String glob = pattern.toString();
        int wildcard = 0;
        while (wildcard < glob.length() && glob.charAt(wildcard) != '*' && glob.charAt(wildcard) != '?') {
            wildcard++;
        }
        String beginning = glob.substring(0, wildcard);
        List<String> matching = new ArrayList<>();
        for (String name : names.tailSet(beginning, true)) {
            if (!name.startsWith(beginning) || (any && !matching.isEmpty())) {
                break;
            }
            boolean isLong = name.length() > MAX_LENGTH && !glob.equals(name);
            cost += isLong ? 1 : 1 + name.length() * name.length() / 1000;
            if (isLong ? any : pattern.test(name)) {
                matching.add(name);
            }
        }
        return matching;
    }
}
