package org.tfckpt.report;

import java.io.IOException;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.tfckpt.Checkpoint;
import org.tfckpt.slots.TensorRole;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorInfo.Storage;
import org.tfckpt.tensor.TensorSlice;

/**
 * The part of a page about the checkpoint and its tensors.
 *
 * @param checkpoint the checkpoint from which the tensors are read
 * @param table the tensors
 * @param step the number of training steps, or null
 */
record TensorColumns(
        Checkpoint checkpoint, TensorTable table, @Nullable Long step) {
    private static final Pattern STEP = Pattern.compile("-([0-9]{1,18})$");
    private static final int MAX_SLICES = 100;

    static TensorColumns of(Checkpoint checkpoint, TensorTable table) throws IOException {
        return new TensorColumns(checkpoint, table, step(checkpoint));
    }

    private static @Nullable Long step(Checkpoint source) throws IOException {
        Matcher number = STEP.matcher(ShownPaths.fileName(source.prefix()));
        if (number.find()) {
            return Long.valueOf(number.group(1));
        }
        TensorInfo counter = source.find("global_step").orElse(null);
        if (counter == null
                || counter.dtype() != DataType.DT_INT64
                || counter.shape().rank() != 0) {
            return null;
        }
        try {
            return source.tensor(counter).toLongArray()[0];
        } catch (CheckpointException damaged) {
            return null;
        }
    }

    void write(Columns out) throws IOException {
        out.text("format", checkpoint.format());
        out.text("endianness", checkpoint.byteOrder() == ByteOrder.BIG_ENDIAN ? "BIG" : "LITTLE");
        out.number("shards", checkpoint.shardCount());
        out.number("step", step);
        List<TensorTable.Row> rows = table.rows();
        List<TensorInfo> infos = rows.stream().map(TensorTable.Row::info).toList();
        out.object("totals", () -> table.all().write(out));
        Map<String, TensorTable.Totals> roles = new LinkedHashMap<>();
        table.roles().forEach((kind, totals) -> roles.put(role(kind), totals));
        totals(out, "roles", roles);
        totals(out, "dtypes", table.dtypes());
        totals(out, "rest", table.rest());
        out.array("name", infos, info -> out.text(info.name()));
        out.codes("dtype", infos, info -> DataType.enumName(info.dtypeNumber()));
        out.codes("shape", infos, info -> info.shape().toString());
        out.numbers("bytes", infos, info -> info.byteSize() < 0 ? null : info.byteSize());
        places(
                out,
                infos.stream().map(info -> Optional.ofNullable(info.storage())).toList());
        out.codes("role", rows, row -> role(row.role().kind()));
        out.numbers("of", rows, row -> row.role().variable().map(table::indexOf).orElse(-1));
        out.object("paths", () -> {
            for (int row = 0; row < infos.size(); row++) {
                Optional<String> path = table.otherObjectPath(infos.get(row));
                if (path.isPresent()) {
                    out.text(String.valueOf(row), path.get());
                }
            }
        });
        out.object("slices", () -> {
            for (int row = 0; row < infos.size(); row++) {
                if (infos.get(row).isPartitioned()) {
                    slices(out, row, infos.get(row));
                }
            }
        });
    }

    private static void totals(Columns out, String key, Map<String, TensorTable.Totals> groups) throws IOException {
        out.objects(key, groups.entrySet(), group -> {
            out.text("name", group.getKey());
            group.getValue().write(out);
        });
    }

    private static String role(TensorRole.Kind kind) {
        return kind.toString().toLowerCase(Locale.ROOT);
    }

    /** Writes where the bytes are; an offset is relative to the end of the tensor before, so that it is 0 as a rule. */
    private static void places(Columns out, List<Optional<Storage>> places) throws IOException {
        long[] end = {0};
        out.numbers("shard", places, place -> place.map(Storage::shard).orElse(null));
        out.numbers("offset", places, place -> {
            Long offset = place.map(bytes -> bytes.offset() - end[0]).orElse(null);
            place.ifPresent(bytes -> end[0] = bytes.offset() + bytes.size());
            return offset;
        });
        out.numbers(
                "crc32c",
                places,
                place -> place.filter(Storage::hasCrc32c)
                        .map(bytes -> Integer.toUnsignedLong(bytes.crc32c()))
                        .orElse(null));
    }

    /** Writes {@code [slice, size, shard, offset]} for each slice; the numbers are null if they are not known. */
    private void slices(Columns out, int row, TensorInfo info) throws IOException {
        List<TensorSlice> first =
                info.slices().subList(0, Math.min(MAX_SLICES, info.slices().size()));
        out.array(String.valueOf(row), first, slice -> {
            Optional<Storage> place = checkpoint.findSlice(info, slice).map(TensorInfo::storage);
            out.generator().writeStartArray();
            out.text(slice.toString());
            out.number(place.map(Storage::size).orElse(null));
            out.number(place.map(Storage::shard).orElse(null));
            out.number(place.map(Storage::offset).orElse(null));
            out.generator().writeEndArray();
        });
    }
}
