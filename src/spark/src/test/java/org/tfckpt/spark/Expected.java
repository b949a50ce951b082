package org.tfckpt.spark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.tfckpt.cli.ToolInProcess;
import org.tfckpt.files.CheckpointSearch;

/** Rows of tables as sorted lines of text: as the tool reports them, and as Spark does. */
final class Expected {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> PLACE = List.of("bytes", "shard", "offset", "crc32c");

    private Expected() {}

    /**
     * Returns what a table contains according to the tool, without damaged tensors.
     *
     * @param table the table
     * @param directory the directory of the checkpoints
     */
    static List<String> tool(String table, Path directory) throws IOException {
        List<String> lines = new ArrayList<>();
        if (table.equals("problems")) {
            String out =
                    ToolInProcess.run("verify", "--json", directory.toString()).out();
            for (String line : out.lines().toList()) {
                JsonNode report = JSON.readTree(line);
                report.get("problems")
                        .forEach(problem -> lines.add(report.get("checkpoint").asText() + " " + fields(problem)));
            }
            return lines.stream().sorted().toList();
        }
        for (Path checkpoint : CheckpointSearch.below(directory, unreadable -> {})) {
            if (table.equals("digests")) {
                ToolInProcess.Result result = ToolInProcess.run("digest", checkpoint.toString());
                // The tool ends at a tensor whose dtype it cannot read.
                if (result.status() < 2) {
                    result.out().lines().forEach(line -> lines.add(checkpoint + " " + line));
                }
            } else {
                String command = table.equals("tensors") ? "ls" : "stats";
                String out = ToolInProcess.run(command, "--json", checkpoint.toString())
                        .out();
                for (JsonNode row : JSON.readTree(out).path("tensors")) {
                    lines.add(checkpoint + " " + fields(row));
                }
            }
        }
        return lines.stream().sorted().toList();
    }

    private static String fields(JsonNode row) {
        Map<String, String> fields = new TreeMap<>();
        row.fieldNames().forEachRemaining(name -> fields.put(name, value(name, row.get(name))));
        fields.values().removeIf(String::isEmpty);
        return fields.toString();
    }

    private static String value(String key, JsonNode value) {
        if (value.isNull()) {
            return "";
        }
        if (value.has("base64")) {
            return HexFormat.of()
                    .formatHex(Base64.getDecoder().decode(value.get("base64").asText()));
        }
        if (key.equals("slices")) {
            List<String> slices = new ArrayList<>();
            value.forEach(slice -> slices.add(fields(slice)));
            return slices.isEmpty() ? "" : slices.toString();
        }
        if (key.equals("quantiles")) {
            List<String> quantiles = new ArrayList<>();
            value.forEach(quantile -> quantiles.add(number(quantile)));
            return quantiles.toString();
        }
        if (value.isTextual() && List.of("name", "tensor").contains(key)) {
            return HexFormat.of().formatHex(value.asText().getBytes(StandardCharsets.UTF_8));
        }
        return value.isNumber() ? number(value) : value.isTextual() ? value.asText() : value.toString();
    }

    private static String number(JsonNode number) {
        return number.isNumber() ? plain(number.decimalValue()) : number.asText();
    }

    private static String plain(BigDecimal number) {
        return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
    }

    /** Returns the rows of a table in the same form, without those for damage, except in the table of problems. */
    static List<String> spark(String table, Dataset<Row> rows) {
        boolean problems = table.equals("problems");
        Dataset<Row> exact = rows.withColumn(
                problems ? "tensor" : "name",
                functions.col(problems ? "tensor" : "name").cast("binary"));
        List<String> lines = new ArrayList<>();
        for (Row row :
                problems ? exact.collectAsList() : exact.where("kind is null").collectAsList()) {
            String checkpoint = row.<String>getAs("checkpoint");
            if (table.equals("digests")) {
                String name = new String(row.<byte[]>getAs("name"), StandardCharsets.UTF_8);
                String escaped = name.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
                lines.add(checkpoint + " " + (escaped.equals(name) ? "" : "\\") + row.getAs("sha256") + "  " + escaped);
            } else {
                lines.add(checkpoint + " " + fields(row, problems));
            }
        }
        return lines.stream()
                .map(line -> line.replaceAll("(file:|hdfs://[^/]*)(?=/)", ""))
                .sorted()
                .toList();
    }

    private static String fields(Row row, boolean problems) {
        Map<String, String> fields = new TreeMap<>();
        for (String name : row.schema().fieldNames()) {
            boolean skipped = Stream.of("checkpoint", "is_slot").anyMatch(name::equals)
                    || (!problems && List.of("kind", "message").contains(name))
                    || name.endsWith("_integer");
            if (!skipped) {
                fields.put(name, value(name, row.getAs(name), row));
            }
        }
        fields.values().removeIf(String::isEmpty);
        return fields.toString();
    }

    private static String value(String name, Object value, Row row) {
        if (value == null) {
            return "";
        }
        if (value instanceof byte[] bytes) {
            return HexFormat.of().formatHex(bytes);
        }
        if ((name.equals("min") || name.equals("max")) && row.getAs(name + "_integer") != null) {
            return plain(row.getDecimal(row.fieldIndex(name + "_integer")));
        }
        if (name.equals("slices")) {
            List<String> slices = new ArrayList<>();
            for (Row slice : row.<Row>getList(row.fieldIndex(name))) {
                Map<String, String> fields = new TreeMap<>();
                Stream.concat(Stream.of("spec"), PLACE.stream())
                        .forEach(field -> fields.put(field, value(field, slice.getAs(field), slice)));
                fields.values().removeIf(String::isEmpty);
                slices.add(fields.toString());
            }
            return slices.isEmpty() ? "" : slices.toString();
        }
        if (name.equals("shape")) {
            return row.<Long>getList(row.fieldIndex(name)).toString().replace(" ", "");
        }
        if (name.equals("quantiles")) {
            Row quantiles = (Row) value;
            List<String> numbers = new ArrayList<>();
            for (int i = 0; i < quantiles.size(); i++) {
                numbers.add(plain(new BigDecimal(Double.toString(quantiles.getDouble(i)))));
            }
            return numbers.toString();
        }
        if (value instanceof Double number) {
            return number.isNaN() || number.isInfinite() ? number.toString() : plain(new BigDecimal(number.toString()));
        }
        return value.toString();
    }
}
