package org.tfckpt.edit;

import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.Linking;
import org.tfckpt.Sharding;
import org.tfckpt.graph.Graph;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.restore.NameMapping;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.NamePattern;
import org.tfckpt.tensor.Problem;

/**
 * The requested rewrite.
 *
 * @param inputs the checkpoints; when salvaging, their intact parts
 * @param losses the losses, or null if nothing is salvaged
 * @param filter the tensors to keep, by name
 * @param withoutSlots whether to drop optimizer slots
 * @param pairs the names that single tensors come from, by new name
 * @param rename the rules for new names, or null
 * @param target the graph to fit to, or null
 * @param clash the policy for equal names
 * @param form how the tensors are stored
 */
record Specification(
        List<Checkpoint> inputs,
        @Nullable SalvageLosses losses,
        Filter filter,
        boolean withoutSlots,
        Map<String, String> pairs,
        @Nullable NameMapping rename,
        @Nullable Target target,
        ClashPolicy clash,
        Form form) {

    /** The tensors to keep, by the patterns that their names match. */
    record Filter(List<NamePattern> includes, List<NamePattern> excludes) {
        boolean accepts(String name) {
            return (includes.isEmpty() || matches(includes, name)) && !excludes(name);
        }

        boolean excludes(String name) {
            return matches(excludes, name);
        }

        private static boolean matches(List<NamePattern> patterns, String name) {
            for (NamePattern pattern : patterns) {
                if (pattern.test(name)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** A graph, the rules from its names to those in the checkpoints, and whether its variables may be missing. */
    record Target(Graph graph, NameMapping from, boolean partial) {}

    /** How the tensors are stored; sharding is null to keep the data files of the inputs. */
    record Form(
            boolean joinSlices,
            @Nullable DataType cast,
            @Nullable Sharding sharding,
            ByteOrder order,
            int alignment,
            Linking linking) {}

    /** Returns the losses among requested tensors. A graph may request any tensor, so then every loss counts. */
    List<Problem> lost() {
        return losses == null
                ? List.of()
                : losses.problems()
                        .filter(problem -> target != null || isRequested(problem.tensor()))
                        .toList();
    }

    private boolean isRequested(@Nullable String tensor) {
        return tensor == null
                || (tensor.equals(ObjectKeys.OBJECT_GRAPH) ? !filter.excludes(tensor) : filter.accepts(tensor));
    }
}
