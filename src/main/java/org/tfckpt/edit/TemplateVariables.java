package org.tfckpt.edit;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.tfckpt.Checkpoint;
import org.tfckpt.restore.NameKind;
import org.tfckpt.restore.NameMapping;
import org.tfckpt.restore.Outcome;
import org.tfckpt.restore.RestorePlan;
import org.tfckpt.restore.VariableSource;
import org.tfckpt.restore.Wanted;
import org.tfckpt.tensor.NamePattern;
import org.tfckpt.tensor.ShapeAndSlice;
import org.tfckpt.tensor.TensorInfo;

/**
 * Finds the variables of a template in a checkpoint: by full name, by path and by key. The kind of name that finds most
 * is tried first, because the names of a kind agree with each other, and a name of another kind may be equal by chance.
 */
final class TemplateVariables implements FitVariables {
    private final List<Template.Variable> variables;

    TemplateVariables(Template template) {
        this.variables = KerasLists.withSlots(template.variables());
    }

    private static Optional<String> name(NameKind kind, Template.Variable variable) {
        return switch (kind) {
            case KEY -> Optional.of(variable.key());
            case FULL -> variable.fullName();
            case PATH -> variable.path();
        };
    }

    @Override
    public List<Found> in(
            Checkpoint checkpoint, NameMapping mapping, Collection<NamePattern> exclusions, Collection<String> notes)
            throws IOException {
        List<Map<String, VariableSource>> byKind = new ArrayList<>();
        List<Set<String>> idle = new ArrayList<>();
        Set<String> ambiguous =
                checkpoint.objectGraph().map(Template::sharedFullNames).orElse(Set.of());
        for (NameKind kind : NameKind.values()) {
            idle.add(new HashSet<>());
            byKind.add(find(kind, checkpoint, mapping, exclusions, ambiguous, idle.get(idle.size() - 1)));
        }
        Set<String> always = idle.get(0);
        idle.forEach(always::retainAll);
        notes.addAll(always);
        // A stable sort: if several kinds find as many, keys come first.
        byKind.sort(Comparator.comparingLong(TemplateVariables::matches).reversed());
        SlotSources slots = checkpoint.objectGraph().isPresent() ? null : SlotSources.of(checkpoint);
        Map<String, String> names = new HashMap<>();
        List<Found> all = new ArrayList<>();
        for (Template.Variable variable : variables) {
            VariableSource source = best(byKind, variable);
            names.put(variable.key(), source.tensorName());
            all.add(new Found(variable.key(), source));
        }
        return slots == null ? all : withSlots(all, slots, names);
    }

    private Map<String, VariableSource> find(
            NameKind kind,
            Checkpoint checkpoint,
            NameMapping mapping,
            Collection<NamePattern> exclusions,
            Set<String> ambiguous,
            Set<String> idle)
            throws IOException {
        List<Wanted> wanted = new ArrayList<>();
        for (Template.Variable variable : variables) {
            name(kind, variable)
                    .ifPresent(name -> wanted.add(
                            wanted(variable, kind == NameKind.KEY ? variable.fullName() : Optional.empty(), name)));
        }
        RestorePlan plan = RestorePlan.from(checkpoint)
                .variables(wanted)
                .names(kind)
                .mapping(mapping)
                .exclude(exclusions)
                .build();
        FitVariables.noteIdle(plan.comparison(), idle);
        Map<String, VariableSource> found = new HashMap<>();
        for (VariableSource source : plan.comparison().variables()) {
            boolean byFullName = source.tensor()
                    .filter(tensor -> !tensor.name().equals(source.tensorName()))
                    .isPresent();
            String key = kind == NameKind.KEY
                    ? source.wanted().name()
                    : source.wanted().variable();
            if (!byFullName || !ambiguous.contains(source.tensorName())) {
                found.put(key, source);
            }
        }
        return found;
    }

    /** Returns a variable under the name looked up; it is excluded by this name or by its other one. */
    private static Wanted wanted(Template.Variable variable, Optional<String> other, String name) {
        TensorInfo tensor = variable.tensor();
        return new Wanted(
                other.orElse(variable.key()),
                name,
                tensor.dtype(),
                Optional.of(tensor.shape()),
                Optional.<ShapeAndSlice>empty(),
                false,
                variable.slot() == null);
    }

    private static long matches(Map<String, VariableSource> found) {
        return found.values().stream()
                .filter(source -> source.outcome() == Outcome.MATCHED)
                .count();
    }

    private static VariableSource best(List<Map<String, VariableSource>> byKind, Template.Variable variable) {
        return byKind.stream()
                .map(found -> found.get(variable.key()))
                .filter(source -> source != null)
                .min(Comparator.comparingInt(source -> RANK.indexOf(source.outcome())))
                .orElseThrow();
    }

    private static final List<Outcome> RANK =
            Arrays.asList(Outcome.EXCLUDED, Outcome.MATCHED, Outcome.MISMATCHED, Outcome.MISSING);

    /** Looks up slots that are missing by the names that TF1 gives them. */
    private List<Found> withSlots(List<Found> all, SlotSources slots, Map<String, String> names) {
        List<Found> found = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            VariableSource source = all.get(i).source();
            Template.Slot slot = variables.get(i).slot();
            String owner = slot == null || source.outcome() != Outcome.MISSING ? null : names.get(slot.owner());
            TensorInfo tensor = slot == null || owner == null ? null : slots.find(owner, slot.name());
            found.add(tensor == null ? all.get(i) : new Found(all.get(i).name(), of(source.wanted(), tensor)));
        }
        return found;
    }

    private static VariableSource of(Wanted wanted, TensorInfo tensor) {
        return new VariableSource(
                wanted,
                wanted.name(),
                tensor.name(),
                wanted.fits(tensor) ? Outcome.MATCHED : Outcome.MISMATCHED,
                Optional.of(tensor),
                Optional.empty());
    }
}
