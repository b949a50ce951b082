package org.tfckpt.restore.suggest;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.tfckpt.restore.suggest.CandidateIndex.Candidate;
import org.tfckpt.tensor.TensorInfo;

/**
 * Searches for rules that find many missing variables at once. Pairs of a missing variable and a similar tensor propose
 * rules; the rules proposed most often are tried on all names; the one that finds the most variables is kept, and the
 * search continues with those still missing.
 */
public final class RuleSearch {
    /** Users would not read a longer list. */
    private static final int MAX_RULES = 12;

    /** Missing variables that propose rules, evenly chosen: a rule for many is proposed by some of them, too. */
    private static final int MAX_PROPOSING = 1500;

    /** Rules tried on all names in each round. */
    private static final int MAX_TRIED = 24;

    /** If more variables are missing, a rule must find at least two: one rule for each would be useless. */
    private static final int FEW = 200;

    /** The least similarity of the names if a rule finds only one variable: more than every second part must agree. */
    private static final double SIMILAR = 0.55;

    /**
     * Two rules whose similarities differ by less are equally plausible: the difference is one letter of a long name.
     */
    private static final double SAME_SIMILARITY = 0.01;

    /** Names found by a rule whose similarity is averaged. */
    private static final int MAX_COMPARED = 50;

    private final Function<String, @Nullable TensorInfo> find;
    private final Function<String, UnaryOperator<String>> parser;
    private final Roles roles;
    private final CandidateIndex index;
    private final List<Target> targets;
    private final Set<TensorInfo> free;
    private final List<Rule> rules = new ArrayList<>();
    private final Map<String, String> names = new HashMap<>();

    /**
     * Runs the search.
     *
     * @param variables all variables that are not excluded
     * @param unused the tensors that no variable uses, by all their names
     * @param find returns the tensor with a name, whether used or not
     * @param parser parses a sed rule
     * @param first rules to start with, unless they do harm
     */
    public RuleSearch(
            Collection<Variable> variables,
            Map<String, TensorInfo> unused,
            Function<String, @Nullable TensorInfo> find,
            Function<String, UnaryOperator<String>> parser,
            List<String> first) {
        this.find = find;
        this.parser = parser;
        roles = new Roles(variables, find);
        index = new CandidateIndex(unused, roles);
        targets = variables.stream().map(Target::new).toList();
        free = new HashSet<>(unused.values());
        first.forEach(rule -> trial(rule).ifPresent(this::accept));
        Optional<Trial> best = best();
        while (best.isPresent()) {
            accept(best.get());
            best = rules.size() < MAX_RULES ? best() : Optional.empty();
        }
        if (names.isEmpty()) {
            rules.clear();
        }
    }

    /**
     * A rule that was found.
     *
     * @param text the sed rule
     * @param found the ids of the variables that it finds
     */
    public record Rule(String text, List<String> found) {}

    /** Returns the rules, to be applied in this order. */
    public List<Rule> rules() {
        return List.copyOf(rules);
    }

    /** Returns the names of the tensors that the rules find, by the ids of the variables. */
    public Map<String, String> names() {
        return Map.copyOf(names);
    }

    /** Returns the names of at most three unused tensors for a missing variable, the most similar first. */
    public List<String> similar(Variable variable) {
        return index.similar(variable);
    }

    /** A variable, and the name looked for after the rules so far. */
    private static final class Target {
        private final Variable variable;
        private String name;
        private boolean missing;

        Target(Variable variable) {
            this.variable = variable;
            this.name = variable.expected().name();
            this.missing = variable.missing();
        }
    }

    /**
     * The effect of a rule: the tensors found by variable, the number of names changed without finding a tensor, and
     * the similarity of old and new names.
     */
    private record Trial(
            String rule, UnaryOperator<String> renaming, Map<Target, String> found, int misses, double similarity) {
        static final Comparator<Trial> BEST_FIRST = Comparator.comparingInt((Trial trial) -> -trial.found.size())
                .thenComparingInt(trial -> trial.misses)
                .thenComparingDouble(trial -> -trial.similarity)
                .thenComparingInt(trial -> trial.rule.length())
                .thenComparing(Trial::rule);

        /** Returns whether another rule finds other tensors for the same variables and is as plausible. */
        boolean contradicts(Trial other) {
            return found.keySet().equals(other.found.keySet())
                    && !found.equals(other.found)
                    && misses == other.misses
                    && Math.abs(similarity - other.similarity) < SAME_SIMILARITY;
        }
    }

    private Optional<Trial> best() {
        List<Trial> trials = proposals().stream()
                .map(this::attempt)
                .flatMap(Optional::stream)
                .toList();
        return trials.stream()
                .filter(trial -> trials.stream().noneMatch(trial::contradicts))
                .min(Trial.BEST_FIRST);
    }

    /** Returns the rules proposed by the most missing variables. */
    private List<String> proposals() {
        List<Target> missing = targets.stream().filter(target -> target.missing).toList();
        int least = leastFound(missing.size());
        Map<String, Integer> votes = new HashMap<>();
        for (int i = 0; i < missing.size(); i += 1 + missing.size() / MAX_PROPOSING) {
            Target target = missing.get(i);
            NameParts name = NameParts.of(target.name);
            Set<String> proposals = new HashSet<>();
            for (Candidate candidate : index.fitting(target.variable, target.name, free::contains)) {
                proposals.addAll(RuleText.rules(name, candidate.parts(), parser));
            }
            proposals.forEach(rule -> votes.merge(rule, 1, Integer::sum));
        }
        return votes.entrySet().stream()
                .filter(vote -> vote.getValue() >= least)
                .sorted(Comparator.comparingInt((Map.Entry<String, Integer> vote) -> -vote.getValue())
                        .thenComparingInt(vote -> vote.getKey().length())
                        .thenComparing(Map.Entry::getKey))
                .limit(MAX_TRIED)
                .map(Map.Entry::getKey)
                .toList();
    }

    private static int leastFound(long missing) {
        return missing > FEW ? 2 : 1;
    }

    private Optional<Trial> attempt(String rule) {
        return trial(rule).filter(this::isUseful);
    }

    /** Tries a rule on all names; empty if it harms a variable. */
    private Optional<Trial> trial(String rule) {
        UnaryOperator<String> renaming = parser.apply(rule);
        Map<Target, String> found = new LinkedHashMap<>();
        Map<TensorInfo, String> savedNames = new HashMap<>();
        int misses = 0;
        for (Target target : targets) {
            String name = renaming.apply(target.name);
            if (name.equals(target.name)) {
                continue;
            }
            TensorInfo tensor = target.missing ? find.apply(name) : null;
            if (target.missing && tensor == null) {
                misses++;
            } else if (tensor == null || harms(target.variable, tensor, savedNames)) {
                return Optional.empty();
            } else if (target.variable.fits().test(tensor)) {
                found.put(target, name);
            }
        }
        return Optional.of(new Trial(rule, renaming, found, misses, similarity(found)));
    }

    private boolean harms(Variable variable, TensorInfo tensor, Map<TensorInfo, String> savedNames) {
        // Only the parts of one variable may share a tensor.
        String savedName = variable.savedName();
        boolean shared = !savedNames.computeIfAbsent(tensor, first -> savedName).equals(savedName);
        return shared || !free.contains(tensor) || !roles.areCompatible(variable, tensor);
    }

    private boolean isUseful(Trial trial) {
        if (trial.found.size() > 1) {
            return trial.found.size() >= trial.misses;
        }
        long missing = targets.stream().filter(target -> target.missing).count();
        return trial.found.size() == leastFound(missing) && trial.similarity >= SIMILAR;
    }

    private static double similarity(Map<Target, String> found) {
        return found.entrySet().stream()
                .limit(MAX_COMPARED)
                .mapToDouble(entry ->
                        new Alignment(NameParts.of(entry.getKey().name), NameParts.of(entry.getValue())).similarity())
                .average()
                .orElse(0);
    }

    private void accept(Trial trial) {
        List<String> ids = new ArrayList<>();
        trial.found.forEach((target, name) -> {
            ids.add(target.variable.id());
            names.put(target.variable.id(), name);
        });
        rules.add(new Rule(trial.rule, List.copyOf(ids)));
        for (Target target : targets) {
            target.name = trial.renaming.apply(target.name);
            TensorInfo tensor = target.missing ? find.apply(target.name) : null;
            target.missing &= tensor == null;
            free.remove(tensor);
        }
    }
}
