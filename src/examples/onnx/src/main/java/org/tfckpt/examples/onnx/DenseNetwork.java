package org.tfckpt.examples.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.tfckpt.Checkpoint;
import org.tfckpt.Tensor;
import org.tfckpt.tensor.DataType;

/**
 * A network of dense layers that ONNX Runtime computes. The model contains no weights: ONNX Runtime gets them as buffers of
 * the checkpoint, which are not copied if the data file is mapped. Thread-safe.
 */
public final class DenseNetwork implements AutoCloseable {
    /**
     * A dense layer.
     *
     * @param kernel the name of the tensor of shape [inputs, outputs]
     * @param bias the name of the tensor of shape [outputs]
     * @param activation the operator of ONNX that follows, such as Relu or Softmax
     */
    public record Layer(String kernel, String bias, String activation) {}

    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final Map<String, OnnxTensorLike> weights = new LinkedHashMap<>();
    private final OrtSession session;
    private final int inputs;

    /**
     * Opens the network. Every byte of the weights is checked against its checksum.
     *
     * @param checkpoint may be closed afterwards, unless it was opened with {@code withUnmapOnClose}
     * @param layers the layers in order
     */
    public DenseNetwork(Checkpoint checkpoint, List<Layer> layers) throws IOException, OrtException {
        OnnxModel model = new OnnxModel();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            for (Layer layer : layers) {
                model.dense(
                        layer,
                        addWeight(checkpoint.tensor(layer.kernel())),
                        addWeight(checkpoint.tensor(layer.bias())));
            }
            options.addExternalInitializers(weights);
            session = environment.createSession(model.toByteArray(), options);
        } catch (IOException | OrtException | RuntimeException e) {
            weights.values().forEach(OnnxTensorLike::close);
            throw e;
        }
        inputs = model.inputs();
    }

    /** Makes a tensor available to the model under its name in the checkpoint, and returns its shape. */
    private long[] addWeight(Tensor tensor) throws IOException, OrtException {
        long[] shape = tensor.shape().toArray();
        // A direct buffer in native byte order is used where it is. Others, as those of half or bfloat16, are copied.
        FloatBuffer values =
                tensor.dtype() == DataType.DT_FLOAT ? tensor.asFloatBuffer() : FloatBuffer.wrap(tensor.toFloatArray());
        weights.put(tensor.name(), OnnxTensor.createTensor(environment, values, shape));
        return shape;
    }

    /**
     * Computes the outputs of the last layer.
     *
     * @param batch one array of inputs per example
     * @return one array of outputs per example
     */
    public float[][] run(float[]... batch) throws OrtException {
        FloatBuffer input = FloatBuffer.allocate(batch.length * inputs);
        for (float[] example : batch) {
            if (example.length != inputs) {
                throw new IllegalArgumentException(
                        "an example must have " + inputs + " numbers, not " + example.length);
            }
            input.put(example);
        }
        try (OnnxTensor tensor = OnnxTensor.createTensor(environment, input.flip(), new long[] {batch.length, inputs});
                OrtSession.Result result = session.run(Map.of(OnnxModel.INPUT, tensor))) {
            return (float[][]) result.get(0).getValue();
        }
    }

    @Override
    public void close() throws OrtException {
        session.close();
        weights.values().forEach(OnnxTensorLike::close);
    }
}
