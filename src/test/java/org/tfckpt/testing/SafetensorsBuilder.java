package org.tfckpt.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.tfckpt.tensor.TensorNames;

/**
 * Writes safetensors files in memory, byte for byte as the reference implementation. Independent of the product's code,
 * so that tests can compare with it.
 */
public final class SafetensorsBuilder {
    private static final List<String> DTYPES = List.of(
            "BOOL",
            "F4",
            "F6_E2M3",
            "F6_E3M2",
            "U8",
            "I8",
            "F8_E5M2",
            "F8_E4M3",
            "F8_E8M0",
            "F8_E4M3FNUZ",
            "F8_E5M2FNUZ",
            "I16",
            "U16",
            "F16",
            "BF16",
            "I32",
            "U32",
            "F32",
            "C64",
            "F64",
            "I64",
            "U64");

    private final List<Entry> entries = new ArrayList<>();
    private final Map<String, String> metadata = new TreeMap<>();

    @SuppressWarnings("ArrayRecordComponent") // not compared
    private record Entry(String name, String dtype, long[] shape, byte[] data) {}

    public SafetensorsBuilder metadata(String key, String value) {
        metadata.put(key, value);
        return this;
    }

    public SafetensorsBuilder tensor(String name, String dtype, long[] shape, byte[] data) {
        entries.add(new Entry(name, dtype, shape, data));
        return this;
    }

    public SafetensorsBuilder floats(String name, float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(values);
        return tensor(name, "F32", new long[] {values.length}, bytes.array());
    }

    /** Returns the bytes of a file: tensors by dtype, descending, then by name. */
    public byte[] build() {
        List<Entry> sorted = new ArrayList<>(entries);
        sorted.sort(Comparator.comparing((Entry entry) -> -DTYPES.indexOf(entry.dtype))
                .thenComparing(Entry::name, TensorNames.ORDER));
        List<String> parts = new ArrayList<>();
        if (!metadata.isEmpty()) {
            parts.add("\"__metadata__\":{"
                    + metadata.entrySet().stream()
                            .map(entry -> quoted(entry.getKey()) + ":" + quoted(entry.getValue()))
                            .collect(Collectors.joining(","))
                    + "}");
        }
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        for (Entry entry : sorted) {
            String shape = LongStream.of(entry.shape).mapToObj(Long::toString).collect(Collectors.joining(","));
            int begin = data.size();
            data.writeBytes(entry.data);
            parts.add(quoted(entry.name) + ":{\"dtype\":\"" + entry.dtype + "\",\"shape\":[" + shape
                    + "],\"data_offsets\":[" + begin + "," + data.size() + "]}");
        }
        return file("{" + String.join(",", parts) + "}", data.toByteArray());
    }

    public Path write(Path file) throws IOException {
        return Files.write(file, build());
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            int index = "\b\t\n\f\r\"\\".indexOf(c);
            if (index >= 0) {
                quoted.append('\\').append("btnfr\"\\".charAt(index));
            } else if (c < ' ') {
                quoted.append(String.format("\\u%04x", (int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    /** Returns the bytes of a file with any text as its header, padded with spaces. */
    public static byte[] file(String header, byte[] data) {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        return raw((header + " ".repeat(Math.floorMod(-text.length, 8))).getBytes(StandardCharsets.UTF_8), data);
    }

    /** Returns the bytes of a file with any bytes as its header. */
    public static byte[] raw(byte[] header, byte[] data) {
        return ByteBuffer.allocate(8 + header.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.length)
                .put(header)
                .put(data)
                .array();
    }
}
