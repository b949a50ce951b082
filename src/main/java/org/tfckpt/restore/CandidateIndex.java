package org.tfckpt.restore;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;

/**
 * Finds the tensors that a variable may be, without going through all of them: by what is left of a name when a part is
 * taken away, by how names begin and end, by words that are rare, by shape and dtype. What is found for one variable is
 * bounded, however many tensors there are.
 */
final class CandidateIndex {
    /** A name that may be looked for, and the tensor that it leads to. */
    record Candidate(String name, TensorInfo tensor, SplitName split) {}

    /** Beyond these a checkpoint's tensors are not indexed; 200,000 take some 70 MB while they are searched. */
    private static final int MOST_TENSORS = 200_000;

    private static final int MOST_FOUND = 48;
    private static final int MOST_OF_A_KEY = 16;
    private static final int DEEPEST = 8;
    private static final int INDEX_BITS = 18;
    private static final long INDEX_MASK = (1L << INDEX_BITS) - 1;
    private static final Pattern WORDS =
            Pattern.compile("[^\\p{L}\\p{N}]+|(?<=\\p{L})(?=\\p{N})|(?<=\\p{N})(?=\\p{L})");

    /** What a key says; keys of different kinds never meet. */
    private static final long REST = 1;

    private static final long END = 2;
    private static final long BEGINNING = 3;
    private static final long WORD = 4;
    private static final long FORM = 5;

    private final List<Candidate> candidates = new ArrayList<>();
    private final SplitName.Splitter splitter = new SplitName.Splitter();

    /** A key's hash in the upper bits, a candidate's number in the lower ones; sorted. */
    private final long[] entries;

    CandidateIndex(Collection<TensorInfo> tensors, Map<String, List<String>> otherNames) {
        for (TensorInfo tensor : tensors) {
            add(tensor.name(), tensor);
            otherNames.getOrDefault(tensor.name(), List.of()).forEach(name -> add(name, tensor));
        }
        Keys keys = new Keys();
        for (int i = 0; i < candidates.size(); i++) {
            Candidate candidate = candidates.get(i);
            long form = form(candidate.tensor.dtypeNumber(), candidate.tensor.shape());
            keys.number = i;
            eachKey(candidate.name, candidate.split, key -> {
                keys.add(key);
                keys.add(mix(key, form));
            });
            keys.add(mix(FORM, form));
        }
        entries = keys.sorted();
    }

    private void add(String name, TensorInfo tensor) {
        if (candidates.size() < MOST_TENSORS) {
            candidates.add(new Candidate(name, tensor, splitter.split(name)));
        }
    }

    /** A growing list of entries. */
    private static final class Keys {
        private long[] entries = new long[1 << 12];
        private int size;
        private int number;

        void add(long key) {
            if (size == entries.length) {
                entries = Arrays.copyOf(entries, 2 * size);
            }
            entries[size++] = (key & ~INDEX_MASK) | number;
        }

        long[] sorted() {
            long[] sorted = Arrays.copyOf(entries, size);
            Arrays.sort(sorted);
            return sorted;
        }
    }

    private interface KeyConsumer {
        void accept(long key);
    }

    private static long mix(long hash, long more) {
        long mixed = (hash ^ more) * 0x9E3779B97F4A7C15L;
        return mixed ^ (mixed >>> 29);
    }

    private static long form(int dtype, Shape shape) {
        return mix(shape.hashCode(), dtype);
    }

    /** From the most telling key to the least. */
    private static void eachKey(String name, SplitName split, KeyConsumer keys) {
        List<String> parts = split.meanings();
        int size = parts.size();
        for (int without = size; without >= Math.max(0, size - DEEPEST); without--) {
            long rest = REST;
            for (int i = 0; i < size; i++) {
                rest = i == without ? rest : mix(rest, parts.get(i).hashCode());
            }
            keys.accept(rest);
        }
        int depth = Math.min(DEEPEST, size - 1);
        long[] ends = new long[depth + 1];
        long[] beginnings = new long[depth + 1];
        ends[0] = END;
        beginnings[0] = BEGINNING;
        for (int i = 1; i <= depth; i++) {
            ends[i] = mix(ends[i - 1], parts.get(size - i).hashCode());
            beginnings[i] = mix(beginnings[i - 1], parts.get(i - 1).hashCode());
        }
        for (int i = depth; i > 0; i--) {
            keys.accept(ends[i]);
            keys.accept(beginnings[i]);
        }
        for (String word : WORDS.split(name, -1)) {
            keys.accept(mix(WORD, word.hashCode()));
        }
    }

    SplitName split(String name) {
        return splitter.split(name);
    }

    /** What a name may stand for: those that fit first. */
    Collection<Candidate> find(Wanted wanted, String name) {
        if (candidates.size() <= MOST_FOUND) {
            return candidates;
        }
        Set<Integer> found = new LinkedHashSet<>();
        SplitName split = splitter.split(name);
        Optional<Shape> shape = wanted.tensorShape();
        if (shape.isPresent()) {
            long form = form(wanted.dtype().number(), shape.get());
            eachKey(name, split, key -> take(mix(key, form), found, MOST_FOUND));
            take(mix(FORM, form), found, MOST_FOUND);
        }
        eachKey(name, split, key -> take(key, found, MOST_FOUND + MOST_FOUND / 2));
        return found.stream().map(candidates::get).toList();
    }

    private void take(long key, Set<Integer> found, int most) {
        long hash = key & ~INDEX_MASK;
        if (found.size() >= most) {
            return;
        }
        int at = Arrays.binarySearch(entries, hash);
        at = at < 0 ? -at - 1 : at;
        int end = Math.min(entries.length, at + MOST_OF_A_KEY);
        for (; at < end && (entries[at] & ~INDEX_MASK) == hash && found.size() < most; at++) {
            found.add((int) (entries[at] & INDEX_MASK));
        }
    }

    /** Some of the tensors of a shape and dtype: enough to see whether there is only one. */
    List<Candidate> ofForm(Wanted wanted) {
        Set<Integer> found = new LinkedHashSet<>();
        wanted.tensorShape()
                .ifPresent(shape -> take(mix(FORM, form(wanted.dtype().number(), shape)), found, 4));
        return found.stream()
                .map(candidates::get)
                .filter(one -> wanted.fits(one.tensor))
                .toList();
    }
}
