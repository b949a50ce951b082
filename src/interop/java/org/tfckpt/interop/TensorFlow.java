package org.tfckpt.interop;

import static org.tensorflow.internal.c_api.global.tensorflow.*;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.tensorflow.internal.c_api.TFE_Context;
import org.tensorflow.internal.c_api.TFE_Op;
import org.tensorflow.internal.c_api.TFE_TensorHandle;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.internal.c_api.TF_TString;
import org.tensorflow.internal.c_api.TF_Tensor;

/**
 * TensorFlow's saving operations through its C API, because the Java API supports less than half of the dtypes. Nothing
 * is freed, because the process is short-lived.
 */
final class TensorFlow {
    private static final int STRING = 7;

    private final TF_Status status = TF_NewStatus();
    private final TFE_Context context = TFE_NewContext(TFE_NewContextOptions(), status);

    TensorFlow() {
        check();
    }

    private void check() {
        if (TF_GetCode(status) != 0) {
            throw new IllegalStateException(TF_Message(status).getString());
        }
    }

    /** Creates a tensor of fixed width. */
    TFE_TensorHandle tensor(int dtype, long[] shape, byte[] bytes) {
        TF_Tensor tensor = TF_AllocateTensor(dtype, shape, shape.length, bytes.length);
        data(tensor, bytes.length).put(bytes);
        return handle(tensor);
    }

    private static BytePointer data(TF_Tensor tensor, long size) {
        return new BytePointer(TF_TensorData(tensor)).capacity(size);
    }

    private TFE_TensorHandle handle(TF_Tensor tensor) {
        TFE_TensorHandle handle = TFE_NewTensorHandle(tensor, status);
        check();
        return handle;
    }

    /** Creates a tensor of strings. */
    TFE_TensorHandle strings(long[] shape, List<byte[]> values) {
        long width = new TF_TString().sizeof();
        TF_Tensor tensor = TF_AllocateTensor(STRING, shape, shape.length, width * values.size());
        for (int i = 0; i < values.size(); i++) {
            TF_TString string = string(tensor, i, width);
            TF_StringInit(string);
            TF_StringCopy(string, new BytePointer(values.get(i)), values.get(i).length);
        }
        return handle(tensor);
    }

    private static TF_TString string(TF_Tensor tensor, long index, long width) {
        // A new pointer, because a position would be counted in strings.
        return new TF_TString(new BytePointer(TF_TensorData(tensor)).getPointer(index * width));
    }

    private TFE_TensorHandle list(List<byte[]> strings) {
        return strings(new long[] {strings.size()}, strings);
    }

    private TFE_TensorHandle scalar(String text) {
        return strings(new long[0], List.of(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** The shape and bytes of a tensor; for strings one array each. */
    record Value(long[] shape, List<byte[]> values) {}

    Value value(TFE_TensorHandle handle) {
        TF_Tensor tensor = TFE_TensorHandleResolve(handle, status);
        check();
        long[] shape = new long[TF_NumDims(tensor)];
        long count = 1;
        for (int axis = 0; axis < shape.length; axis++) {
            shape[axis] = TF_Dim(tensor, axis);
            count *= shape[axis];
        }
        List<byte[]> values = new ArrayList<>();
        if (TF_TensorType(tensor) == STRING) {
            long width = new TF_TString().sizeof();
            for (long i = 0; i < count; i++) {
                TF_TString string = string(tensor, i, width);
                byte[] bytes = new byte[Math.toIntExact(TF_StringGetSize(string))];
                TF_StringGetDataPointer(string).capacity(bytes.length).get(bytes);
                values.add(bytes);
            }
        } else {
            byte[] bytes = new byte[Math.toIntExact(TF_TensorByteSize(tensor))];
            if (bytes.length > 0) {
                data(tensor, bytes.length).get(bytes);
            }
            values.add(bytes);
        }
        TF_DeleteTensor(tensor);
        return new Value(shape, values);
    }

    void save(String prefix, List<byte[]> names, List<byte[]> specs, List<TFE_TensorHandle> tensors) {
        TFE_Op op = op("SaveV2");
        add(op, scalar(prefix));
        add(op, list(names));
        add(op, list(specs));
        TFE_OpAddInputList(op, new PointerPointer<>(tensors.toArray(Pointer[]::new)), tensors.size(), status);
        check();
        // TensorFlow infers the dtypes from the list.
        execute(op, 0);
    }

    List<TFE_TensorHandle> restore(String prefix, List<byte[]> names, List<byte[]> specs, int[] dtypes) {
        TFE_Op op = op("RestoreV2");
        add(op, scalar(prefix));
        add(op, list(names));
        add(op, list(specs));
        TFE_OpSetAttrTypeList(op, "dtypes", dtypes, dtypes.length);
        return execute(op, dtypes.length);
    }

    void merge(List<byte[]> prefixes, String destination) {
        TFE_Op op = op("MergeV2Checkpoints");
        add(op, list(prefixes));
        add(op, scalar(destination));
        execute(op, 0);
    }

    private TFE_Op op(String name) {
        TFE_Op op = TFE_NewOp(context, name, status);
        check();
        return op;
    }

    private void add(TFE_Op op, TFE_TensorHandle input) {
        TFE_OpAddInput(op, input, status);
        check();
    }

    private List<TFE_TensorHandle> execute(TFE_Op op, int outputs) {
        PointerPointer<TFE_TensorHandle> results = new PointerPointer<>(Math.max(1, outputs));
        TFE_Execute(op, results, new IntPointer(1).put(outputs), status);
        check();
        List<TFE_TensorHandle> handles = new ArrayList<>();
        for (int i = 0; i < outputs; i++) {
            handles.add(results.get(TFE_TensorHandle.class, i));
        }
        return handles;
    }

    static boolean isString(int dtype) {
        return dtype == STRING;
    }
}
