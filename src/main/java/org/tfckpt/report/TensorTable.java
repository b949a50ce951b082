package org.tfckpt.report;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.objects.ObjectGraph;
import org.tfckpt.objects.ObjectKeys;
import org.tfckpt.slots.OptimizerSlots;
import org.tfckpt.slots.TensorRole;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.TensorInfo;

/** The tensors of the page: at most {@link #LIMIT}, the largest ones, by name. The others are summed up by scope. */
final class TensorTable {
    static final int LIMIT = 100_000;

    private static final int MAX_SCOPES = 1000;
    private static final String OTHER_SCOPES = "";

    /** Larger comes later; of equal sizes, the one that was read last comes first and is left out. */
    private static final Comparator<Row> BY_SIZE =
            Comparator.comparingLong((Row row) -> row.info.byteSize()).thenComparing(row -> -row.index);

    private final List<Row> rows = new ArrayList<>();
    private final Map<String, Integer> byName = new HashMap<>();
    private final Totals all = new Totals();
    private final Map<TensorRole.Kind, Totals> roles = new LinkedHashMap<>();
    private final Map<String, Totals> dtypes = new LinkedHashMap<>();
    private final Map<String, Totals> rest = new LinkedHashMap<>();
    private @Nullable ObjectGraph graph;

    /** A tensor; the index is its position in the checkpoint. */
    record Row(TensorInfo info, TensorRole role, long index) {}

    /** Counts of tensors, elements and bytes. */
    static final class Totals {
        private long tensors;
        private long parameters;
        private long bytes;

        void add(TensorInfo info) {
            tensors++;
            parameters = saturated(parameters, info.shape().elementCount().orElse(0));
            bytes = saturated(bytes, Math.max(0, info.byteSize()));
        }

        /** A damaged index may state any sizes. */
        private static long saturated(long a, long b) {
            return a + b < 0 ? Long.MAX_VALUE : a + b;
        }

        long tensors() {
            return tensors;
        }

        void write(Columns out) throws IOException {
            out.number("tensors", tensors);
            out.number("parameters", parameters);
            out.number("bytes", bytes);
        }
    }

    static TensorTable read(Checkpoint checkpoint, Predicate<String> selection, List<Problem> problems)
            throws IOException {
        TensorTable table = new TensorTable();
        OptimizerSlots slots = table.slots(checkpoint, problems);
        PriorityQueue<Row> largest = new PriorityQueue<>(BY_SIZE);
        Iterator<TensorInfo> tensors = checkpoint.tensorIterator();
        while (tensors.hasNext()) {
            TensorInfo info = tensors.next();
            if (selection.test(info.name())) {
                largest.add(table.add(info, slots.roleOf(info)));
                if (largest.size() > LIMIT) {
                    table.leaveOut(largest.remove().info);
                }
            }
        }
        table.rows.addAll(largest);
        table.rows.sort(Comparator.comparingLong(Row::index));
        for (int i = 0; i < table.rows.size(); i++) {
            table.byName.put(table.rows.get(i).info.name(), i);
        }
        return table;
    }

    private OptimizerSlots slots(Checkpoint checkpoint, List<Problem> problems) throws IOException {
        Optional<ObjectGraph> objects = Optional.empty();
        try {
            objects = checkpoint.availableObjectGraph();
        } catch (DataLossException e) {
            if (problems.stream().noneMatch(problem -> ObjectKeys.OBJECT_GRAPH.equals(problem.tensor()))) {
                problems.add(e.toProblem());
            }
        }
        graph = objects.orElse(null);
        return OptimizerSlots.of(checkpoint::find, objects);
    }

    private Row add(TensorInfo info, TensorRole role) {
        all.add(info);
        roles.computeIfAbsent(role.kind(), kind -> new Totals()).add(info);
        dtypes.computeIfAbsent(DataType.enumName(info.dtypeNumber()), dtype -> new Totals())
                .add(info);
        return new Row(info, role, all.tensors);
    }

    private void leaveOut(TensorInfo info) {
        int first = info.name().indexOf('/');
        int second = info.name().indexOf('/', first + 1);
        String scope = first < 0 ? OTHER_SCOPES : info.name().substring(0, second < 0 ? first : second);
        boolean full = rest.size() >= MAX_SCOPES && !rest.containsKey(scope);
        rest.computeIfAbsent(full ? OTHER_SCOPES : scope, text -> new Totals()).add(info);
    }

    List<Row> rows() {
        return rows;
    }

    /** Returns the row of a tensor; −1 if it has none. */
    int indexOf(String name) {
        return byName.getOrDefault(name, -1);
    }

    Totals all() {
        return all;
    }

    Map<TensorRole.Kind, Totals> roles() {
        return roles;
    }

    Map<String, Totals> dtypes() {
        return dtypes;
    }

    /** Returns what is left out, by scope. */
    Map<String, Totals> rest() {
        return rest;
    }

    /** Returns the path of the object that a tensor belongs to, if its key does not begin with it. */
    Optional<String> otherObjectPath(TensorInfo info) {
        ObjectGraph objects = graph;
        return objects == null
                ? Optional.empty()
                : objects.attributeOf(info.name())
                        .flatMap(attribute -> objects.pathOf(attribute.node()))
                        .filter(path -> !info.name().startsWith(path + ObjectKeys.ATTRIBUTES));
    }
}
