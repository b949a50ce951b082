package org.tfckpt.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.slots.TensorRole;
import org.tfckpt.values.Duplicates;
import org.tfckpt.values.ScanOptions;
import org.tfckpt.values.Summary;
import org.tfckpt.values.TensorStatistics;

/** Collects what looks wrong in the values of tensors. */
final class Warnings {
    /** A slot that is larger than this is suspicious. */
    static final double SLOT_LIMIT = 1e6;

    private final TensorTable tensors;
    /** Tensors of one value, or of one element, equal others by chance. */
    private final Set<String> trivial = new HashSet<>();

    private final Warning notFinite = new Warning(
            "nan", "NaN or infinite elements", "All elements were read, and those that are not finite counted.");
    private final Warning slots = new Warning(
            "slot",
            "Large optimizer slots",
            String.format(
                    Locale.ROOT,
                    "The largest absolute value of the slot is greater than %,d, the limit of this report.",
                    (long) SLOT_LIMIT));
    private final Warning zeros =
            new Warning("zero", "Only zeros", "The tensor has more than one element, and all of them are zero.");
    private final Warning constants = new Warning(
            "constant", "Only one value", "The smallest and the largest element are equal; none is NaN or infinite.");
    private final Warning equal = new Warning(
            "equal",
            "Equal values",
            "The tensors of a group have the same dtype and shape, and the SHA-256 digests of their elements are equal."
                    + " Tensors of one value are not considered.");

    Warnings(TensorTable tensors) {
        this.tensors = tensors;
    }

    void add(TensorStatistics statistics) {
        Summary summary = statistics.summary().orElse(null);
        if (summary == null || summary.elements() == 0) {
            return;
        }
        List<String> name = List.of(statistics.name());
        if (summary.nan() + summary.infinite() > 0) {
            notFinite.add(
                    name,
                    String.format(
                            Locale.ROOT,
                            "%,d NaN, %,d infinite of %,d",
                            summary.nan(),
                            summary.infinite(),
                            summary.elements()));
        }
        if (summary.isConstant()) {
            trivial.add(statistics.name());
        }
        if (summary.elements() > 1 && summary.zeros() == summary.elements()) {
            zeros.add(name, count(summary.elements()));
        } else if (summary.elements() > 1 && summary.isConstant()) {
            constants.add(name, count(summary.elements()) + " of " + Numeric.text(summary.min()));
        }
        double largest = Math.max(magnitude(summary.min()), magnitude(summary.max()));
        int row = tensors.indexOf(statistics.name());
        if (largest > SLOT_LIMIT && tensors.rows().get(row).role().kind() == TensorRole.Kind.SLOT) {
            slots.add(name, "largest absolute value " + Numeric.text(largest));
        }
    }

    private static String count(long elements) {
        return String.format(Locale.ROOT, "%,d elements", elements);
    }

    private static double magnitude(@Nullable Number number) {
        return number == null ? 0 : Math.abs(number.doubleValue());
    }

    /** Adds groups of equal tensors. Those that are damaged cannot be compared. */
    void addEqual(Checkpoint checkpoint, Set<String> damaged, ScanOptions options) throws IOException {
        List<Duplicates.Group> groups = Duplicates.find(
                List.of(checkpoint),
                (source, info) -> tensors.indexOf(info.name()) >= 0
                        && info.shape().elementCount().orElse(0) > 1
                        && !damaged.contains(info.name())
                        && !trivial.contains(info.name()),
                options);
        for (Duplicates.Group group : groups) {
            List<String> names = new ArrayList<>();
            group.tensors().forEach(member -> names.add(member.info().name()));
            equal.add(names, String.format(Locale.ROOT, "%,d bytes in copies", group.wastedBytes()));
        }
    }

    List<Warning> found() {
        return Stream.of(notFinite, slots, equal, zeros, constants)
                .filter(warning -> !warning.isEmpty())
                .toList();
    }
}
