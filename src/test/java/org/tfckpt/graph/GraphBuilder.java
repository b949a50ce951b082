package org.tfckpt.graph;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.tfckpt.proto.AttrValue;
import org.tfckpt.proto.CollectionDef;
import org.tfckpt.proto.DataType;
import org.tfckpt.proto.GraphDef;
import org.tfckpt.proto.MetaGraphDef;
import org.tfckpt.proto.NodeDef;
import org.tfckpt.proto.SaverDef;
import org.tfckpt.proto.TensorProto;
import org.tfckpt.proto.TensorShapeProto;
import org.tfckpt.proto.VariableDef;
import org.tfckpt.proto.VersionDef;

/** Makes graphs by protobuf itself. */
final class GraphBuilder {
    private final GraphDef.Builder graph =
            GraphDef.newBuilder().setVersions(VersionDef.newBuilder().setProducer(134));
    private final MetaGraphDef.Builder meta = MetaGraphDef.newBuilder();

    static TensorShapeProto shape(long... dimensions) {
        TensorShapeProto.Builder shape = TensorShapeProto.newBuilder();
        for (long dimension : dimensions) {
            shape.addDim(TensorShapeProto.Dim.newBuilder().setSize(dimension));
        }
        return shape.build();
    }

    static final TensorShapeProto UNKNOWN =
            TensorShapeProto.newBuilder().setUnknownRank(true).build();

    GraphBuilder node(NodeDef.Builder node) {
        graph.addNode(node);
        return this;
    }

    GraphBuilder node(String name, String op, String... inputs) {
        return node(NodeDef.newBuilder().setName(name).setOp(op).addAllInput(List.of(inputs)));
    }

    private static NodeDef.AttrEntry.Builder attr(String key, AttrValue.Builder value) {
        return NodeDef.AttrEntry.newBuilder().setKey(key).setValue(value);
    }

    GraphBuilder variable(String name, String op, DataType dtype, TensorShapeProto shape) {
        return node(NodeDef.newBuilder()
                .setName(name)
                .setOp(op)
                .addAttr(attr("dtype", AttrValue.newBuilder().setType(dtype)))
                .addAttr(attr("shape", AttrValue.newBuilder().setShape(shape)))
                .addAttr(attr("shared_name", AttrValue.newBuilder().setS(ByteString.EMPTY))));
    }

    GraphBuilder strings(String name, int size, String... values) {
        TensorProto.Builder tensor =
                TensorProto.newBuilder().setDtype(DataType.DT_STRING).setTensorShape(shape(size));
        for (String value : values) {
            tensor.addStringVal(ByteString.copyFromUtf8(value));
        }
        return node(NodeDef.newBuilder()
                .setName(name)
                .setOp("Const")
                .addAttr(attr("dtype", AttrValue.newBuilder().setType(DataType.DT_STRING)))
                .addAttr(attr("value", AttrValue.newBuilder().setTensor(tensor))));
    }

    GraphBuilder restore(String name, int count, String... inputs) {
        AttrValue.ListValue.Builder types = AttrValue.ListValue.newBuilder();
        for (int i = 0; i < count; i++) {
            types.addType(DataType.DT_FLOAT);
        }
        return node(NodeDef.newBuilder()
                .setName(name)
                .setOp("RestoreV2")
                .addAllInput(List.of(inputs))
                .addAttr(attr("dtypes", AttrValue.newBuilder().setList(types))));
    }

    GraphBuilder collection(String key, VariableDef... variables) {
        CollectionDef.BytesList.Builder list = CollectionDef.BytesList.newBuilder();
        for (VariableDef variable : variables) {
            list.addValue(variable.toByteString());
        }
        return collection(key, CollectionDef.newBuilder().setBytesList(list));
    }

    GraphBuilder collection(String key, CollectionDef.Builder collection) {
        meta.addCollectionDefBuilder().setKey(key).setValue(collection);
        return this;
    }

    GraphBuilder saver(SaverDef.Builder saver) {
        meta.setSaverDef(saver);
        return this;
    }

    MetaGraphDef.Builder meta() {
        return meta;
    }

    MetaGraphDef metaGraph() {
        meta.getMetaInfoDefBuilder().setTensorflowVersion("1.15.0");
        return meta.setGraphDef(graph).build();
    }

    GraphDef graphDef() {
        return graph.build();
    }

    static Graph read(MessageLite message, Path directory) throws IOException {
        return read(message.toByteArray(), directory);
    }

    static Graph read(byte[] bytes, Path directory) throws IOException {
        return Graph.open(Files.write(directory.resolve("graph"), bytes));
    }

    Graph read(Path directory) throws IOException {
        return read(metaGraph(), directory);
    }
}
