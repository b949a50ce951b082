package org.tfckpt.edit;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.FileFormat;
import org.tfckpt.Linking;
import org.tfckpt.Sharding;
import org.tfckpt.format.FormatWriter;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.restore.NameMapping;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.NamePattern;

/** The options of a rewrite while they are collected, as {@code Rewrite.Builder} describes them. */
final class RewriteRequest {
    private final List<Checkpoint> inputs;
    final List<NamePattern> includes = new ArrayList<>();
    final List<NamePattern> excludes = new ArrayList<>();
    final Map<String, String> pairs = new LinkedHashMap<>();

    /** All recipes and transpositions. */
    Recipe recipe = Recipe.NONE;

    /** All rules in the order in which they were added, those of recipes among them. */
    private @Nullable NameMapping rename;

    /** Whether some of these rules are not those of recipes. */
    boolean renames;

    @Nullable
    GraphFit fit;

    ClashPolicy clash = ClashPolicy.REFUSE;

    @Nullable
    DataType cast;

    @Nullable
    Sharding sharding;

    ByteOrder order;
    int alignment = 1;
    Linking linking = Linking.PREFERRED;
    /** Hugging Face's loaders require this entry. */
    final Map<String, String> metadata = new LinkedHashMap<>(Map.of("format", "pt"));

    FileFormat format = FileFormat.V2;
    boolean strict;
    boolean withoutSlots;
    boolean fullNames;
    boolean joinSlices;
    boolean salvage;
    boolean movingAverages;
    boolean partialAverages;

    @Nullable
    InputAverage inputAverage;

    RewriteRequest(List<Checkpoint> inputs) {
        this.inputs = List.copyOf(inputs);
        this.order = inputs.get(0).byteOrder();
    }

    void rename(NameMapping rules) {
        if (!rules.equals(NameMapping.NONE)) {
            rename = rename == null ? rules : rename.then(rules);
        }
    }

    RewritePlan plan() throws IOException {
        requireConsistent();
        Specification spec = specification();
        SalvageLosses losses = spec.losses();
        List<String> notes = new ArrayList<>();
        RecipeViews views = fit == null || recipe.isEmpty() ? null : RecipeViews.of(recipe, spec, notes::add);
        Specification selected = views == null ? spec : spec.of(views.checkpoints());
        PlannedTensors planned = new PlannedTensors(selected);
        if (losses != null) {
            losses.notes(!spec.filter().excludes(ObjectKeys.OBJECT_GRAPH)).forEach(planned::note);
        }
        notes.forEach(planned::note);
        if (spec.averages() != null && spec.averages().count() == 0) {
            planned.note("no variable has a moving average");
        }
        byte[] objectGraph =
                fit == null ? TensorSelection.run(spec, planned) : GraphSelection.run(selected, fit, planned);
        if (views != null) {
            planned.replaceAll(views::original);
        }
        for (Axes rule : spec.axes()) {
            if (planned.tensors().stream().noneMatch(tensor -> rule.appliesTo(tensor.source(), tensor.name()))) {
                planned.note(rule.idle());
            }
        }
        FormatWriter writer = spec.form().writer();
        return writer == null
                ? new RewritePlan(spec, planned.tensors(), planned.notes(), objectGraph)
                : new RewritePlan(spec, Export.fitting(spec, writer, planned), planned.notes(), null);
    }

    private Specification specification() throws IOException {
        SalvageLosses losses = salvage ? new SalvageLosses(inputs) : null;
        List<NamePattern> excluded = new ArrayList<>(excludes);
        if (fit == null) {
            excluded.addAll(recipe.excludes());
        }
        return new Specification(
                losses == null ? inputs : losses.intact(),
                losses,
                new Specification.Filter(List.copyOf(includes), List.copyOf(excluded)),
                withoutSlots,
                fit == null ? List.copyOf(recipe.axes()) : List.of(),
                Collections.unmodifiableMap(new LinkedHashMap<>(pairs)),
                rename,
                fullNames,
                fit,
                movingAverages ? MovingAverages.of(inputs, partialAverages) : null,
                inputAverage,
                clash,
                new Specification.Form(
                        Export.writer(format, metadata, sharding),
                        strict,
                        joinSlices,
                        cast,
                        sharding,
                        order,
                        alignment,
                        linking));
    }

    private void requireConsistent() {
        if (fit != null && (renames || withoutSlots || fullNames)) {
            throw new IllegalArgumentException("fitTo cannot be combined with rename, fullNames or withoutSlots: the"
                    + " graph determines names and variables");
        }
        if (format != FileFormat.V2 && linking != Linking.PREFERRED) {
            throw new IllegalArgumentException("data files of checkpoints cannot be linked or copied as " + format);
        }
        if ((format == FileFormat.NPZ || format == FileFormat.NPY) && sharding != null) {
            throw new IllegalArgumentException(format + " files cannot be sharded");
        }
        if (sharding != null && linking != Linking.PREFERRED) {
            throw new IllegalArgumentException(
                    "sharding rewrites the data files, so linking " + linking + " does not apply");
        }
        if (salvage && linking == Linking.REQUIRED) {
            throw new IllegalArgumentException("salvage cannot be combined with linking REQUIRED: linked data files"
                    + " would contain the damaged bytes");
        }
    }
}
