package org.tfckpt.format;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tfckpt.io.Closeables;
import org.tfckpt.io.OrderedWork;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;

/** An open file, or set of files, of a format other than a checkpoint of TensorFlow. All tensors are in memory. */
public final class StoredArrays implements FormatReader {
    private final String format;
    private final String name;
    private final boolean checksums;
    private final List<Path> files;
    private final List<StoredArray> sorted;
    private final List<Closeable> resources;
    private volatile boolean closed;

    /**
     * Creates a reader of tensors, in any order. It closes {@code resources}, and messages name the path that was
     * opened. Throws if two tensors have the same name.
     */
    public StoredArrays(
            String format,
            String name,
            boolean checksums,
            List<Path> files,
            List<? extends StoredArray> arrays,
            List<? extends Closeable> resources)
            throws DataLossException {
        this.format = format;
        this.name = name;
        this.checksums = checksums;
        this.files = List.copyOf(files);
        this.resources = List.copyOf(resources);
        this.sorted = new ArrayList<>(arrays);
        sorted.sort((a, b) -> TensorNames.ORDER.compare(a.name(), b.name()));
        for (int i = 1; i < sorted.size(); i++) {
            if (sorted.get(i).name().equals(sorted.get(i - 1).name())) {
                throw twice(sorted.get(i).place());
            }
        }
    }

    /** Returns the exception for a name that two tensors have. */
    public static DataLossException twice(ErrorContext place) {
        return new DataLossException(ProblemKind.KEY_ORDER, "two tensors have the same name", place);
    }

    @Override
    public String format() {
        return format;
    }

    @Override
    public ByteOrder byteOrder() {
        return ByteOrder.LITTLE_ENDIAN;
    }

    @Override
    public boolean hasChecksums() {
        return checksums;
    }

    @Override
    public int dataFileCount() {
        return files.size();
    }

    @Override
    public Path dataFile(int number) {
        return files.get(number);
    }

    @Override
    public TensorScan scan() {
        requireOpen();
        Iterator<StoredArray> each = sorted.iterator();
        return () -> each.hasNext() ? each.next().info() : null;
    }

    @Override
    public @Nullable TensorInfo find(String tensor) {
        requireOpen();
        StoredArray found = named(tensor);
        return found == null ? null : found.info();
    }

    private @Nullable StoredArray named(String tensor) {
        int low = 0;
        for (int high = sorted.size(); low < high; ) {
            int middle = (low + high) >>> 1;
            int order = TensorNames.ORDER.compare(sorted.get(middle).name(), tensor);
            if (order == 0) {
                return sorted.get(middle);
            }
            low = order < 0 ? middle + 1 : low;
            high = order < 0 ? high : middle;
        }
        return null;
    }

    @Override
    public TensorReader open(TensorInfo info) {
        requireOpen();
        StoredArray found = named(info.name());
        if (found == null) {
            throw new IllegalArgumentException("'" + name + "' does not contain tensor " + info);
        }
        return found.reader();
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("'" + name + "' is closed");
        }
    }

    /** Compares the values with their checksums, if the format has some; opening has checked everything else. */
    @Override
    public Totals verify(VerificationListener listener, OrderedWork work) throws IOException {
        requireOpen();
        long[] intact = {0};
        for (StoredArray array : sorted) {
            work.add(new Check(array, listener, intact));
        }
        work.finish();
        return new Totals(sorted.size(), intact[0]);
    }

    private static final class Check implements OrderedWork.Job {
        private final StoredArray array;
        private final VerificationListener listener;
        private final long[] intact;
        private long bytes;
        private @Nullable DataLossException damage;

        Check(StoredArray array, VerificationListener listener, long[] intact) {
            this.array = array;
            this.listener = listener;
            this.intact = intact;
        }

        @Override
        public void run() throws IOException {
            try {
                bytes = array.verify();
            } catch (DataLossException e) {
                damage = e;
            }
        }

        @Override
        public void finish() {
            if (damage == null) {
                intact[0] += bytes;
                if (array.isReadable()) {
                    listener.intact(array.info());
                }
            } else {
                listener.lost(damage.toProblem());
            }
        }
    }

    @Override
    public void close() throws IOException {
        closed = true;
        Closeables.closeAll(resources);
    }
}
