package org.tfckpt.restore;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.tfckpt.restore.CandidateIndex.Candidate;
import org.tfckpt.tensor.TensorInfo;

/** Puts the tensors that a variable may be into the order of likelihood. */
final class Ranking {
    private static final int MOST_SHOWN = 3;
    private static final int MOST_PROPOSING = 3;

    /** How alike names must be where shape and dtype are right, and where they are not. */
    private static final double ALIKE_AND_FITS = 0.45;

    private static final double ALIKE = 0.72;

    private final CandidateIndex index;
    private final Roles roles;

    Ranking(Collection<TensorInfo> unused, Map<String, List<String>> otherNames, Roles roles) {
        this.index = new CandidateIndex(unused, otherNames);
        this.roles = roles;
    }

    SplitName split(String name) {
        return index.split(name);
    }

    private record Scored(Candidate candidate, boolean fits, double similarity) {
        static final Comparator<Scored> BEST_FIRST = Comparator.comparing((Scored scored) -> !scored.fits)
                .thenComparingDouble(scored -> -scored.similarity)
                .thenComparingInt(scored -> scored.candidate.name().length())
                .thenComparing(scored -> scored.candidate.name());
    }

    private Stream<Scored> scored(Wanted wanted, String name, Set<String> taken) {
        SplitName split = index.split(name);
        return index.find(wanted, name).stream()
                .filter(candidate ->
                        !taken.contains(candidate.tensor().name()) && roles.goTogether(wanted, candidate.tensor()))
                .map(candidate ->
                        new Scored(candidate, wanted.fits(candidate.tensor()), Similarity.of(split, candidate.split())))
                .sorted(Scored.BEST_FIRST);
    }

    /** Those whose shape and dtype are right, the likeliest first. */
    List<Candidate> fitting(Wanted wanted, String name, Set<String> taken) {
        return scored(wanted, name, taken)
                .filter(Scored::fits)
                .limit(MOST_PROPOSING)
                .map(Scored::candidate)
                .toList();
    }

    /** What a person should see. */
    List<Suggestion> suggestions(Wanted wanted, String name) {
        Set<String> shown = new HashSet<>();
        Set<String> only = onlyOneOfItsForm(wanted);
        return scored(wanted, name, Set.of())
                .filter(scored -> scored.similarity >= (scored.fits ? ALIKE_AND_FITS : ALIKE)
                        || only.contains(scored.candidate.name()))
                .filter(scored -> shown.add(scored.candidate.tensor().name()))
                .limit(MOST_SHOWN)
                .map(scored -> new Suggestion(scored.candidate.name(), scored.candidate.tensor(), scored.fits))
                .toList();
    }

    /**
     * The names of the one tensor that has the shape and dtype wanted, of all that nobody uses; none if there are several, or
     * it is a mere scalar.
     */
    private Set<String> onlyOneOfItsForm(Wanted wanted) {
        List<Candidate> ofForm = index.ofForm(wanted);
        long tensors = ofForm.stream()
                .map(Candidate::tensor)
                .filter(tensor -> roles.goTogether(wanted, tensor))
                .distinct()
                .count();
        boolean only = tensors == 1 && ofForm.get(0).tensor().shape().rank() > 0;
        return only ? ofForm.stream().map(Candidate::name).collect(Collectors.toSet()) : Set.of();
    }
}
