package org.tfckpt.testing;

import java.util.ArrayList;
import java.util.List;
import org.tfckpt.proto.TrackableObjectGraph;
import org.tfckpt.proto.TrackableObjectGraph.TrackableObject;

/** Makes object graphs, right or hostile. */
public final class Graphs {
    private final List<TrackableObject.Builder> nodes = new ArrayList<>();

    public Graphs(int size) {
        for (int i = 0; i < size; i++) {
            nodes.add(TrackableObject.newBuilder());
        }
    }

    public Graphs edge(int from, String name, int to) {
        nodes.get(from).addChildrenBuilder().setLocalName(name).setNodeId(to);
        return this;
    }

    public Graphs attribute(int node, String name, String fullName, String key) {
        nodes.get(node)
                .addAttributesBuilder()
                .setName(name)
                .setFullName(fullName)
                .setCheckpointKey(key);
        return this;
    }

    /** The attribute of a variable. */
    public Graphs value(int node, String fullName, String key) {
        return attribute(node, "VARIABLE_VALUE", fullName, key);
    }

    public Graphs slot(int optimizer, int variable, String name, int slot) {
        nodes.get(optimizer)
                .addSlotVariablesBuilder()
                .setOriginalVariableNodeId(variable)
                .setSlotName(name)
                .setSlotVariableNodeId(slot);
        return this;
    }

    public Graphs saver(int node, String name, String objectName) {
        nodes.get(node).getRegisteredSaverBuilder().setName(name).setObjectName(objectName);
        return this;
    }

    public TrackableObjectGraph build() {
        TrackableObjectGraph.Builder graph = TrackableObjectGraph.newBuilder();
        nodes.forEach(graph::addNodes);
        return graph.build();
    }
}
