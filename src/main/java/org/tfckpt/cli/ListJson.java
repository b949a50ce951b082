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
import org.tfckpt.tensor.TensorSlice;

/** The JSON form of {@code ls}, written while the index is read. */
final class ListJson {
    private final JsonOutput out;
    private final Checkpoint checkpoint;

    private ListJson(JsonOutput out, Checkpoint checkpoint) {
        this.out = out;
        this.checkpoint = checkpoint;
    }

    static void write(Output output, Checkpoint checkpoint, Iterator<TensorInfo> tensors, ListTotals totals)
            throws IOException {
        try (JsonOutput out = new JsonOutput(output.stream())) {
            new ListJson(out, checkpoint).write(tensors, totals);
        }
    }

    private void write(Iterator<TensorInfo> tensors, ListTotals totals) throws IOException {
        out.generator().writeStartObject();
        out.text("checkpoint", checkpoint.prefix());
        out.text("format", checkpoint.format());
        out.text("endianness", checkpoint.byteOrder() == ByteOrder.BIG_ENDIAN ? "BIG" : "LITTLE");
        out.generator().writeNumberField("shards", checkpoint.shardCount());
        out.generator().writeArrayFieldStart("tensors");
        while (tensors.hasNext()) {
            TensorInfo info = tensors.next();
            totals.add(info);
            tensor(info);
        }
        out.generator().writeEndArray();
        out.generator().writeObjectFieldStart("totals");
        out.generator().writeNumberField("tensors", totals.tensors());
        out.generator().writeNumberField("parameters", totals.parameters());
        out.generator().writeNumberField("bytes", totals.bytes());
        out.generator().writeEndObject();
        out.generator().writeEndObject();
    }

    private void tensor(TensorInfo info) throws IOException {
        out.generator().writeStartObject();
        out.text("name", info.name());
        out.text("dtype", DataType.enumName(info.dtypeNumber()));
        out.shape("shape", info.shape());
        place(info.byteSize(), info.storage());
        out.generator().writeArrayFieldStart("slices");
        for (TensorSlice slice : info.slices()) {
            Optional<TensorInfo> stored = checkpoint.findSlice(info, slice);
            out.generator().writeStartObject();
            out.text("spec", slice.toString());
            place(
                    stored.map(TensorInfo::byteSize).orElse(-1L),
                    stored.map(TensorInfo::storage).orElse(null));
            out.generator().writeEndObject();
        }
        out.generator().writeEndArray();
        out.generator().writeEndObject();
    }

    private void place(long bytes, TensorInfo.@Nullable Storage storage) throws IOException {
        number("bytes", bytes < 0 ? null : bytes);
        number("shard", storage == null ? null : (long) storage.shard());
        number("offset", storage == null ? null : storage.offset());
        out.text("crc32c", storage == null || !storage.hasCrc32c() ? null : String.format("%08x", storage.crc32c()));
    }

    private void number(String key, @Nullable Long value) throws IOException {
        out.generator().writeFieldName(key);
        if (value == null) {
            out.generator().writeNull();
        } else {
            out.generator().writeNumber(value);
        }
    }
}
