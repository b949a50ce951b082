package org.tfckpt.examples.onnx;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import org.tfckpt.examples.onnx.DenseNetwork.Layer;

/**
 * Builds an ONNX model of dense layers whose weights are stored outside of it. The numbers are those of the fields in
 * onnx.proto. An application would more often have a model that was exported without its weights.
 */
final class OnnxModel {
    static final String INPUT = "input";

    private static final int FLOAT = 1;
    private static final int EXTERNAL = 1;

    private final Message graph = new Message();
    private String last = INPUT;
    private int inputs;
    private long outputs;

    OnnxModel() throws IOException {
        graph.text(2, "network");
    }

    /** Returns the number of inputs of the first layer. */
    int inputs() {
        return inputs;
    }

    void dense(Layer layer, long[] kernel, long[] bias) throws IOException {
        boolean first = inputs == 0;
        if (kernel.length != 2 || bias.length != 1 || kernel[1] != bias[0] || (!first && kernel[0] != outputs)) {
            throw new IllegalArgumentException("'" + layer.kernel() + "' and '" + layer.bias() + "' are no dense layer"
                    + (first ? "" : " with " + outputs + " inputs"));
        }
        inputs = first ? Math.toIntExact(kernel[0]) : inputs;
        outputs = kernel[1];
        weight(layer.kernel(), kernel);
        weight(layer.bias(), bias);
        node("Gemm", last, layer.kernel(), layer.bias());
        node(layer.activation(), last);
    }

    byte[] toByteArray() throws IOException {
        graph.message(11, value(INPUT, inputs)).message(12, value(last, outputs));
        Message operators = new Message().text(1, "").number(2, 13);
        return new Message()
                .number(1, 8)
                .message(7, graph)
                .message(8, operators)
                .bytes()
                .toByteArray();
    }

    private void node(String operator, String... operands) throws IOException {
        Message node = new Message();
        for (String operand : operands) {
            node.text(1, operand);
        }
        last = last + "/" + operator;
        graph.message(1, node.text(2, last).text(4, operator));
    }

    private void weight(String name, long[] shape) throws IOException {
        Message tensor = new Message();
        for (long size : shape) {
            tensor.number(1, size);
        }
        Message location = new Message().text(1, "location").text(2, "checkpoint");
        graph.message(
                5, tensor.number(2, FLOAT).text(8, name).message(13, location).number(14, EXTERNAL));
    }

    /** Returns the description of an input or output with any number of examples. */
    private static Message value(String name, long size) throws IOException {
        Message shape =
                new Message().message(1, new Message().text(2, "batch")).message(1, new Message().number(1, size));
        Message tensor = new Message().number(1, FLOAT).message(2, shape);
        return new Message().text(1, name).message(2, new Message().message(1, tensor));
    }

    /** A protobuf message that is written field by field. */
    private static final class Message {
        private final ByteString.Output bytes = ByteString.newOutput();
        private final CodedOutputStream fields = CodedOutputStream.newInstance(bytes);

        Message number(int field, long value) throws IOException {
            fields.writeInt64(field, value);
            return this;
        }

        Message text(int field, String value) throws IOException {
            fields.writeString(field, value);
            return this;
        }

        Message message(int field, Message value) throws IOException {
            fields.writeBytes(field, value.bytes());
            return this;
        }

        ByteString bytes() throws IOException {
            fields.flush();
            return bytes.toByteString();
        }
    }
}
