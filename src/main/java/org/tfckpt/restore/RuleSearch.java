package org.tfckpt.restore;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tfckpt.restore.CandidateIndex.Candidate;
import org.tfckpt.tensor.TensorInfo;

/**
 * Looks for rules that explain many missing names at once. Pairs of names that look alike propose rules; those that most
 * pairs propose are tried on all names; the one that finds most is taken, and it begins again with what is still missing.
 */
final class RuleSearch {
    private static final int MOST_RULES = 12;

    /** So many missing variables have a say in what is tried; a rule that explains many is heard among fewer. */
    private static final int MOST_VOTERS = 1500;

    private static final int MOST_TRIED = 24;

    /** For a rule that explains one name alone: how alike the two must be. */
    private static final double ALIKE = 0.55;

    /** A difference in likeness that counts. */
    private static final double CLEARLY = 0.01;

    /** So many names of a rule's are looked at for likeness. */
    private static final int MOST_COMPARED = 50;

    /** Where more than these are missing, nobody wants a rule for each. */
    private static final int FEW = 200;

    private final Tensors tensors;
    private final Ranking ranking;
    private final Roles roles;

    /** The variables with the names that the rules so far have made. */
    private final List<State> states = new ArrayList<>();

    /** Tensors that variables have. */
    private final Set<String> taken = new HashSet<>();

    private static final class State {
        private final VariableSource source;
        private String name;
        private boolean missing;

        State(VariableSource source) {
            this.source = source;
            this.name = source.tensorName();
            this.missing = source.outcome() == Outcome.MISSING;
        }
    }

    /**
     * What a rule would do: which of the missing it finds and where, how many it changes in vain, and how alike the old
     * and the new names are.
     */
    private record Trial(
            String rule, NameMapping mapping, List<State> found, List<String> names, int misses, double likeness) {
        static final Comparator<Trial> BEST_FIRST = Comparator.comparingInt((Trial trial) -> -trial.found.size())
                .thenComparingInt(trial -> trial.misses)
                .thenComparingDouble(trial -> -trial.likeness)
                .thenComparingInt(trial -> trial.rule.length())
                .thenComparing(Trial::rule);

        /** Whether another rule finds the same variables elsewhere, with as much right. */
        boolean contradicts(Trial other) {
            return found.equals(other.found)
                    && !names.equals(other.names)
                    && misses == other.misses
                    && Math.abs(likeness - other.likeness) < CLEARLY;
        }
    }

    RuleSearch(List<VariableSource> sources, Tensors tensors, Ranking ranking, Roles roles) {
        this.tensors = tensors;
        this.ranking = ranking;
        this.roles = roles;
        for (VariableSource source : sources) {
            if (source.outcome() != Outcome.EXCLUDED) {
                states.add(new State(source));
            }
            source.tensor().ifPresent(tensor -> taken.add(tensor.name()));
        }
    }

    /** The rules, and for each variable that they find its tensor's name. */
    record Found(List<SuggestedRule> rules, Map<String, String> names) {}

    Found search() {
        List<SuggestedRule> rules = new ArrayList<>();
        Map<String, String> names = new HashMap<>();
        while (rules.size() < MOST_RULES) {
            Trial best = best();
            if (best == null) {
                break;
            }
            rules.add(new SuggestedRule(
                    best.rule,
                    best.found.stream()
                            .map(state -> state.source.wanted().variable())
                            .toList()));
            take(best);
            best.found.forEach(state -> names.put(state.source.wanted().variable(), state.name));
        }
        return new Found(rules, names);
    }

    private @Nullable Trial best() {
        Map<String, Integer> votes = votes();
        int least = leastFound();
        List<String> proposals = new ArrayList<>(votes.keySet());
        proposals.removeIf(proposal -> votes.getOrDefault(proposal, 0) < least);
        proposals.sort(Comparator.comparingInt((String rule) -> -votes.getOrDefault(rule, 0))
                .thenComparingInt(String::length)
                .thenComparing(Comparator.naturalOrder()));
        List<Trial> trials = new ArrayList<>();
        for (String proposal : proposals.subList(0, Math.min(MOST_TRIED, proposals.size()))) {
            Trial trial = attempt(proposal);
            if (trial != null) {
                trials.add(trial);
            }
        }
        return trials.stream()
                .filter(trial -> trials.stream().noneMatch(trial::contradicts))
                .min(Trial.BEST_FIRST)
                .orElse(null);
    }

    private Map<String, Integer> votes() {
        List<State> missing = states.stream().filter(state -> state.missing).toList();
        Map<String, Integer> votes = new HashMap<>();
        int step = 1 + missing.size() / MOST_VOTERS;
        for (int i = 0; i < missing.size(); i += step) {
            State state = missing.get(i);
            SplitName split = ranking.split(state.name);
            Set<String> proposals = new HashSet<>();
            for (Candidate candidate : ranking.fitting(state.source.wanted(), state.name, taken)) {
                proposals.addAll(RuleProposals.of(split, candidate.split()));
            }
            proposals.forEach(proposal -> votes.merge(proposal, 1, Integer::sum));
        }
        return votes;
    }

    /** Null if the rule does harm, or not enough good. */
    private @Nullable Trial attempt(String rule) {
        NameMapping mapping = NameMapping.sed(rule);
        List<State> found = new ArrayList<>();
        Map<String, String> takers = new HashMap<>();
        int misses = 0;
        for (State state : states) {
            String name = mapping.apply(state.name);
            if (name.equals(state.name)) {
                continue;
            }
            if (!state.missing) {
                return null;
            }
            TensorInfo tensor = tensors.find(name);
            if (tensor == null) {
                misses++;
                continue;
            }
            // Parts of one variable come from one tensor together; two variables would be a coincidence, or a mistake.
            String wanted = state.source.wanted().name();
            String other = takers.putIfAbsent(tensor.name(), wanted);
            if (taken.contains(tensor.name())
                    || tensors.isBookkeeping(tensor)
                    || (other != null && !other.equals(wanted))) {
                return null;
            }
            if (!roles.goTogether(state.source.wanted(), tensor)) {
                return null;
            }
            if (state.source.wanted().fits(tensor)) {
                found.add(state);
            }
        }
        double likeness = likeness(found, mapping);
        boolean enough = found.size() > 1 ? found.size() >= misses : found.size() == leastFound() && likeness >= ALIKE;
        List<String> names =
                found.stream().map(state -> mapping.apply(state.name)).toList();
        return enough ? new Trial(rule, mapping, List.copyOf(found), names, misses, likeness) : null;
    }

    private double likeness(List<State> found, NameMapping mapping) {
        return found.stream()
                .limit(MOST_COMPARED)
                .mapToDouble(
                        state -> Similarity.of(ranking.split(state.name), ranking.split(mapping.apply(state.name))))
                .average()
                .orElse(0);
    }

    private int leastFound() {
        return states.stream().filter(state -> state.missing).limit(FEW + 1).count() > FEW ? 2 : 1;
    }

    private void take(Trial trial) {
        for (State state : states) {
            state.name = trial.mapping.apply(state.name);
            TensorInfo tensor = state.missing ? tensors.find(state.name) : null;
            if (tensor != null) {
                state.missing = false;
                taken.add(tensor.name());
            }
        }
    }
}
