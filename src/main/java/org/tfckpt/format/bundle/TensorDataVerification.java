package org.tfckpt.format.bundle;

import java.io.IOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.tfckpt.format.TensorData;
import org.tfckpt.format.bundle.VerificationReporter.Entry;
import org.tfckpt.io.Crc32cSum;
import org.tfckpt.io.OrderedWork;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.CheckpointReplacedException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorInfo.Storage;

/**
 * Checks the bytes of the tensors of a bundle on several threads: many small tensors at a time, and large ones in
 * parts. The results are reported in the order of the index.
 */
final class TensorDataVerification {
    private static final Set<ProblemKind> DAMAGED_IN_PLACE = EnumSet.of(
            ProblemKind.TENSOR_CHECKSUM,
            ProblemKind.STRING_LENGTHS,
            ProblemKind.VARIANT,
            ProblemKind.TRUNCATED,
            ProblemKind.WRONG_FILE,
            ProblemKind.OVERLAP);
    /** Large enough to be worth a job, and small enough that all threads finish at about the same time. */
    private static final long PART = 4 << 20;

    private static final int MAX_STEPS = 512;

    private final BundleIndex index;
    private final Shards shards;
    private final VerificationReporter reporter;
    private final OrderedWork work;
    private Batch batch = new Batch();
    private long intactBytes;

    TensorDataVerification(BundleIndex index, Shards shards, VerificationReporter reporter, OrderedWork work) {
        this.index = index;
        this.shards = shards;
        this.reporter = reporter;
        this.work = work;
    }

    /** Several steps that form one job. */
    private static final class Batch implements OrderedWork.Job {
        private final List<OrderedWork.Job> steps = new ArrayList<>();
        private long bytes;

        @Override
        public void run() throws IOException {
            for (OrderedWork.Job step : steps) {
                step.run();
            }
        }

        @Override
        public void finish() throws IOException {
            for (OrderedWork.Job step : steps) {
                step.finish();
            }
        }
    }

    private void step(OrderedWork.Job step, long bytes) throws IOException {
        batch.steps.add(step);
        batch.bytes += bytes;
        if (batch.bytes >= PART || batch.steps.size() == MAX_STEPS) {
            flush();
        }
    }

    private void flush() throws IOException {
        Batch full = batch;
        batch = new Batch();
        work.add(full);
    }

    /** Adds a short step that runs on the caller's thread after all earlier steps were reported. */
    void inTurn(OrderedWork.Job job) throws IOException {
        step(job, 0);
    }

    /** Adds a tensor whose bytes are to be checked. */
    void add(Entry entry, TensorInfo info, Storage storage) throws IOException {
        Check check = new Check(entry, info, storage);
        StoredTensor parts = null;
        try {
            if (!reporter.ranges.mayRead(storage)) {
                check.failure = new DataLossException(
                        ProblemKind.OVERLAP,
                        "not read: the tensors before it claim more than twice the size of the file",
                        ErrorContext.at(shards.path(storage.shard()).toString(), storage.offset())
                                .ofTensor(info.name()));
                inTurn(check::report);
                return;
            }
            if (info.dtype().isFixedWidth() && reporter.listener.isChecked(info)) {
                check.size = stored(info).data(0).size();
                inTurn(check::report);
                return;
            }
            if (storage.size() > PART && info.dtype().isFixedWidth()) {
                parts = (StoredTensor) stored(info).data(0);
            }
        } catch (CheckpointException reportedByTheCheck) {
            parts = null;
        }
        if (parts == null) {
            step(check, Math.max(0, Math.min(storage.size(), PART)));
        } else {
            flush();
            for (long offset = 0; offset < storage.size(); offset += PART) {
                work.add(new Part(check, parts, offset, Math.min(PART, storage.size() - offset)));
            }
        }
    }

    private BundleTensor stored(TensorInfo info) {
        return new BundleTensor(index, shards, info);
    }

    /** A tensor or slice and the result of its check, which is one job or consists of {@linkplain Part parts}. */
    private final class Check implements OrderedWork.Job {
        private final Entry entry;
        private final TensorInfo info;
        private final Storage storage;
        private long size;
        private int crc;
        private @Nullable CheckpointException failure;

        Check(Entry entry, TensorInfo info, Storage storage) {
            this.entry = entry;
            this.info = info;
            this.storage = storage;
        }

        @Override
        public void run() throws IOException {
            try {
                size = check(info);
            } catch (CheckpointException e) {
                failure = e;
            }
        }

        @Override
        public void finish() throws CheckpointReplacedException {
            report();
        }

        private void report() throws CheckpointReplacedException {
            if (failure != null) {
                failed(failure);
                return;
            }
            intactBytes += size;
            reporter.ranges.add(storage, size, null);
            if (size == storage.size()) {
                reporter.intact(entry, info);
            } else {
                reporter.failed(
                        entry,
                        new DataLossException(
                                ProblemKind.SIZE,
                                "the size in the entry is " + storage.size() + " bytes, the tensor takes " + size,
                                ErrorContext.at(index.name(), -1).ofTensor(info.name())));
            }
        }

        private void failed(CheckpointException cause) throws CheckpointReplacedException {
            if (cause instanceof DataLossException damage) {
                // Damaged bytes still belong to the tensor; but if the entry contradicts itself, its size is unknown.
                boolean inPlace = DAMAGED_IN_PLACE.contains(damage.kind());
                if (!inPlace && damage.kind() != ProblemKind.MISSING_FILE) {
                    reporter.ranges.rangeIsUnknown();
                }
                reporter.ranges.add(storage, inPlace ? storage.size() : 0, damage.kind());
            }
            reporter.failed(entry, cause);
        }
    }

    /** Checks all bytes of a tensor; returns the number of bytes that it takes in its shard. */
    private long check(TensorInfo info) throws IOException {
        BundleTensor stored = stored(info);
        return switch (info.dtype()) {
            case DT_STRING -> stored.verifyStrings();
            case DT_VARIANT -> stored.variants(0).stored().remaining();
            default -> {
                TensorData data = stored.data(0);
                data.check();
                yield data.size();
            }
        };
    }

    /** Checks a part of a large tensor; the last one finishes the check of the tensor. */
    private static final class Part implements OrderedWork.Job {
        private final Check whole;
        private final StoredTensor tensor;
        private final long offset;
        private final long length;
        private int crc;
        private @Nullable CheckpointException failure;

        Part(Check whole, StoredTensor tensor, long offset, long length) {
            this.whole = whole;
            this.tensor = tensor;
            this.offset = offset;
            this.length = length;
        }

        @Override
        public void run() throws IOException {
            try {
                crc = tensor.crc32c(offset, length);
            } catch (CheckpointException e) {
                failure = e;
            }
        }

        @Override
        public void finish() throws CheckpointReplacedException {
            whole.crc = Crc32cSum.of(whole.crc, crc, length);
            whole.size += length;
            whole.failure = whole.failure == null ? failure : whole.failure;
            if (whole.size == whole.storage.size()) {
                try {
                    if (whole.failure == null) {
                        tensor.requireChecksum(whole.crc);
                    }
                } catch (CheckpointException e) {
                    whole.failure = e;
                }
                whole.report();
            }
        }
    }

    /** Waits for all checks, and returns the number of intact bytes. */
    long finish() throws IOException {
        flush();
        work.finish();
        return intactBytes;
    }
}
