package org.tfckpt.format.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tfckpt.format.table.Tables.bytes;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.tfckpt.io.MemorySource;
import org.tfckpt.testing.ObservedChannel;
import org.tfckpt.testing.SnappyReference;

/** Where blocks are cut, and what of them is read. */
class TableLayoutTest {
    @Test
    @DisplayName("TBL-10 plain blocks are cut where TensorFlow cuts them")
    void tbl10_plainBlockOffsets() throws IOException {
        NavigableMap<byte[], byte[]> entries = Tables.map("k01", "hello", "k02", "hello2", "k06", "hello3");
        entries.put(bytes("k03"), bytes("x".repeat(10_000)));
        entries.put(bytes("k04"), bytes("x".repeat(200_000)));
        entries.put(bytes("k05"), bytes("x".repeat(300_000)));
        entries.put(bytes("k07"), bytes("x".repeat(100_000)));
        byte[] table = Tables.build(entries, out -> new TableBuilder(out, 1024, 16, null));

        assertOffset(table, "abc", 0, 0);
        assertOffset(table, "k01", 0, 0);
        assertOffset(table, "k01a", 0, 0);
        assertOffset(table, "k02", 0, 0);
        assertOffset(table, "k03", 10, 500);
        assertOffset(table, "k04", 10_000, 11_000);
        assertOffset(table, "k04a", 210_000, 211_000);
        assertOffset(table, "k05", 210_000, 211_000);
        assertOffset(table, "k06", 510_000, 511_000);
        assertOffset(table, "k07", 510_000, 511_000);
        assertOffset(table, "xyz", 610_000, 612_000);
    }

    @Test
    @DisplayName("TBL-11 Snappy blocks are cut by their uncompressed size")
    void tbl11_compressedBlockOffsets() throws IOException {
        NavigableMap<byte[], byte[]> entries = Tables.map("k01", "hello", "k03", "hello3");
        entries.put(bytes("k02"), compressibleToAQuarter(new Random(301)));
        entries.put(bytes("k04"), compressibleToAQuarter(new Random(302)));
        byte[] table = Tables.build(entries, out -> new TableBuilder(out, 1024, 16, SnappyReference::compress));

        assertOffset(table, "abc", 0, 0);
        assertOffset(table, "k01", 0, 0);
        assertOffset(table, "k02", 10, 100);
        assertOffset(table, "k03", 2000, 4000);
        assertOffset(table, "k04", 2000, 4000);
        assertOffset(table, "xyz", 4000, 7000);
    }

    private static byte[] compressibleToAQuarter(Random random) {
        StringBuilder part = new StringBuilder();
        for (int i = 0; i < 2500; i++) {
            part.append((char) (' ' + random.nextInt(95)));
        }
        return bytes(part.toString().repeat(4));
    }

    /** Where the block of a key begins; behind the last block the metaindex block does. */
    private static void assertOffset(byte[] table, String key, long from, long to) throws IOException {
        try (Table opened = Tables.open(table)) {
            BlockIterator index = opened.indexIterator();
            index.seek(bytes(key));
            long offset = index.valid()
                    ? opened.handle(index.value()).offset()
                    : opened.footer().metaindex().offset();
            assertThat(offset).as(key).isBetween(from, to);
        }
    }

    @Test
    @DisplayName("TBL-12 a seek to the first key reads footer, index block and the first block")
    void tbl12_firstKeyReadsLittle() throws IOException {
        NavigableMap<byte[], byte[]> entries = Tables.map("k01", "hello", "k04", "hello3");
        entries.put(bytes("k03"), bytes("x".repeat(1_000_000)));
        byte[] table = Tables.build(entries, out -> new TableBuilder(out, 1024, 16, null));
        List<ObservedChannel.Read> reads = new ArrayList<>();
        try (Table opened = Table.open(MemorySource.observed(table, reads))) {
            TableIterator at = opened.iterator();
            at.seek(bytes("k01"));
            assertThat(Tables.here(at)).isEqualTo("k01=hello");
        }
        assertThat(reads).hasSize(3);
        assertThat(reads.stream().mapToInt(ObservedChannel.Read::length).sum()).isLessThan(200);
    }

    @Test
    void aLookupReadsOneDataBlockAndTheNextLookupInItReadsNone() throws IOException {
        NavigableMap<byte[], byte[]> entries = Tables.map();
        for (int i = 0; i < 1000; i++) {
            entries.put(bytes("key%03d".formatted(i)), bytes("v"));
        }
        byte[] table = Tables.build(entries, out -> new TableBuilder(out, 1024, 16, null));
        List<ObservedChannel.Read> reads = new ArrayList<>();
        try (Table opened = Table.open(MemorySource.observed(table, reads))) {
            reads.clear();
            opened.iterator().seek(bytes("key500"));
            assertThat(reads).hasSize(1);
            opened.iterator().seek(bytes("key501"));
            assertThat(reads).hasSize(1);
        }
    }
}
