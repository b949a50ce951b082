package org.tfckpt.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.values.Differences;
import org.tfckpt.values.TensorDifference;

/** The text form of {@code diff}: a bar, a summary, and the differences by kind. */
record DiffText(Output out, Style style, int limit) {
    private static final int BAR = 40;
    private static final int WIDTH = 100;
    private static final String COLUMNS = "%9s  %10s  %9s  %14s  %s";
    private static final int COLUMNS_WIDTH = 50;

    static long parameters(TensorInfo info) {
        return info.shape().elementCount().orElse(0);
    }

    void write(Differences differences, long parameters) throws IOException {
        // Elements within the tolerance are not changes.
        List<TensorDifference> changed = differences.values().stream()
                .filter(tensor -> changedElements(tensor) > 0)
                .sorted(Comparator.comparingDouble((TensorDifference tensor) -> -size(tensor)))
                .toList();
        summary(differences, changed, parameters);
        tensors("removed (only in A):", "- ", differences.onlyA());
        tensors("added (only in B):", "+ ", differences.onlyB());
        section(
                "reshaped:",
                differences.shapes(),
                pair -> named(pair.a(), pair.b()) + ": " + pair.a().shape() + " -> "
                        + pair.b().shape(),
                pair -> pair.a().name(),
                pair -> parameters(pair.a()));
        section(
                "other dtype:",
                differences.dtypes(),
                pair -> named(pair.a(), pair.b()) + ": "
                        + DataType.enumName(pair.a().dtypeNumber()) + " -> "
                        + DataType.enumName(pair.b().dtypeNumber()),
                pair -> pair.a().name(),
                pair -> parameters(pair.a()));
        section(
                "changed, the largest first:"
                        + (changed.isEmpty() || changed.get(0).different().isEmpty() ? "" : columns()),
                changed,
                this::line,
                tensor -> tensor.a().name(),
                DiffText::changedElements);
        section(
                "not compared:",
                differences.notCompared(),
                tensor -> tensor.a().toString(),
                tensor -> tensor.a().name(),
                tensor -> parameters(tensor.a()));
    }

    private static long changedElements(TensorDifference tensor) {
        return tensor.outside().orElse(tensor.elements());
    }

    private void summary(Differences differences, List<TensorDifference> changed, long parameters) throws IOException {
        long removed = sum(differences.onlyA(), DiffText::parameters);
        long added = sum(differences.onlyB(), DiffText::parameters);
        long changedElements =
                sum(changed, DiffText::changedElements) + sum(differences.shapes(), pair -> parameters(pair.a()));
        long all = parameters + added;
        int[] parts = {part(removed, all), part(added, all), part(changedElements, all)};
        int equal = BAR - parts[0] - parts[1] - parts[2];
        for (int i = 0; equal < 0; i = (i + 1) % parts.length) {
            if (parts[i] > 1) {
                parts[i]--;
                equal++;
            }
        }
        out.text(style.bad("-".repeat(parts[0])) + style.good("+".repeat(parts[1]))
                + style.changed("#".repeat(parts[2])) + style.faint("=".repeat(equal)) + "  "
                + ShortNumber.percent(changedElements, all) + " of " + ShortNumber.si(all) + " parameters changed\n");
        List<String> counts = new ArrayList<>();
        counts.add(Plural.of(differences.same(), "tensor") + " the same (=)");
        count(counts, differences.values().size() - changed.size(), "within the tolerance");
        count(counts, changed.size(), "changed (#)");
        count(counts, differences.shapes().size(), "reshaped (#)");
        count(counts, differences.dtypes().size(), "of another dtype");
        count(counts, differences.onlyB().size(), "added (+)");
        count(counts, differences.onlyA().size(), "removed (-)");
        count(counts, differences.notCompared().size(), "not compared");
        out.line(String.join(", ", counts));
    }

    private static void count(List<String> counts, int count, String what) {
        if (count > 0) {
            counts.add(String.format(Locale.ROOT, "%,d %s", count, what));
        }
    }

    private static <T> long sum(List<T> items, ToLongFunction<T> elements) {
        return items.stream().mapToLong(elements).sum();
    }

    /** Returns the columns of the bar for a count: at least one unless it is 0. */
    private static int part(long count, long of) {
        return count == 0 ? 0 : (int) Math.max(1, Math.min(BAR, Math.round((double) BAR * count / Math.max(1, of))));
    }

    private void tensors(String title, String mark, List<TensorInfo> tensors) throws IOException {
        section(title, tensors, info -> mark + info, TensorInfo::name, DiffText::parameters);
    }

    private static String named(TensorInfo a, TensorInfo b) {
        return a.name().equals(b.name()) ? a.name() : a.name() + " -> " + b.name();
    }

    /** Lists the first items, and sums up the others by scope. */
    private <T> void section(
            String title, List<T> items, Function<T, String> line, Function<T, String> name, ToLongFunction<T> elements)
            throws IOException {
        if (items.isEmpty()) {
            return;
        }
        out.text("\n" + title + "\n");
        int shown = Math.min(items.size(), limit);
        for (T item : items.subList(0, shown)) {
            out.line("  " + line.apply(item));
        }
        List<T> others = items.subList(shown, items.size());
        if (!others.isEmpty()) {
            out.line("  … and " + Plural.of(others.size(), "tensor") + " more (--limit N shows N):");
            DiffScopes scopes = new DiffScopes(others.stream().map(name).toList());
            others.forEach(item -> scopes.add(name.apply(item), elements.applyAsLong(item)));
            scopes.write(out, limit);
        }
    }

    private static String columns() {
        return "\n  " + String.format(Locale.ROOT, COLUMNS, "change", "max |a-b|", "cosine", "elements", "tensor");
    }

    /** Returns the size of a change relative to B; changes without a size come first. */
    private static double size(TensorDifference tensor) {
        return tensor.relativeChange().orElse(Double.POSITIVE_INFINITY);
    }

    private String line(TensorDifference tensor) {
        String name = named(tensor.a(), tensor.b());
        if (tensor.different().isEmpty()) {
            return name + " (the checksums differ)";
        }
        String nan = tensor.nanA().orElse(0) + tensor.nanB().orElse(0) == 0
                ? ""
                : "  ! NaN: " + tensor.nanA().orElse(0) + " -> " + tensor.nanB().orElse(0);
        return String.format(
                Locale.ROOT,
                COLUMNS,
                tensor.relativeChange().isPresent()
                        ? percent(tensor.relativeChange().getAsDouble())
                        : "-",
                ShortNumber.of(tensor.maxAbsolute().orElse(null)),
                tensor.cosine().isPresent()
                        ? String.format(Locale.ROOT, "%.6f", tensor.cosine().getAsDouble())
                        : "-",
                ShortNumber.si(changedElements(tensor)) + " of " + ShortNumber.si(tensor.elements()),
                ShortNumber.fit(name, Math.max(12, WIDTH - COLUMNS_WIDTH - 4 - nan.length())) + nan);
    }

    private static String percent(double ratio) {
        if (ratio == 0) {
            return "0 %";
        }
        double percent = 100 * ratio;
        return percent < 1e-3 || percent >= 1e5
                ? String.format(Locale.ROOT, "%.1e %%", percent)
                : String.format(Locale.ROOT, percent < 1 ? "%.4f %%" : "%.1f %%", percent);
    }
}
