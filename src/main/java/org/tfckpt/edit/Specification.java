package org.tfckpt.edit;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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

/** What was asked for. */
final class Specification {
    List<Checkpoint> inputs;

    /** Null unless the inputs are what is intact of damaged ones. */
    @Nullable
    SalvageLosses losses;

    final List<NamePattern> includes = new ArrayList<>();
    final List<NamePattern> excludes = new ArrayList<>();
    /** From names wanted to names in the checkpoint. */
    final Map<String, String> pairs = new LinkedHashMap<>();

    boolean withoutSlots;
    boolean renames;
    NameMapping rename = NameMapping.NONE;

    @Nullable
    Graph graph;

    NameMapping from = NameMapping.NONE;
    boolean partial;
    Clash clash = Clash.REFUSE;
    boolean whole;

    @Nullable
    DataType cast;

    @Nullable
    Sharding sharding;

    @Nullable
    ByteOrder order;

    int alignment = 1;

    Linking linking = Linking.PREFERRED;

    Specification(List<Checkpoint> inputs) {
        this.inputs = List.copyOf(inputs);
    }

    boolean accepts(String name) {
        return (includes.isEmpty() || matches(includes, name)) && !matches(excludes, name);
    }

    boolean excludes(String name) {
        return matches(excludes, name);
    }

    /** What is lost and was wanted; a graph wants by other names, so that nothing is left out for it. */
    List<Problem> lost() {
        return losses == null
                ? List.of()
                : losses.problems()
                        .filter(problem -> graph != null || isWanted(problem.tensor()))
                        .toList();
    }

    private boolean isWanted(@Nullable String tensor) {
        return tensor == null || (tensor.equals(ObjectKeys.OBJECT_GRAPH) ? !excludes(tensor) : accepts(tensor));
    }

    private static boolean matches(List<NamePattern> patterns, String name) {
        for (NamePattern pattern : patterns) {
            if (pattern.test(name)) {
                return true;
            }
        }
        return false;
    }

    /** The byte order of the values to come. */
    ByteOrder targetOrder() {
        return order == null ? inputs.get(0).byteOrder() : order;
    }
}
