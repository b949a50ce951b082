package org.tfckpt.graph;

import com.google.protobuf.CodedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.tfckpt.graph.GraphInput.Range;
import org.tfckpt.objects.ObjectGraph;
import org.tfckpt.proto.SavedObject;
import org.tfckpt.proto.SavedObjectGraph;
import org.tfckpt.proto.SavedVariable;
import org.tfckpt.proto.TrackableObjectGraph;
import org.tfckpt.proto.TrackableObjectGraph.TrackableObject;
import org.tfckpt.proto.TrackableObjectGraph.TrackableObject.ObjectReference;
import org.tfckpt.proto.TrackableObjectGraph.TrackableObject.SlotVariableReference;
import org.tfckpt.tensor.ErrorContext;

/** Reads the object graph of a TF2 SavedModel, which has the edges and slots of a checkpoint's, and variables. */
final class SavedObjects {
    private final GraphInput in;

    /** The objects as those of a checkpoint. */
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private final CodedOutputStream nodes = CodedOutputStream.newInstance(bytes);
    private final List<GraphVariable.Builder> variables = new ArrayList<>();
    private int count;

    /** Compared as unsigned, so that negative ids are too large. */
    private int largestId;

    private SavedObjects(GraphInput in) {
        this.in = in;
    }

    static @Nullable GraphObjects read(GraphInput in, List<Range> graphs) throws IOException {
        return graphs.isEmpty() ? null : new SavedObjects(in).read(graphs);
    }

    private GraphObjects read(List<Range> graphs) throws IOException {
        for (Range graph : graphs) {
            in.walk(graph, field -> {
                if (field == SavedObjectGraph.NODES_FIELD_NUMBER) {
                    add(in.message(SavedObject.parser()));
                } else {
                    in.skip();
                }
            });
        }
        if (count == 0) {
            add(SavedObject.getDefaultInstance());
        }
        if (Integer.compareUnsigned(largestId, count) >= 0) {
            throw in.failure("The object graph has " + count + " objects but refers to object " + largestId, -1);
        }
        nodes.flush();
        ObjectGraph graph = ObjectGraph.parse(bytes.toByteArray(), ErrorContext.NONE);
        List<GraphVariable> built = new ArrayList<>();
        for (GraphVariable.Builder variable : variables) {
            variable.optimizerSlot = graph.slotOf(variable.objectNode).isPresent();
            built.add(variable.build());
        }
        return new GraphObjects(graph, Variables.of(built), Map.of());
    }

    private void add(SavedObject object) throws IOException {
        for (ObjectReference child : object.getChildrenList()) {
            see(child.getNodeId());
        }
        for (SlotVariableReference slot : object.getSlotVariablesList()) {
            see(slot.getOriginalVariableNodeId());
            see(slot.getSlotVariableNodeId());
        }
        TrackableObject node = TrackableObject.newBuilder()
                .addAllChildren(object.getChildrenList())
                .addAllSlotVariables(object.getSlotVariablesList())
                .build();
        nodes.writeMessage(TrackableObjectGraph.NODES_FIELD_NUMBER, node);
        if (object.hasVariable()) {
            SavedVariable variable = object.getVariable();
            GraphVariable.Builder builder = new GraphVariable.Builder(
                    variable.getName(), "VarHandleOp", variable.getDtypeValue(), Protos.shape(variable.getShape()));
            builder.trainable = variable.getTrainable();
            builder.objectNode = count;
            variables.add(builder);
        }
        count++;
    }

    private void see(int id) {
        largestId = Integer.compareUnsigned(id, largestId) > 0 ? id : largestId;
    }
}
