package org.tfckpt.format.v1;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tfckpt.format.FormatReader;
import org.tfckpt.format.SliceKey;
import org.tfckpt.format.SliceSet;
import org.tfckpt.format.VerificationListener;
import org.tfckpt.format.table.TableVerification;
import org.tfckpt.io.OrderedWork;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorNames;
import org.tfckpt.tensor.TensorSlice;

/** Reads every record of every file, and reports damage instead of stopping at the first exception. */
final class V1Verification {
    private final List<V1File> files;
    private final Map<String, V1Tensor> tensors;
    private final VerificationListener listener;
    private final OrderedWork work;
    private final Set<V1Tensor> damaged = new HashSet<>();
    private long bytes;
    /** Whether the keys of the tables are in order, so that a lookup finds every record. */
    private boolean searchable = true;

    V1Verification(List<V1File> files, Map<String, V1Tensor> tensors, VerificationListener listener, OrderedWork work) {
        this.work = work;
        this.files = files;
        this.tensors = tensors;
        this.listener = listener;
    }

    private record Listed(V1Tensor tensor, int slice) {}

    FormatReader.Totals run() throws IOException {
        for (int file = 0; file < files.size(); file++) {
            records(files.get(file), listed(file));
        }
        for (V1Tensor tensor : tensors.values()) {
            TensorSlice whole = TensorSlice.full(tensor.info().shape().rank());
            attempt(tensor, () -> {
                if (!SliceSet.of(tensor.info().shape(), tensor.slices(), tensor.place())
                        .covers(whole)) {
                    throw tensor.incomplete(whole);
                }
                if (!searchable && !damaged.contains(tensor)) {
                    tensor.requireRecords();
                }
            });
            if (!damaged.contains(tensor)) {
                listener.intact(tensor.info());
            }
        }
        return new FormatReader.Totals(tensors.size(), bytes);
    }

    private Map<SliceKey, Listed> listed(int file) {
        Map<SliceKey, Listed> listed = new HashMap<>();
        for (V1Tensor tensor : tensors.values()) {
            for (int slice = 0; slice < tensor.slices().size(); slice++) {
                if (tensor.file(slice) == file) {
                    SliceKey key =
                            new SliceKey(tensor.info().name(), tensor.slices().get(slice));
                    listed.put(key, new Listed(tensor, slice));
                }
            }
        }
        return listed;
    }

    /** Checks the records of a file; listed slices without a record are reported as lost. */
    private void records(V1File file, Map<SliceKey, Listed> listed) throws IOException {
        TableVerification.run(file.table(), new Records(file, listed), work);
        for (Listed missing : listed.values()) {
            lost(missing.tensor, missing.tensor.missing(missing.slice).toProblem());
        }
    }

    private final class Records implements TableVerification.Visitor {
        private final V1File file;
        private final Map<SliceKey, Listed> listed;

        Records(V1File file, Map<SliceKey, Listed> listed) {
            this.file = file;
            this.listed = listed;
        }

        @Override
        public void problem(Problem problem) {
            searchable = false;
            listener.problem(problem);
        }

        @Override
        public void lost(Problem problem) {
            listener.lost(problem);
        }

        @Override
        public void entry(byte[] key, ByteBuffer value) throws IOException {
            SliceKey slice = key.length == 0 ? null : SliceKey.decode(key);
            Listed known = slice == null ? null : listed.remove(slice);
            if (slice != null && known != null) {
                attempt(known.tensor, () -> record(file, known, slice, value));
            } else if (slice != null) {
                String message = "slice " + slice.slice() + " is not in the list of slices";
                listener.lost(new Problem(file.name(), -1, slice.name(), ProblemKind.SLICES, message));
            } else if (key.length > 0) {
                String message = "the key is not the key of a slice";
                listener.lost(new Problem(file.name(), -1, TensorNames.decode(key), ProblemKind.ENTRY, message));
            }
        }
    }

    private void lost(V1Tensor tensor, Problem problem) {
        damaged.add(tensor);
        listener.lost(problem);
    }

    private void record(V1File file, Listed known, SliceKey key, ByteBuffer value) throws IOException {
        SavedSlice record = known.tensor.read(known.slice, value);
        if (!record.key().equals(key)) {
            String message = "the record of slice " + key.slice() + " contains slice "
                    + record.key().slice() + " of tensor '" + record.key().name() + "'";
            lost(known.tensor, new Problem(file.name(), -1, key.name(), ProblemKind.ENTRY, message));
        }
        if (known.tensor.info().dtype() == DataType.DT_STRING) {
            bytes += known.tensor.strings(known.slice, record).byteSize();
        } else {
            bytes += known.tensor.values(known.slice, record).remaining();
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    private void attempt(V1Tensor tensor, Step step) throws IOException {
        try {
            step.run();
        } catch (DataLossException e) {
            Problem problem = e.toProblem();
            String name = tensor.info().name();
            lost(tensor, new Problem(problem.file(), problem.offset(), name, problem.kind(), problem.message()));
        } catch (CheckpointException e) {
            // A tensor that cannot be read is not intact.
            String file = e.context().file();
            lost(tensor, new Problem(file, -1, tensor.info().name(), ProblemKind.DTYPE, e.problem()));
        }
    }
}
