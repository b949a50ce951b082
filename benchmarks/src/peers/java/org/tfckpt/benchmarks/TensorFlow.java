package org.tfckpt.benchmarks;

import static org.tensorflow.internal.c_api.global.tensorflow.*;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;
import org.tensorflow.internal.c_api.TFE_Context;
import org.tensorflow.internal.c_api.TFE_ContextOptions;
import org.tensorflow.internal.c_api.TFE_Op;
import org.tensorflow.internal.c_api.TFE_TensorHandle;
import org.tensorflow.internal.c_api.TF_CheckpointReader;
import org.tensorflow.internal.c_api.TF_Status;
import org.tensorflow.internal.c_api.TF_TString;
import org.tensorflow.internal.c_api.TF_Tensor;

/** TensorFlow's library through its C API: the operations that save and restore, and the checkpoint reader. */
final class TensorFlow implements AutoCloseable {
    static {
        // In this build's directory instead of the user's cache; it takes 680 MB.
        System.setProperty(
                "org.bytedeco.javacpp.cachedir", Places.PEERS.resolve("cache").toString());
    }

    private static final int STRING = 7;
    /** A ConfigProto: intra_op_parallelism_threads = 1, inter_op_parallelism_threads = 1. */
    private static final byte[] ONE_THREAD = {0x10, 1, 0x28, 1};

    private final TF_Status status = TF_NewStatus();
    private final TFE_Context context;

    TensorFlow() {
        TFE_ContextOptions options = TFE_NewContextOptions();
        TFE_ContextOptionsSetConfig(options, new BytePointer(ONE_THREAD), ONE_THREAD.length, status);
        check(status);
        context = TFE_NewContext(options, status);
        check(status);
        TFE_DeleteContextOptions(options);
    }

    private static void check(TF_Status status) {
        if (TF_GetCode(status) != 0) {
            throw new IllegalStateException(TF_Message(status).getString());
        }
    }

    @Override
    public void close() {
        TFE_DeleteContext(context);
        TF_DeleteStatus(status);
    }

    private TFE_TensorHandle strings(long[] shape, List<String> values) {
        long width = new TF_TString().sizeof();
        TF_Tensor tensor = TF_AllocateTensor(STRING, shape, shape.length, width * values.size());
        BytePointer start = new BytePointer(TF_TensorData(tensor));
        for (int i = 0; i < values.size(); i++) {
            byte[] bytes = values.get(i).getBytes(StandardCharsets.UTF_8);
            TF_TString string = new TF_TString(start.getPointer(i * width));
            TF_StringInit(string);
            try (BytePointer copy = new BytePointer(bytes)) {
                TF_StringCopy(string, copy, bytes.length);
            }
        }
        TFE_TensorHandle handle = TFE_NewTensorHandle(tensor, status);
        check(status);
        TF_DeleteTensor(tensor);
        return handle;
    }

    /** A tensor to restore: its name, and its slice or "". */
    record Wanted(String name, String slice, int dtype) {}

    /** Restores the same tensors repeatedly. Not thread-safe. */
    Restoring restoring(Path prefix, List<Wanted> wanted) {
        return new Restoring(prefix, wanted);
    }

    /** Creates an operation with its inputs. */
    final class Restoring {
        private final TF_Status status = TF_NewStatus();
        private final List<TFE_TensorHandle> inputs;
        private final int[] dtypes;
        private final PointerPointer<TFE_TensorHandle> tensors;

        private Restoring(Path prefix, List<Wanted> wanted) {
            inputs = inputs(prefix, wanted);
            dtypes = wanted.stream().mapToInt(Wanted::dtype).toArray();
            tensors = new PointerPointer<>(dtypes.length);
        }

        /** Restores the tensors into memory, where they stay until {@link #free}. */
        int run() {
            TFE_Op op = op("RestoreV2", inputs, status);
            TFE_OpSetAttrTypeList(op, "dtypes", dtypes, dtypes.length);
            try (IntPointer count = new IntPointer(1).put(dtypes.length)) {
                TFE_Execute(op, tensors, count, status);
                check(status);
                TFE_DeleteOp(op);
                return count.get();
            }
        }

        /** Returns the sum of the sizes of the restored tensors, without the contents of strings. */
        long bytes() {
            long bytes = 0;
            for (int i = 0; i < dtypes.length; i++) {
                TF_Tensor tensor = TFE_TensorHandleResolve(tensors.get(TFE_TensorHandle.class, i), status);
                check(status);
                bytes += TF_TensorByteSize(tensor);
                TF_DeleteTensor(tensor);
            }
            return bytes;
        }

        void free() {
            for (int i = 0; i < dtypes.length; i++) {
                TFE_DeleteTensorHandle(tensors.get(TFE_TensorHandle.class, i));
            }
        }

        /** Saves the restored tensors. */
        void save(Path prefix, List<Wanted> names) {
            List<TFE_TensorHandle> where = inputs(prefix, names);
            TFE_Op op = op("SaveV2", where, status);
            TFE_OpAddInputList(op, tensors, dtypes.length, status);
            check(status);
            try (IntPointer count = new IntPointer(1).put(0);
                    PointerPointer<TFE_TensorHandle> none = new PointerPointer<>(1)) {
                TFE_Execute(op, none, count, status);
                check(status);
            }
            TFE_DeleteOp(op);
            where.forEach(input -> TFE_DeleteTensorHandle(input));
        }
    }

    private List<TFE_TensorHandle> inputs(Path prefix, List<Wanted> wanted) {
        long[] count = {wanted.size()};
        return List.of(
                strings(new long[0], List.of(prefix.toString())),
                strings(count, wanted.stream().map(Wanted::name).toList()),
                strings(count, wanted.stream().map(Wanted::slice).toList()));
    }

    private TFE_Op op(String name, List<TFE_TensorHandle> inputs, TF_Status status) {
        TFE_Op op = TFE_NewOp(context, name, status);
        check(status);
        for (TFE_TensorHandle input : inputs) {
            TFE_OpAddInput(op, input, status);
            check(status);
        }
        return op;
    }

    /** TensorFlow's reader, which reads the whole index when it is created. */
    static final class Reader implements AutoCloseable {
        private final TF_Status status = TF_NewStatus();
        private final TF_CheckpointReader reader;

        Reader(Path prefix) {
            reader = TF_NewCheckpointReader(prefix.toString(), status);
            check(status);
        }

        int size() {
            return TF_CheckpointReaderSize(reader);
        }

        /** Returns a number computed from the name, dtype and shape of every tensor. */
        long list() {
            long sum = 0;
            long[] shape = new long[8];
            for (int i = 0; i < size(); i++) {
                BytePointer name = TF_CheckpointReaderGetVariable(reader, i);
                int rank = TF_CheckpointReaderGetVariableNumDims(reader, name);
                TF_CheckpointReaderGetVariableShape(reader, name, shape, rank, status);
                sum += shape[0] + TF_CheckpointReaderGetVariableDataType(reader, name);
            }
            check(status);
            return sum;
        }

        /** Returns all tensors, without slices. */
        List<Wanted> all() {
            List<Wanted> all = new ArrayList<>();
            for (int i = 0; i < size(); i++) {
                BytePointer name = TF_CheckpointReaderGetVariable(reader, i);
                all.add(new Wanted(name.getString(), "", TF_CheckpointReaderGetVariableDataType(reader, name)));
            }
            return all;
        }

        long read(String name) {
            TF_Tensor tensor = TF_CheckpointReaderGetTensor(reader, name, status);
            check(status);
            long bytes = TF_TensorByteSize(tensor);
            TF_DeleteTensor(tensor);
            return bytes;
        }

        @Override
        public void close() {
            TF_DeleteCheckpointReader(reader);
            TF_DeleteStatus(status);
        }
    }
}
