package org.tfckpt.graph;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.io.IOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tfckpt.io.ByteSource;
import org.tfckpt.io.TextFormatReader;
import org.tfckpt.proto.GraphDef;
import org.tfckpt.proto.MetaGraphDef;
import org.tfckpt.proto.SavedModel;
import org.tfckpt.tensor.DataLossException;

/** Graphs as text, turned into the wire format as far as they are read. */
final class TextGraphs {
    /** Fields that are not read, those first that are large: values of constants, functions, what objects are made of. */
    private static final Set<String> NOT_READ = Set.of(
            "tfckpt.TensorProto.tensor_content",
            "tfckpt.TensorProto.float_val",
            "tfckpt.TensorProto.double_val",
            "tfckpt.TensorProto.int_val",
            "tfckpt.TensorProto.int64_val",
            "tfckpt.TensorProto.bool_val",
            "tfckpt.TensorProto.half_val",
            "tfckpt.TensorProto.scomplex_val",
            "tfckpt.TensorProto.dcomplex_val",
            "tfckpt.TensorProto.uint32_val",
            "tfckpt.TensorProto.uint64_val",
            "tfckpt.TensorProto.float8_val",
            "tfckpt.TensorProto.resource_handle_val",
            "tfckpt.TensorProto.variant_val",
            "tfckpt.FunctionDef.signature",
            "tfckpt.FunctionDef.node_def",
            "tfckpt.FunctionDef.ret",
            "tfckpt.FunctionDef.attr",
            "tfckpt.AttrValue.func",
            "tfckpt.NodeDef.device",
            "tfckpt.SavedObject.user_object",
            "tfckpt.CollectionDef.float_list",
            "tfckpt.CollectionDef.int64_list");

    private TextGraphs() {}

    /** What a text is; null if it is no graph. */
    static @Nullable GraphKind kindOf(ByteSource source) throws IOException {
        try {
            return Sniffer.kindOfText(TextFormatReader.firstField(source));
        } catch (DataLossException noName) {
            return null;
        }
    }

    static byte[] toWire(ByteSource source, GraphKind kind) throws IOException {
        Descriptor type = switch (kind) {
            case GRAPH_DEF -> GraphDef.getDescriptor();
            case META_GRAPH_DEF -> MetaGraphDef.getDescriptor();
            case SAVED_MODEL -> SavedModel.getDescriptor();
        };
        return TextFormatReader.toWire(source, type, TextGraphs::isRead);
    }

    private static boolean isRead(FieldDescriptor field) {
        return !NOT_READ.contains(field.getFullName());
    }
}
