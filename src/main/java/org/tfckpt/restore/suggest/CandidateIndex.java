package org.tfckpt.restore.suggest;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.tfckpt.tensor.TensorInfo;

/**
 * Finds the tensors that are most similar to a variable. Only tensors that share a key with the variable are compared
 * with it. A key is a hash of a name without one of its parts, of its first or last parts, or of one word, with or
 * without shape and dtype. The number of tensors compared is limited, so the time for all variables is proportional to
 * their number.
 */
final class CandidateIndex {
    /**
     * A tensor that a variable may come from.
     *
     * @param name the tensor's name, or the full name of its variable in an object-based checkpoint
     * @param tensor the tensor
     * @param parts the parts of {@code name}
     */
    record Candidate(String name, TensorInfo tensor, NameParts parts) {}

    private record Match(Candidate candidate, boolean fits, double similarity) {
        static final Comparator<Match> BEST_FIRST = Comparator.comparingInt((Match match) -> match.fits ? 0 : 1)
                .thenComparingDouble(match -> -match.similarity)
                .thenComparingInt(match -> match.candidate.name.length())
                .thenComparing(match -> match.candidate.name);
    }

    /** Further names are not indexed; 200,000 take about 70 MB during the search. */
    private static final int MAX_NAMES = 200_000;

    /** The lower bits of an entry, which hold the number of a candidate. */
    private static final long NUMBER_MASK = (1L << 18) - 1;

    /** Candidates with the shape and dtype wanted that are compared; then half as many with any. */
    private static final int MAX_FITTING = 48;

    /** Candidates taken for one key: if more share it, the other keys of the name are more specific. */
    private static final int MAX_PER_KEY = 16;

    /** Parts removed or taken at either end, which bounds the number of keys; real names have few more. */
    private static final int MAX_PARTS = 8;

    private static final int MAX_RETURNED = 3;

    private static final Pattern WORD_BOUNDARY =
            Pattern.compile("[^\\p{L}\\p{N}]+|(?<=\\p{L})(?=\\p{N})|(?<=\\p{N})(?=\\p{L})");

    /** Distinguishes the keys of words, as they are in the name, from those of normalized parts. */
    private static final long WORD = 2;

    /**
     * The least similarity of a suggestion with the right shape and dtype: one of two parts agrees. The other tensors
     * must be nearly equal in name (two of three parts and the last one agree), because they cannot be restored as they
     * are.
     */
    private static final double SIMILAR_AND_FITTING = 0.45;

    private static final double SIMILAR = 0.72;

    private final List<Candidate> candidates;
    private final Roles roles;

    /** Hashes of keys in the upper bits, and the number of a candidate that has the key in the lower ones; sorted. */
    private final long[] entries;

    CandidateIndex(Map<String, TensorInfo> tensors, Roles roles) {
        this.roles = roles;
        candidates = tensors.entrySet().stream()
                .limit(MAX_NAMES)
                .map(entry -> new Candidate(entry.getKey(), entry.getValue(), NameParts.of(entry.getKey())))
                .toList();
        entries = IntStream.range(0, candidates.size())
                .boxed()
                .flatMapToLong(number -> keys(candidates.get(number)).map(key -> (key & ~NUMBER_MASK) | number))
                .sorted()
                .toArray();
    }

    private static LongStream keys(Candidate candidate) {
        long[] keys = keys(candidate.name, candidate.parts);
        return LongStream.concat(fittingKeys(keys, candidate.tensor), Arrays.stream(keys));
    }

    /** Returns the keys with shape and dtype; the last one consists only of shape and dtype. */
    private static LongStream fittingKeys(long[] keys, TensorInfo tensor) {
        long form = form(tensor);
        return LongStream.concat(Arrays.stream(keys).map(key -> mix(form, key)), LongStream.of(form));
    }

    private static long form(TensorInfo tensor) {
        return mix(tensor.shape().hashCode(), tensor.dtypeNumber());
    }

    /** Returns the keys of a name, the most specific first. */
    private static long[] keys(String name, NameParts parts) {
        long[] words = parts.words().stream()
                .filter(word -> !word.isEmpty())
                .mapToLong(String::hashCode)
                .toArray();
        int count = words.length;
        int most = Math.min(MAX_PARTS, count);
        LongStream.Builder keys = LongStream.builder();
        for (int without = count; without >= count - most; without--) {
            keys.add(key(words, 0, count, without));
        }
        for (int length = most; length > 0; length--) {
            keys.add(key(words, count - length, count, count));
            keys.add(key(words, 0, length, count));
        }
        for (String word : WORD_BOUNDARY.split(name, -1)) {
            keys.add(mix(WORD, word.hashCode()));
        }
        return keys.build().toArray();
    }

    private static long key(long[] words, int from, int to, int without) {
        long key = 1;
        for (int i = from; i < to; i++) {
            key = i == without ? key : mix(key, words[i]);
        }
        return key;
    }

    private static long mix(long hash, long more) {
        long mixed = (hash ^ more) * 0x9E3779B97F4A7C15L;
        return mixed ^ (mixed >>> 29);
    }

    private Stream<Match> matches(Variable variable, String name, Predicate<TensorInfo> isFree) {
        NameParts parts = NameParts.of(name);
        return find(variable.expected(), name, parts).stream()
                .filter(candidate -> isFree.test(candidate.tensor) && roles.areCompatible(variable, candidate.tensor))
                .map(candidate -> new Match(
                        candidate,
                        variable.fits().test(candidate.tensor),
                        new Alignment(parts, candidate.parts).similarity()))
                .sorted(Match.BEST_FIRST);
    }

    private List<Candidate> find(TensorInfo expected, String name, NameParts parts) {
        if (candidates.size() <= MAX_FITTING) {
            return candidates;
        }
        long[] keys = keys(name, parts);
        Set<Integer> found = new LinkedHashSet<>();
        fittingKeys(keys, expected).forEach(key -> addAll(key, found, MAX_FITTING));
        Arrays.stream(keys).forEach(key -> addAll(key, found, MAX_FITTING + MAX_FITTING / 2));
        return found.stream().map(candidates::get).toList();
    }

    private void addAll(long key, Set<Integer> found, int most) {
        if (found.size() >= most) {
            return;
        }
        long hash = key & ~NUMBER_MASK;
        int at = Arrays.binarySearch(entries, hash);
        at = at < 0 ? -at - 1 : at;
        int end = Math.min(entries.length, at + MAX_PER_KEY);
        for (; found.size() < most && at < end && (entries[at] & ~NUMBER_MASK) == hash; at++) {
            found.add((int) (entries[at] & NUMBER_MASK));
        }
    }

    /** Returns the free tensors with the variable's shape and dtype, the most similar name first. */
    List<Candidate> fitting(Variable variable, String name, Predicate<TensorInfo> isFree) {
        return matches(variable, name, isFree)
                .filter(Match::fits)
                .limit(MAX_RETURNED)
                .map(Match::candidate)
                .toList();
    }

    /** Returns the names of the tensors to suggest to a user. */
    List<String> similar(Variable variable) {
        Set<TensorInfo> ofForm = tensorsOfForm(variable);
        boolean onlyOne = ofForm.size() == 1 && variable.expected().shape().rank() > 0;
        Set<TensorInfo> shown = new HashSet<>();
        return matches(variable, variable.expected().name(), tensor -> true)
                .filter(match -> match.similarity >= (match.fits ? SIMILAR_AND_FITTING : SIMILAR)
                        || (onlyOne && ofForm.contains(match.candidate.tensor))
                        || (match.fits && roles.areUnnamedSlots(variable, match.candidate.tensor)))
                .filter(match -> shown.add(match.candidate.tensor))
                .limit(MAX_RETURNED)
                .map(match -> match.candidate.name)
                .toList();
    }

    /** Returns some tensors with the variable's shape and dtype: enough to know whether there is only one. */
    private Set<TensorInfo> tensorsOfForm(Variable variable) {
        Set<Integer> found = new LinkedHashSet<>();
        addAll(form(variable.expected()), found, 4);
        Set<TensorInfo> tensors = new HashSet<>();
        found.stream()
                .map(number -> candidates.get(number).tensor)
                .filter(tensor -> variable.fits().test(tensor) && roles.areCompatible(variable, tensor))
                .forEach(tensors::add);
        return tensors;
    }
}
