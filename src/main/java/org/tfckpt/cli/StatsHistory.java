package org.tfckpt.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.tfckpt.files.CheckpointSearch;
import org.tfckpt.io.JsonOutput;
import org.tfckpt.tensor.TensorNames;

/** The statistics of tensors over time: a row per checkpoint. */
final class StatsHistory {
    private final Map<String, Map<Path, StatsRow>> rowsOfTensor = new TreeMap<>(TensorNames.ORDER);
    private final List<Path> checkpoints;

    /** Returns the rows of a checkpoint. */
    interface Rows {
        List<StatsRow> of(Path checkpoint) throws IOException;
    }

    private StatsHistory(List<Path> checkpoints) {
        this.checkpoints = checkpoints;
    }

    /** Reads checkpoints in order. */
    static StatsHistory read(List<Path> paths, Rows rows) throws IOException {
        StatsHistory history = new StatsHistory(checkpoints(paths));
        for (Path checkpoint : history.checkpoints) {
            for (StatsRow row : rows.of(checkpoint)) {
                history.rowsOfTensor
                        .computeIfAbsent(row.info().name(), name -> new LinkedHashMap<>())
                        .put(checkpoint, row);
            }
        }
        return history;
    }

    /** Returns whether no tensor was found. */
    boolean isEmpty() {
        return rowsOfTensor.isEmpty();
    }

    /** Returns the number of checkpoints. */
    int size() {
        return checkpoints.size();
    }

    private static List<Path> checkpoints(List<Path> paths) throws IOException {
        List<Path> all = new ArrayList<>();
        for (Path path : paths) {
            List<Path> found = Files.isDirectory(path) ? CheckpointSearch.in(path) : List.of();
            all.addAll(found.isEmpty() ? List.of(path) : found);
        }
        return all;
    }

    void writeText(Output out, Style style) throws IOException {
        // Checkpoints in several directories may have the same file names.
        boolean areDistinct =
                checkpoints.stream().map(Path::getFileName).distinct().count() == checkpoints.size();
        for (Map.Entry<String, Map<Path, StatsRow>> tensor : rowsOfTensor.entrySet()) {
            out.line(StatsRow.header(tensor.getKey()));
            for (Path checkpoint : checkpoints) {
                StatsRow row = tensor.getValue().get(checkpoint);
                String name = String.valueOf(areDistinct ? checkpoint.getFileName() : checkpoint);
                if (row == null) {
                    out.line(StatsRow.missing(name));
                } else {
                    row.writeText(out, name, style);
                }
            }
        }
    }

    void writeJson(Output output) throws IOException {
        output.json(out -> out.objects("history", checkpoints, checkpoint -> writeJson(out, checkpoint)));
    }

    private void writeJson(JsonOutput out, Path checkpoint) throws IOException {
        StatsSums sums = new StatsSums(0);
        List<StatsRow> rows = rowsOfTensor.values().stream()
                .map(ofTensor -> ofTensor.get(checkpoint))
                .filter(Objects::nonNull)
                .toList();
        out.text("checkpoint", checkpoint.toString());
        out.objects("tensors", rows, row -> {
            sums.add(row);
            row.writeJson(out);
        });
        sums.writeJson(out);
    }
}
