package org.tfckpt.format.v1;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.tfckpt.format.FormatReader;
import org.tfckpt.format.SliceKey;
import org.tfckpt.format.SliceSet;
import org.tfckpt.format.StringData;
import org.tfckpt.format.table.TableVerification;
import org.tfckpt.io.OrderedWork;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorNames;
import org.tfckpt.tensor.TensorSlice;

/** Reads every record of every file, and collects the exceptions instead of stopping at the first. */
final class V1Verification {
    private final List<V1File> files;
    private final Map<String, V1Tensor> tensors;
    private final Consumer<Problem> problems;
    private final OrderedWork work;
    private long bytes;

    V1Verification(List<V1File> files, Map<String, V1Tensor> tensors, Consumer<Problem> problems, OrderedWork work) {
        this.work = work;
        this.files = files;
        this.tensors = tensors;
        this.problems = problems;
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
            });
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

    /** Checks the records of a file; what is left of the list is missing. */
    private void records(V1File file, Map<SliceKey, Listed> listed) throws IOException {
        TableVerification.run(
                file.table(),
                new TableVerification.Visitor() {
                    @Override
                    public void problem(Problem problem) {
                        problems.accept(problem);
                    }

                    @Override
                    public void entry(byte[] key, ByteBuffer value) throws IOException {
                        V1Verification.this.entry(file, listed, key, value);
                    }
                },
                work);
        for (Listed missing : listed.values()) {
            problems.accept(missing.tensor.missing(missing.slice).toProblem());
        }
    }

    private void entry(V1File file, Map<SliceKey, Listed> listed, byte[] key, ByteBuffer value) throws IOException {
        if (key.length == 0) {
            return;
        }
        SliceKey slice = SliceKey.decode(key);
        if (slice == null) {
            report(file, TensorNames.decode(key), ProblemKind.ENTRY, "a key that is not a slice's");
            return;
        }
        Listed known = listed.remove(slice);
        if (known == null) {
            report(
                    file,
                    slice.name(),
                    ProblemKind.SLICES,
                    "slice " + slice.slice() + ", which is not in the list of slices");
        } else {
            attempt(known.tensor, () -> record(file, known, slice, value));
        }
    }

    private void record(V1File file, Listed known, SliceKey key, ByteBuffer value) throws IOException {
        SavedSlice record = known.tensor.read(known.slice, value);
        if (!record.key().equals(key)) {
            report(
                    file,
                    key.name(),
                    ProblemKind.ENTRY,
                    "the record of slice " + key.slice() + " says that it is "
                            + record.key().slice() + " of " + record.key().name());
        }
        if (known.tensor.info().dtype() == DataType.DT_STRING) {
            StringData strings = known.tensor.strings(known.slice, record);
            for (int i = 0; i < strings.count(); i++) {
                bytes += strings.length(i);
            }
        } else {
            bytes += known.tensor.values(known.slice, record).remaining();
        }
    }

    private void report(V1File file, String tensor, ProblemKind kind, String message) {
        problems.accept(new Problem(file.name(), -1, tensor, kind, message));
    }

    private interface Step {
        void run() throws IOException;
    }

    private void attempt(V1Tensor tensor, Step step) throws IOException {
        try {
            step.run();
        } catch (DataLossException e) {
            problems.accept(e.toProblem());
        } catch (CheckpointException e) {
            // What is not read cannot be called intact.
            problems.accept(new Problem(e.context().file(), -1, tensor.info().name(), ProblemKind.DTYPE, e.problem()));
        }
    }
}
