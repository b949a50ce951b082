package org.tfckpt.report;

import java.io.IOException;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.tfckpt.Checkpoint;
import org.tfckpt.format.ProblemGroup;
import org.tfckpt.io.JsonOutput;
import org.tfckpt.slots.TensorRole;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorInfo.Storage;
import org.tfckpt.tensor.TensorSlice;

/** Writes the data of a page: what the commands print as JSON, by columns instead of by tensors. */
final class ReportJson {
    private static final int MAX_SLICES = 100;

    private final Columns out;
    private final ReportModel model;

    private ReportJson(Columns out, ReportModel model) {
        this.out = out;
        this.model = model;
    }

    static void write(OutputStream stream, ReportModel model) throws IOException {
        try (JsonOutput json = JsonOutput.inHtml(stream)) {
            json.generator().writeStartObject();
            new ReportJson(new Columns(json), model).write();
            json.generator().writeEndObject();
        }
    }

    private void write() throws IOException {
        out.text("file", model.paths.checkpoint());
        out.text("path", model.paths.path());
        out.text("format", model.format);
        out.text("endianness", model.byteOrder);
        out.number("shards", model.shards);
        out.number("step", model.step);
        out.text("made", model.time.toString());
        Checkpoint.Verification done = model.verification;
        if (done != null) {
            out.object("verification", () -> {
                out.flag("checksums", model.hasChecksums);
                out.number("tensors", done.tensors());
                out.number("bytes", done.bytes());
            });
        }
        out.objects("problems", model.groups(), this::problem);
        out.objects("warnings", model.warnings, this::warning);
        if (model.tensors != null && model.checkpoint != null) {
            tensors(model.tensors, model.checkpoint);
        }
        if (model.values != null) {
            model.values.write(out);
        }
        Changes changes = model.changes;
        if (changes != null) {
            out.object("changes", () -> changes.write(out));
        }
        GraphView graph = model.graph;
        if (graph != null) {
            out.object("graph", () -> graph.write(out, model.paths));
        }
    }

    private void problem(ProblemGroup group) throws IOException {
        String file = group.problem().file();
        long offset = group.problem().offset();
        out.text("file", file == null ? null : ShownPaths.fileName(file));
        out.number("offset", offset < 0 ? null : offset);
        out.text("tensor", group.problem().tensor());
        out.text("kind", group.problem().kind().toString());
        out.text("message", model.paths.message(group.problem().message()));
        out.number("tensors", group.tensors().size());
    }

    private void warning(Warning warning) throws IOException {
        out.text("kind", warning.kind());
        out.text("title", warning.title());
        out.text("how", warning.how());
        out.number("count", warning.count());
        out.objects("items", warning.items(), item -> {
            out.texts("tensors", item.tensors());
            out.text("note", item.note());
        });
    }

    private void totals(TensorTable.Totals totals) throws IOException {
        out.number("tensors", totals.tensors());
        out.number("parameters", totals.parameters());
        out.number("bytes", totals.bytes());
    }

    private void totals(String key, Map<String, TensorTable.Totals> groups) throws IOException {
        out.objects(key, groups.entrySet(), group -> {
            out.text("name", group.getKey());
            totals(group.getValue());
        });
    }

    private void tensors(TensorTable table, Checkpoint checkpoint) throws IOException {
        List<TensorTable.Row> rows = table.rows();
        List<TensorInfo> infos = rows.stream().map(TensorTable.Row::info).toList();
        out.object("totals", () -> totals(table.all()));
        Map<String, TensorTable.Totals> roles = new LinkedHashMap<>();
        table.roles().forEach((kind, totals) -> roles.put(role(kind), totals));
        totals("roles", roles);
        totals("dtypes", table.dtypes());
        totals("rest", table.rest());
        out.texts("name", infos.stream().map(TensorInfo::name).toList());
        out.codes("dtype", infos, info -> DataType.enumName(info.dtypeNumber()));
        out.codes("shape", infos, info -> info.shape().toString());
        out.numbers("bytes", infos, info -> info.byteSize() < 0 ? null : info.byteSize());
        places(infos.stream().map(info -> Optional.ofNullable(info.storage())).toList());
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
                    slices(row, infos.get(row), checkpoint);
                }
            }
        });
    }

    private static String role(TensorRole.Kind kind) {
        return kind.toString().toLowerCase(Locale.ROOT);
    }

    /** Writes where the bytes are; an offset is relative to the end of the tensor before, so that it is 0 as a rule. */
    private void places(List<Optional<Storage>> places) throws IOException {
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
    private void slices(int row, TensorInfo info, Checkpoint checkpoint) throws IOException {
        List<TensorSlice> first =
                info.slices().subList(0, Math.min(MAX_SLICES, info.slices().size()));
        out.array(String.valueOf(row), first, slice -> {
            Optional<Storage> place = checkpoint.findSlice(info, slice).map(TensorInfo::storage);
            out.startArray();
            out.text(slice.toString());
            out.number(place.map(Storage::size).orElse(null));
            out.number(place.map(Storage::shard).orElse(null));
            out.number(place.map(Storage::offset).orElse(null));
            out.endArray();
        });
    }
}
