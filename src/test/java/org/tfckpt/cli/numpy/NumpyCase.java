package org.tfckpt.cli.numpy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.testing.Json;

/** A value and what NumPy prints for it: a line of {@code testdata/numpy/printed.jsonl}. */
record NumpyCase(ArrayValues values, List<String> options, String text) {
    static List<NumpyCase> readAll(Path file) {
        try {
            return Files.readAllLines(file).stream().map(NumpyCase::parse).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static NumpyCase parse(String line) {
        try {
            Map<String, Object> json = Json.object(Json.parse(line));
            List<Long> dimensions = Json.list(json.get("shape"));
            Shape shape =
                    Shape.of(dimensions.stream().mapToLong(Long::longValue).toArray());
            DataType dtype = DataType.valueOf((String) json.get("dtype"));
            return new NumpyCase(values(dtype, shape, json), Json.list(json.get("options")), (String) json.get("text"));
        } catch (IOException e) {
            throw new UncheckedIOException(line, e);
        }
    }

    private static ArrayValues values(DataType dtype, Shape shape, Map<String, Object> json) {
        HexFormat hex = HexFormat.of();
        if (dtype == DataType.DT_STRING) {
            List<String> strings = Json.list(json.get("strings"));
            return MemoryValues.ofStrings(
                    shape, strings.stream().map(hex::parseHex).toList());
        }
        return MemoryValues.littleEndian(dtype, shape, hex.parseHex((String) json.get("data")));
    }

    /** What we print. */
    String print() throws IOException {
        PrintOptions printOptions = PrintOptions.DEFAULT;
        for (String option : options) {
            printOptions = printOptions.with(option);
        }
        return MemoryValues.print(values, printOptions);
    }

    @Override
    public String toString() {
        return values.dtype().name() + values.shape() + options;
    }
}
