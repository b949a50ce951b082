package org.tfckpt.cli;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.Iterator;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.io.JsonOutput;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.TensorInfo;

/** The JSON form of {@code ls}, written while the index is read. */
record ListJson(JsonOutput out, Checkpoint checkpoint) {
    void write(Iterator<TensorInfo> tensors, ListTotals totals) throws IOException {
        out.text("checkpoint", checkpoint.prefix());
        out.text("format", checkpoint.format());
        out.text("endianness", checkpoint.byteOrder() == ByteOrder.BIG_ENDIAN ? "BIG" : "LITTLE");
        out.number("shards", checkpoint.shardCount());
        out.objects("tensors", () -> tensors, (TensorInfo info) -> {
            totals.add(info);
            tensor(info);
        });
        out.object("totals", () -> {
            out.number("tensors", totals.tensors);
            out.number("parameters", totals.parameters);
            out.number("bytes", totals.bytes);
        });
    }

    private void tensor(TensorInfo info) throws IOException {
        out.text("name", info.name());
        out.text("dtype", DataType.enumName(info.dtypeNumber()));
        out.shape("shape", info.shape());
        place(info.byteSize(), info.storage());
        out.objects("slices", info.slices(), slice -> {
            Optional<TensorInfo> stored = checkpoint.findSlice(info, slice);
            out.text("spec", slice.toString());
            place(
                    stored.map(TensorInfo::byteSize).orElse(-1L),
                    stored.map(TensorInfo::storage).orElse(null));
        });
    }

    private void place(long bytes, TensorInfo.@Nullable Storage storage) throws IOException {
        out.number("bytes", bytes < 0 ? null : (Long) bytes);
        out.number("shard", storage == null ? null : (Integer) storage.shard());
        out.number("offset", storage == null ? null : (Long) storage.offset());
        out.text("crc32c", storage == null || !storage.hasCrc32c() ? null : String.format("%08x", storage.crc32c()));
    }
}
