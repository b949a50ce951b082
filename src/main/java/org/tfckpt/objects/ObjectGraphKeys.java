package org.tfckpt.objects;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.tfckpt.proto.TrackableObjectGraph;
import org.tfckpt.proto.TrackableObjectGraph.TrackableObject;
import org.tfckpt.proto.TrackableObjectGraph.TrackableObject.SerializedTensor;
import org.tfckpt.proto.TrackableObjectGraph.TrackableObject.SlotVariableReference;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.TensorNames;

/** Replaces the keys in an object graph. Everything else stays, including unknown fields. */
final class ObjectGraphKeys {
    /** Protobuf's limit, which applied to each message of a node when the graph was checked. */
    private static final int RECURSION_LIMIT = 100;

    private final TrackableObjectGraph.Builder graph;
    /** The nodes that lost all their values. */
    private final BitSet emptied = new BitSet();

    private ObjectGraphKeys(TrackableObjectGraph graph) {
        this.graph = graph.toBuilder();
    }

    static byte[] rewritten(byte[] graph, Function<String, Optional<String>> keys) {
        try {
            CodedInputStream in = CodedInputStream.newInstance(graph);
            in.setRecursionLimit(2 * RECURSION_LIMIT);
            return new ObjectGraphKeys(TrackableObjectGraph.parseFrom(in)).run(keys);
        } catch (IOException e) {
            throw new AssertionError("the graph was parsed before", e);
        }
    }

    private byte[] run(Function<String, Optional<String>> keys) throws DataLossException {
        for (int id = 0; id < graph.getNodesCount(); id++) {
            replaceKeys(id, keys);
        }
        for (int id = 0; id < graph.getNodesCount(); id++) {
            removeEmptiedSlots(id);
        }
        updateHasValues();
        return graph.build().toByteArray();
    }

    private void replaceKeys(int id, Function<String, Optional<String>> keys) {
        TrackableObject node = graph.getNodes(id);
        List<SerializedTensor> kept = new ArrayList<>();
        for (SerializedTensor attribute : node.getAttributesList()) {
            String old = ObjectGraphBytes.name(attribute.getCheckpointKey());
            keys.apply(old)
                    .map(key -> key.equals(old) ? attribute : withKey(attribute, key))
                    .ifPresent(kept::add);
        }
        if (!kept.equals(node.getAttributesList())) {
            graph.setNodes(id, node.toBuilder().clearAttributes().addAllAttributes(kept));
            emptied.set(id, kept.isEmpty());
        }
    }

    private static SerializedTensor withKey(SerializedTensor attribute, String key) {
        return attribute.toBuilder()
                .setCheckpointKey(ByteString.copyFrom(TensorNames.encode(key)))
                .build();
    }

    /** Removes the slots of optimizers that no longer have values. */
    private void removeEmptiedSlots(int id) {
        TrackableObject node = graph.getNodes(id);
        List<SlotVariableReference> kept = node.getSlotVariablesList().stream()
                .filter(slot -> !emptied.get(slot.getSlotVariableNodeId()))
                .toList();
        if (kept.size() < node.getSlotVariablesCount()) {
            graph.setNodes(id, node.toBuilder().clearSlotVariables().addAllSlotVariables(kept));
        }
    }

    /** Updates has_checkpoint_values where it is present: older releases of TensorFlow do not write it. */
    private void updateHasValues() throws DataLossException {
        BitSet having = ObjectValues.of(ObjectGraphBytes.read(graph.build().toByteArray(), ErrorContext.NONE));
        for (int id = 0; id < graph.getNodesCount(); id++) {
            TrackableObject node = graph.getNodes(id);
            if (node.hasHasCheckpointValues() && node.getHasCheckpointValues().getValue() != having.get(id)) {
                TrackableObject.Builder updated = node.toBuilder();
                updated.getHasCheckpointValuesBuilder().setValue(having.get(id));
                graph.setNodes(id, updated);
            }
        }
    }
}
