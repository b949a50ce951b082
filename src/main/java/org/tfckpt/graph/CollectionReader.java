package org.tfckpt.graph;

import com.google.protobuf.ByteString;
import com.google.protobuf.DiscardUnknownFieldsParser;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Parser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.tfckpt.graph.GraphInput.FieldHandler;
import org.tfckpt.graph.GraphInput.Range;
import org.tfckpt.proto.CollectionDef;
import org.tfckpt.proto.SaveSliceInfoDef;
import org.tfckpt.proto.SaverDef;
import org.tfckpt.proto.VariableDef;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.ShapeAndSlice;
import org.tfckpt.tensor.TensorSlice;

/** Reads the collections of a MetaGraphDef: the variables in them and their definitions. */
final class CollectionReader {
    private static final String GLOBAL = "variables";
    private static final String TRAINABLE = "trainable_variables";
    private static final String SAVERS = "savers";

    /** Collections that only contain variables. */
    private static final Set<String> OF_VARIABLES = Set.of(
            GLOBAL, TRAINABLE, "local_variables", "model_variables", "moving_average_variables", "metric_variables");

    private static final Parser<VariableDef> VARIABLE = DiscardUnknownFieldsParser.wrap(VariableDef.parser());
    private static final Parser<SaverDef> SAVER = DiscardUnknownFieldsParser.wrap(SaverDef.parser());

    private final GraphInput in;
    private final Map<String, GraphVariable.Builder> variables;

    /** The collections that contain a variable, by its name. */
    private final Map<String, Set<String>> holders = new HashMap<>();

    /** The definitions of variables in the collections, by the name of the variable. */
    private final Map<String, VariableDef> definitions = new HashMap<>();

    private final List<SaverDef> savers = new ArrayList<>();

    CollectionReader(GraphInput in, Map<String, GraphVariable.Builder> variables) {
        this.in = in;
        this.variables = variables;
    }

    /** Reads all collections and completes the variables. Returns the savers among them. */
    List<SaverDef> read(Map<String, Range> collections) throws IOException {
        for (Map.Entry<String, Range> collection : collections.entrySet()) {
            String key = collection.getKey();
            FieldHandler node = field -> {
                if (field == CollectionDef.NodeList.VALUE_FIELD_NUMBER) {
                    hold(key, TensorName.nodeOf(Protos.name(in.bytes())));
                } else {
                    in.skip();
                }
            };
            FieldHandler message = field -> {
                if (field == CollectionDef.BytesList.VALUE_FIELD_NUMBER) {
                    message(key, in.bytes());
                } else {
                    in.skip();
                }
            };
            in.walk(collection.getValue(), field -> {
                switch (field) {
                    case CollectionDef.NODE_LIST_FIELD_NUMBER -> in.walk(node);
                    case CollectionDef.BYTES_LIST_FIELD_NUMBER -> in.walk(message);
                    default -> in.skip();
                }
            });
        }
        boolean statesTrainable = collections.containsKey(TRAINABLE) || collections.containsKey(GLOBAL);
        for (GraphVariable.Builder variable : variables.values()) {
            complete(variable, statesTrainable);
        }
        return savers;
    }

    private void hold(String key, String node) {
        if (variables.containsKey(node)) {
            holders.computeIfAbsent(node, none -> new TreeSet<>()).add(key);
        }
    }

    private void message(String key, ByteString bytes) throws IOException {
        if (key.equals(SAVERS)) {
            savers.add(SAVER.parseFrom(bytes));
            return;
        }
        try {
            VariableDef definition = VARIABLE.parseFrom(bytes);
            partition(definition);
            String node = TensorName.nodeOf(definition.getVariableName());
            hold(key, node);
            if (variables.containsKey(node)) {
                definitions.merge(node, definition, CollectionReader::merge);
            }
        } catch (InvalidProtocolBufferException | DataLossException otherMessage) {
            // Other collections hold other messages, or bytes that only a program understands.
            if (OF_VARIABLES.contains(key)) {
                throw otherMessage;
            }
        }
    }

    /** Returns the first definition, with the fields that only the second one has. */
    private static VariableDef merge(VariableDef first, VariableDef second) {
        VariableDef.Builder merged = second.toBuilder();
        if (first.hasSaveSliceInfoDef()) {
            merged.clearSaveSliceInfoDef();
        }
        return merged.mergeFrom(first).build();
    }

    private void complete(GraphVariable.Builder variable, boolean statesTrainable) throws IOException {
        variable.collections = holders.getOrDefault(variable.name, Set.of());
        variable.definition = definitions.getOrDefault(variable.name, variable.definition);
        variable.partition = partition(variable.definition);
        if (variable.definition.getTrainable() || variable.collections.contains(TRAINABLE)) {
            // A file that is older than the field has the collection.
            variable.trainable = true;
        } else {
            variable.trainable = statesTrainable ? Boolean.FALSE : null;
        }
    }

    /** Returns the part of a partitioned variable that a definition describes; null if it is not a part. */
    private @Nullable ShapeAndSlice partition(VariableDef definition) throws IOException {
        SaveSliceInfoDef part = definition.getSaveSliceInfoDef();
        if (part.getFullShapeCount() == 0 && part.getVarOffsetCount() == 0 && part.getVarShapeCount() == 0) {
            return null;
        }
        if (part.getVarOffsetCount() != part.getVarShapeCount()) {
            throw in.failure(
                    "A part of '" + part.getFullName() + "' has " + part.getVarOffsetCount() + " offsets but "
                            + part.getVarShapeCount() + " sizes",
                    -1);
        }
        Shape whole = Shape.of(longs(part.getFullShapeList()));
        TensorSlice slice = TensorSlice.ofExtents(longs(part.getVarOffsetList()), longs(part.getVarShapeList()));
        if (!slice.fits(whole)) {
            throw in.failure(
                    "The part " + slice + " is outside the variable '" + part.getFullName() + "' of shape " + whole,
                    -1);
        }
        return new ShapeAndSlice(whole, slice);
    }

    private static long[] longs(List<Long> list) {
        return list.stream().mapToLong(Long::longValue).toArray();
    }
}
