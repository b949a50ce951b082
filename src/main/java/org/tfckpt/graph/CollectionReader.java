package org.tfckpt.graph;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.tfckpt.graph.WireReader.Range;
import org.tfckpt.tensor.DataLossException;

/**
 * Reads the collections of a MetaGraphDef: which variables they hold, and what they say of them.
 *
 * <pre>
 * entry         1 key | 2 value
 * CollectionDef 1 node_list { 1 value (text) } | 2 bytes_list { 1 value (message) } | others
 * </pre>
 */
final class CollectionReader {
    private static final String GLOBAL = "variables";
    private static final String TRAINABLE = "trainable_variables";
    private static final String SAVERS = "savers";

    /** Collections that can hold nothing but variables. */
    private static final Set<String> OF_VARIABLES = Set.of(
            GLOBAL, TRAINABLE, "local_variables", "model_variables", "moving_average_variables", "metric_variables");

    private final WireReader in;
    private final Map<String, GraphVariable> variables;

    /** The collections that hold a variable, by its name. */
    private final Map<String, Set<String>> holders = new HashMap<>();

    /** What the collections say of a variable, by its name. */
    private final Map<String, VariableDef> definitions = new HashMap<>();

    private final TreeSet<String> keys = new TreeSet<>();
    private final List<SaverDef> savers = new ArrayList<>();

    CollectionReader(WireReader in, Map<String, GraphVariable> variables) {
        this.in = in;
        this.variables = variables;
    }

    Set<String> keys() {
        return keys;
    }

    List<SaverDef> savers() {
        return savers;
    }

    /** Reads all collections; of several of one key the last one counts, as in every map of protobuf. */
    void read(List<Range> entries) throws IOException {
        Map<String, Range> collections = new TreeMap<>();
        for (Range entry : entries) {
            in.seek(entry);
            String key = "";
            Range value = null;
            while (in.next()) {
                switch (in.field()) {
                    case 1 -> key = in.text();
                    case 2 -> value = in.message();
                    default -> in.skip();
                }
            }
            if (value == null) {
                collections.remove(key);
            } else {
                collections.put(key, value);
            }
            keys.add(key);
        }
        for (Map.Entry<String, Range> collection : collections.entrySet()) {
            in.seek(collection.getValue());
            collection(collection.getKey());
        }
    }

    private void collection(String key) throws IOException {
        while (in.next()) {
            switch (in.field()) {
                case 1 -> {
                    long outer = in.enter();
                    names(key);
                    in.leave(outer);
                }
                case 2 -> {
                    Range list = in.message();
                    long outer = in.enter(list);
                    messages(key);
                    in.leave(list, outer);
                }
                default -> in.skip();
            }
        }
    }

    private void names(String key) throws IOException {
        while (in.next()) {
            if (in.field() == 1) {
                hold(key, TensorName.nodeOf(in.textOf(in.message())));
            } else {
                in.skip();
            }
        }
    }

    private void hold(String key, String node) {
        if (variables.containsKey(node)) {
            holders.computeIfAbsent(node, none -> new TreeSet<>()).add(key);
        }
    }

    private void messages(String key) throws IOException {
        boolean certain = OF_VARIABLES.contains(key);
        while (in.next()) {
            if (in.field() != 1) {
                in.skip();
                continue;
            }
            Range value = in.message();
            long outer = in.enter(value);
            if (key.equals(SAVERS)) {
                savers.add(SaverDef.read(in));
            } else {
                try {
                    variable(key, VariableDef.read(in));
                } catch (DataLossException otherMessage) {
                    // Other collections hold other messages, or bytes that only a program understands.
                    if (certain) {
                        throw otherMessage;
                    }
                }
            }
            in.leave(value, outer);
        }
    }

    private void variable(String key, VariableDef definition) {
        String node = TensorName.nodeOf(definition.variable());
        if (variables.containsKey(node)) {
            hold(key, node);
            definitions.merge(node, definition, VariableDef::and);
        }
    }

    /** What is known of a variable now. */
    GraphVariable complete(GraphVariable variable) {
        GraphVariable.Facts facts = variable.facts();
        Set<String> collections = holders.getOrDefault(variable.name(), Set.of());
        VariableDef definition = definitions.getOrDefault(variable.name(), VariableDef.NONE);
        return variable.with(new GraphVariable.Facts(
                facts.sharedName(),
                Collections.unmodifiableSet(collections),
                trainable(collections, definition),
                emptyToNull(definition.initializer()),
                emptyToNull(definition.initialValue()),
                emptyToNull(definition.snapshot()),
                emptyToNull(definition.fullName()),
                definition.partition(),
                facts.optimizerSlot(),
                facts.objectNode()));
    }

    /** A file older than the field of VariableDef has the collection; one that has neither does not say. */
    private @Nullable Boolean trainable(Set<String> collections, VariableDef definition) {
        if (definition.trainable() || collections.contains(TRAINABLE)) {
            return true;
        }
        boolean says = keys.contains(TRAINABLE) || keys.contains(GLOBAL);
        return says ? Boolean.FALSE : null;
    }

    private static @Nullable String emptyToNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
