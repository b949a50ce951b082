package org.tfckpt.spark;

import java.io.IOException;
import java.util.Iterator;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.sql.catalyst.expressions.GenericInternalRow;
import org.apache.spark.sql.catalyst.util.GenericArrayData;
import org.jspecify.annotations.Nullable;
import org.tfckpt.slots.OptimizerSlots;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorSlice;

/** The table {@code tensors}. */
final class TensorRows extends TableRows {
    private static final int BYTES = 4;
    private static final int SLICES = 8;

    private final Iterator<TensorInfo> tensors;
    private @Nullable OptimizerSlots slots;
    private boolean slotsFailed;

    TensorRows(Input input) throws IOException {
        super(input);
        this.tensors = input.tensors();
    }

    @Override
    Object @Nullable [] next() throws IOException {
        while (tensors.hasNext()) {
            TensorInfo tensor = tensors.next();
            if (input.filter().test(tensor)) {
                return of(tensor);
            }
        }
        return null;
    }

    private Object[] of(TensorInfo tensor) throws IOException {
        Object[] row = row(tensor);
        place(row, BYTES, tensor.byteSize(), tensor.storage());
        if (input.wants("slices")) {
            Object[] slices = new Object[tensor.slices().size()];
            for (int i = 0; i < slices.length; i++) {
                slices[i] = slice(tensor, tensor.slices().get(i));
            }
            row[SLICES] = new GenericArrayData(slices);
        }
        if (input.wants("is_slot")) {
            row[SLICES + 1] = isSlot(tensor);
        }
        return row;
    }

    private GenericInternalRow slice(TensorInfo tensor, TensorSlice slice) throws IOException {
        Optional<TensorInfo> stored = input.checkpoint().findSlice(tensor, slice);
        Object[] row = new Object[BYTES + 1];
        row[0] = text(slice.toString());
        place(
                row,
                1,
                stored.map(TensorInfo::byteSize).orElse(-1L),
                stored.map(TensorInfo::storage).orElse(null));
        return new GenericInternalRow(row);
    }

    /** Sets the columns bytes, shard, offset and crc32c. */
    private static void place(Object[] row, int first, long bytes, TensorInfo.@Nullable Storage storage) {
        row[first] = bytes < 0 ? null : bytes;
        if (storage != null) {
            row[first + 1] = storage.shard();
            row[first + 2] = storage.offset();
            row[first + 3] = storage.hasCrc32c() ? text(String.format(Locale.ROOT, "%08x", storage.crc32c())) : null;
        }
    }

    /** Returns null if the object graph, which lists the slots, is damaged. */
    private @Nullable Boolean isSlot(TensorInfo tensor) throws IOException {
        if (slotsFailed) {
            return null;
        }
        try {
            OptimizerSlots known = slots;
            if (known == null) {
                known = OptimizerSlots.of(input.checkpoint());
                slots = known;
            }
            return known.kindOf(tensor).isOptimizerState();
        } catch (CheckpointException e) {
            slotsFailed = true;
            return null;
        }
    }
}
