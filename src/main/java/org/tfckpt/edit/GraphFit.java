package org.tfckpt.edit;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.graph.Graph;
import org.tfckpt.restore.NameMapping;

/**
 * Describes how a checkpoint is fitted to a graph that has changed since: which variables the graph has, where they
 * come from, and what happens to those that do not fit. Immutable; each method returns a changed copy.
 *
 * <pre>{@code
 * try (Checkpoint log = Checkpoint.open(Path.of("log/model.ckpt-122543"));
 *     Checkpoint newModel = Checkpoint.open(Path.of("new/model.ckpt"))) {
 *   GraphFit fit = GraphFit.to(Graph.open(Path.of("new/model.ckpt.meta")))
 *       .from(NameMapping.sed("s#^init/#input/#"))
 *       .fillFrom(newModel)
 *       .resize();
 *   Rewrite.of(log).fitTo(fit).build().run(Path.of("fitted/model.ckpt"));
 * }
 * }</pre>
 *
 * <p>For each variable, the first of these that exists is used:
 *
 * <ol>
 *   <li>a tensor of the sources with the variable's shape and dtype, as the rules map its name;
 *   <li>with {@link #resize}, the part of such a tensor that fits, if only the sizes of its dimensions differ;
 *   <li>with {@link #fillFrom}, the tensor of the other checkpoint.
 * </ol>
 *
 * <p>Without any of them, planning the rewrite fails unless {@link #allowMissing} was called. The dtype of a variable
 * is never changed, except by {@link Rewrite.Builder#cast}.
 */
public final class GraphFit {
    private final @Nullable Graph graph;
    private final @Nullable Checkpoint template;
    private final NameMapping rules;
    private final boolean partial;
    private final @Nullable Checkpoint fill;
    private final boolean resize;

    private GraphFit(
            @Nullable Graph graph,
            @Nullable Checkpoint template,
            NameMapping rules,
            boolean partial,
            @Nullable Checkpoint fill,
            boolean resize) {
        this.graph = graph;
        this.template = template;
        this.rules = rules;
        this.partial = partial;
        this.fill = fill;
        this.resize = resize;
    }

    /**
     * Fits to the variables of a graph, under the names by which it restores them. If the graph is a TF2 SavedModel or
     * an object-based checkpoint, use its {@link Graph#checkpoint()} as a {@linkplain #to(Checkpoint) template}:
     * otherwise the object graph remains that of the sources.
     *
     * @param graph the graph
     * @return a fit without rules
     * @throws IllegalArgumentException if only some variables of the graph are known
     */
    public static GraphFit to(Graph graph) {
        if (graph.isPartial()) {
            throw new IllegalArgumentException("'" + graph.file() + "' is the message of a failed restore, which names"
                    + " only some variables of the graph; use a list of all of them, a .meta file, a SavedModel, or a"
                    + " checkpoint that the new model saved");
        }
        return new GraphFit(graph, null, NameMapping.NONE, false, null, false);
    }

    /**
     * Fits to the tensors of another checkpoint, under its names. If it is object-based (TF2), so is the result: it has
     * the object graph of the template, and each of its variables is looked up by its full name, its path and its key,
     * whichever finds most variables first. Slots of optimizers are also found by the names that TF1 gives them
     * ({@code dense/kernel/Adam_1}). The save counter, and values that are not variables, such as the configurations of
     * Keras layers, are the template's.
     *
     * @param template an open checkpoint of the new model, whose values are not used otherwise. The caller closes it
     *     after running the rewrite
     * @return a fit without rules
     */
    public static GraphFit to(Checkpoint template) {
        return new GraphFit(null, Objects.requireNonNull(template), NameMapping.NONE, false, null, false);
    }

    /**
     * Maps names.
     *
     * @param newRules rules from names in the graph to names in the sources; full names, for an object-based template
     * @return the changed copy
     */
    public GraphFit from(NameMapping newRules) {
        return new GraphFit(graph, template, newRules, partial, fill, resize);
    }

    /**
     * Omits variables that are missing or do not fit, also from the object graph of a template. By default
     * {@link Rewrite.Builder#build} throws.
     *
     * @return the changed copy
     */
    public GraphFit allowMissing() {
        return new GraphFit(graph, template, rules, true, fill, resize);
    }

    /**
     * Takes variables that are missing, do not fit or are not selected from another checkpoint, so that the result is
     * complete: usually from one that the new model saved before it was trained. Patterns of
     * {@link Rewrite.Builder#include} and {@link Rewrite.Builder#exclude} then select what is taken from the sources. If
     * the graph does not state the dtype or shape of a variable, those of this checkpoint apply.
     *
     * @param checkpoint an open checkpoint that has the graph's own names; rules are not applied to it. The caller
     *     closes it after running the rewrite
     * @return the changed copy
     */
    public GraphFit fillFrom(Checkpoint checkpoint) {
        return new GraphFit(graph, template, rules, partial, Objects.requireNonNull(checkpoint), resize);
    }

    /**
     * Resizes tensors whose rank and dtype are those of the variable but whose shape is not, such as the last layer of
     * a model with more classes: the old values are kept where both shapes overlap, that is up to the smaller size of
     * each dimension. All other values are those of {@link #fillFrom} or, without it, zeros or empty strings.
     *
     * @return the changed copy
     */
    public GraphFit resize() {
        return new GraphFit(graph, template, rules, partial, fill, true);
    }

    /** Returns the graph, if there is no template. */
    Graph graphOrThrow() {
        return Objects.requireNonNull(graph);
    }

    /** Returns whether variables are restored through the object graph of a checkpoint. */
    boolean needsObjectGraph() {
        return graph != null
                && graph.isObjectBased()
                && !graph.objectVariables().isEmpty();
    }

    @Nullable
    Checkpoint template() {
        return template;
    }

    NameMapping rules() {
        return rules;
    }

    boolean isPartial() {
        return partial;
    }

    @Nullable
    Checkpoint fill() {
        return fill;
    }

    boolean resizes() {
        return resize;
    }

    /** Returns whether every variable has to be found in the sources as it is. */
    boolean isStrict() {
        return !partial && fill == null && !resize;
    }

    /** Returns the checkpoints other than the sources: the one to fill from, and the template if it is another one. */
    List<Checkpoint> others() {
        List<Checkpoint> others = new ArrayList<>(2);
        if (fill != null) {
            others.add(fill);
        }
        if (template != null && (fill == null || !template.prefix().equals(fill.prefix()))) {
            others.add(template);
        }
        return others;
    }
}
