package org.tfckpt.format.table;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.tfckpt.io.MemorySource;

/** Small tables for tests; text stands for the bytes of its characters. */
final class Tables {
    private Tables() {}

    static NavigableMap<byte[], byte[]> map(String... keysAndValues) {
        NavigableMap<byte[], byte[]> map = new TreeMap<>(Arrays::compareUnsigned);
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put(bytes(keysAndValues[i]), bytes(keysAndValues[i + 1]));
        }
        return map;
    }

    static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }

    static String text(byte[] bytes) {
        return new String(bytes, ISO_8859_1);
    }

    static byte[] build(Map<byte[], byte[]> entries, Function<OutputStream, TableBuilder> tables) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TableBuilder builder = tables.apply(out);
        try {
            for (Map.Entry<byte[], byte[]> entry : entries.entrySet()) {
                builder.add(entry.getKey(), entry.getValue());
            }
            builder.finish();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    static byte[] build(String... keysAndValues) {
        return build(map(keysAndValues), TableBuilder::new);
    }

    static Table open(byte[] table) throws IOException {
        return Table.open(MemorySource.of(table));
    }

    static byte[] valueOf(TableIterator at) {
        ByteBuffer value = at.value();
        byte[] bytes = new byte[value.remaining()];
        value.get(bytes);
        return bytes;
    }

    /** {@code key=value} of the entry, or {@code end}. */
    static String here(TableIterator at) {
        return at.valid() ? text(at.key()) + "=" + text(valueOf(at)) : "end";
    }

    static String here(Map.Entry<byte[], byte[]> entry) {
        return entry == null ? "end" : text(entry.getKey()) + "=" + text(entry.getValue());
    }
}
