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
final class DiffText {
    private static final int BAR = 40;
    private static final int WIDTH = 100;
    private static final String COLUMNS = "%9s  %10s  %9s  %14s  %s";
    private static final int COLUMNS_WIDTH = 50;

    private final Output out;
    private final Style style;
    private final int limit;

    DiffText(Output out, Style style, int limit) {
        this.out = out;
        this.style = style;
        this.limit = limit;
    }

    static long parameters(TensorInfo info) {
        return info.shape().elementCount().orElse(0);
    }

    void write(Differences differences, long parameters) throws IOException {
        summary(differences, parameters);
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
        changed(differences.values());
        section(
                "not compared:",
                differences.notCompared(),
                tensor -> tensor.a().toString(),
                tensor -> tensor.a().name(),
                tensor -> parameters(tensor.a()));
    }

    private void summary(Differences differences, long parameters) throws IOException {
        long removed = sum(differences.onlyA());
        long added = sum(differences.onlyB());
        long changed = 0;
        for (TensorDifference tensor : differences.values()) {
            changed += tensor.different().orElse(tensor.elements());
        }
        for (Differences.Pair pair : differences.shapes()) {
            changed += parameters(pair.a());
        }
        long all = parameters + added;
        int[] parts = {part(removed, all), part(added, all), part(changed, all)};
        int equal = BAR - parts[0] - parts[1] - parts[2];
        for (int i = 0; equal < 0; i = (i + 1) % parts.length) {
            if (parts[i] > 1) {
                parts[i]--;
                equal++;
            }
        }
        out.text(style.bad("-".repeat(parts[0])) + style.good("+".repeat(parts[1]))
                + style.changed("#".repeat(parts[2])) + style.faint("=".repeat(equal)) + "\n");
        out.line(Plural.of(differences.same(), "tensor") + " the same (=), "
                + differences.values().size() + " changed (#), "
                + differences.shapes().size() + " reshaped, "
                + differences.onlyB().size() + " added (+), "
                + differences.onlyA().size() + " removed (-); " + ShortNumber.percent(changed, all) + " of "
                + ShortNumber.si(all) + " parameters changed");
    }

    private static long sum(List<TensorInfo> tensors) {
        return tensors.stream().mapToLong(DiffText::parameters).sum();
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
        int shown = items.size() <= limit ? items.size() : limit;
        for (T item : items.subList(0, shown)) {
            out.line("  " + line.apply(item));
        }
        List<T> others = items.subList(shown, items.size());
        if (!others.isEmpty()) {
            out.line("  … and " + Plural.of(others.size(), "tensor") + " more (--limit N shows N):");
            DiffScopes scopes = new DiffScopes();
            others.forEach(item -> scopes.add(name.apply(item), elements.applyAsLong(item)));
            scopes.write(out, limit);
        }
    }

    private void changed(List<TensorDifference> values) throws IOException {
        if (values.isEmpty()) {
            return;
        }
        List<TensorDifference> largest = new ArrayList<>(values);
        largest.sort(Comparator.comparingDouble((TensorDifference tensor) -> -size(tensor)));
        section(
                "changed, the largest first:" + (values.get(0).different().isEmpty() ? "" : columns()),
                largest,
                this::line,
                tensor -> tensor.a().name(),
                tensor -> tensor.different().orElse(tensor.elements()));
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
                ShortNumber.si(tensor.different().getAsLong()) + " of " + ShortNumber.si(tensor.elements()),
                ShortNumber.fit(name, Math.max(12, WIDTH - COLUMNS_WIDTH - 4 - nan.length())) + nan);
    }

    private static String percent(double ratio) {
        double percent = 100 * ratio;
        return percent < 1e-3 || percent >= 1e5
                ? String.format(Locale.ROOT, "%.1e %%", percent)
                : String.format(Locale.ROOT, percent < 1 ? "%.4f %%" : "%.1f %%", percent);
    }
}
