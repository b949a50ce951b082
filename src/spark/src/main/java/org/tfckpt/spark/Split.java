package org.tfckpt.spark;

import java.io.Serializable;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.connector.read.InputPartition;
import org.jspecify.annotations.Nullable;

/**
 * A part of a checkpoint: the tensors of which the bytes, in the order of the index, begin between {@code number} ×
 * {@code step} and ({@code number} + 1) × {@code step}. A tensor larger than {@code large} is divided there.
 *
 * @param target the checkpoint
 * @param number the number of the part, from 0
 * @param count the number of parts; the last one has all the rest
 * @param step the number of bytes of a part
 * @param large the number of bytes of the largest tensor that is not divided
 * @param known what {@link LargeTensors} found out: for {@code stats}, the rows of large tensors by name; for {@code values},
 *     the intact large tensors; for {@code problems}, the entries that are not known to be intact. Null if nothing is known
 */
record Split(
        Target target,
        int number,
        int count,
        long step,
        long large,
        @Nullable Map<String, Object[]> known) implements Serializable {
    /** The splits that a task reads. */
    record Group(List<Split> splits) implements InputPartition {}

    /** Returns the offset of the first byte. */
    long start() {
        return number * step;
    }

    /** Returns the offset after the last byte. */
    long end() {
        return isLast() ? Long.MAX_VALUE : (number + 1) * step;
    }

    /** Returns whether this part reports that the checkpoint cannot be read. */
    boolean isLast() {
        return number == count - 1;
    }

    Split with(@Nullable Map<String, Object[]> found) {
        return new Split(target, number, count, step, large, found);
    }

    /** Returns the number of bytes that a task reads for it. */
    long bytes() {
        return count == 1 ? target.bytes() : Math.min(step, target.bytes() - start());
    }
}
