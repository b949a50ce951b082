package org.tfckpt.edit;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The result of a rewrite, or the expected result, in numbers. Immutable. */
public final class RewriteSummary {
    private final long tensors;
    private final long renamed;
    private final long cast;
    private final long resized;
    private final long filled;
    private final long dropped;
    private final int linkedFiles;
    private final long linkedBytes;
    private final long writtenBytes;
    private final long savedBytes;
    private final long unusedBytes;

    /** The number of files and bytes linked and written, actual or expected. */
    record Output(int linkedFiles, long linkedBytes, long writtenBytes) {}

    /** Counts the tensors and files of a plan. The checkpoints after the first {@code inputs} only fill in. */
    RewriteSummary(List<RewrittenTensor> planned, List<DataFilePlan> files, int inputs, Output output) {
        List<DataFilePlan> rewritten = files.subList(0, inputs);
        this.tensors = planned.size();
        this.renamed = planned.stream().filter(RewrittenTensor::isRenamed).count();
        this.cast = planned.stream().filter(RewrittenTensor::isCast).count();
        this.resized = planned.stream().filter(RewrittenTensor::isResized).count();
        this.filled = planned.stream().filter(RewrittenTensor::filled).count();
        this.dropped =
                rewritten.stream().mapToLong(DataFilePlan::droppedTensors).sum();
        this.linkedFiles = output.linkedFiles;
        this.linkedBytes = output.linkedBytes;
        this.writtenBytes = output.writtenBytes;
        this.savedBytes = rewritten.stream().mapToLong(DataFilePlan::savedBytes).sum();
        this.unusedBytes = files.stream().mapToLong(DataFilePlan::unusedBytes).sum();
    }

    /** {@return the number of tensors in the new checkpoint} */
    public long tensors() {
        return tensors;
    }

    /** {@return the number of tensors with a new name} */
    public long renamed() {
        return renamed;
    }

    /** {@return the number of tensors with a new dtype} */
    public long cast() {
        return cast;
    }

    /** {@return the number of tensors with a new shape} */
    public long resized() {
        return resized;
    }

    /** {@return the number of tensors that come from none of the sources, but fill in for a missing variable} */
    public long filled() {
        return filled;
    }

    /** {@return the number of tensors that were dropped from all sources} */
    public long dropped() {
        return dropped;
    }

    /** {@return the number of linked data files} */
    public int linkedFiles() {
        return linkedFiles;
    }

    /** {@return the bytes of values in linked data files} */
    public long linkedBytes() {
        return linkedBytes;
    }

    /** {@return the bytes that are written} */
    public long writtenBytes() {
        return writtenBytes;
    }

    /** {@return the bytes of dropped tensors that the new checkpoint does not contain} */
    public long savedBytes() {
        return savedBytes;
    }

    /** {@return the bytes of dropped tensors that remain in linked data files} */
    public long unusedBytes() {
        return unusedBytes;
    }

    /**
     * {@return the numbers as a sentence, for example {@code 54 tensors, 12 renamed, 46 dropped; 1 data file linked
     * (5,632 bytes), 0 bytes written}}
     */
    @Override
    public String toString() {
        List<String> parts = new ArrayList<>();
        parts.add(count(tensors, "tensor"));
        add(parts, renamed, " renamed");
        add(parts, cast, " cast");
        add(parts, resized, " resized");
        add(parts, filled, " filled");
        add(parts, dropped, " dropped");
        List<String> bytes = new ArrayList<>();
        if (linkedFiles > 0) {
            bytes.add(count(linkedFiles, "data file") + " linked (" + count(linkedBytes, "byte") + ")");
        }
        bytes.add(count(writtenBytes, "byte") + " written");
        if (savedBytes > 0) {
            bytes.add(count(savedBytes, "byte") + " saved");
        }
        if (unusedBytes > 0) {
            bytes.add(count(unusedBytes, "byte") + " of dropped tensors left in linked files");
        }
        return String.join(", ", parts) + "; " + String.join(", ", bytes);
    }

    private static String count(long number, String noun) {
        return number(number) + " " + noun + (number == 1 ? "" : "s");
    }

    private static void add(List<String> parts, long count, String what) {
        if (count > 0) {
            parts.add(number(count) + what);
        }
    }

    private static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }
}
