package org.tfckpt.testing;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.List;
import org.tfckpt.proto.TrackableObjectGraph;
import org.tfckpt.proto.TrackableObjectGraph.TrackableObject;
import org.tfckpt.tensor.TensorNames;

/** Builds object graphs, valid or hostile. */
public final class Graphs {
    private final List<TrackableObject.Builder> nodes = new ArrayList<>();

    public Graphs(int size) {
        for (int i = 0; i < size; i++) {
            nodes.add(TrackableObject.newBuilder());
        }
    }

    public Graphs edge(int from, String name, int to) {
        nodes.get(from).addChildrenBuilder().setLocalName(bytes(name)).setNodeId(to);
        return this;
    }

    public Graphs attribute(int node, String name, String fullName, String key) {
        nodes.get(node)
                .addAttributesBuilder()
                .setName(bytes(name))
                .setFullName(bytes(fullName))
                .setCheckpointKey(bytes(key));
        return this;
    }

    /** Adds the attribute of a variable. */
    public Graphs value(int node, String fullName, String key) {
        return attribute(node, "VARIABLE_VALUE", fullName, key);
    }

    public Graphs slot(int optimizer, int variable, String name, int slot) {
        nodes.get(optimizer)
                .addSlotVariablesBuilder()
                .setOriginalVariableNodeId(variable)
                .setSlotName(bytes(name))
                .setSlotVariableNodeId(slot);
        return this;
    }

    public Graphs saver(int node, String name, String objectName) {
        nodes.get(node).getRegisteredSaverBuilder().setName(bytes(name)).setObjectName(bytes(objectName));
        return this;
    }

    private static ByteString bytes(String name) {
        return ByteString.copyFrom(TensorNames.encode(name));
    }

    public TrackableObjectGraph build() {
        TrackableObjectGraph.Builder graph = TrackableObjectGraph.newBuilder();
        nodes.forEach(graph::addNodes);
        return graph.build();
    }
}
