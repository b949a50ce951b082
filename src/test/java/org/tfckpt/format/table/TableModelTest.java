package org.tfckpt.format.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.tfckpt.format.table.Tables.bytes;
import static org.tfckpt.format.table.Tables.here;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tfckpt.testing.RawTable;
import org.tfckpt.testing.SnappyReference;

/** A sorted map is the truth: a table of its entries must answer every question as the map does. */
class TableModelTest {
    private static final byte[] ALPHABET = bytes("\0\1abcde\u00fd\u00fe\u00ff");

    @ParameterizedTest
    @CsvSource({"16,false", "1,false", "1024,false", "16,true", "1,true", "1024,true"})
    @DisplayName("TBL-03 an iterator of an empty table is never valid")
    void tbl03_emptyTable(int restartInterval, boolean snappy) throws IOException {
        assertModel(Tables.map(), restartInterval, snappy);
    }

    @Test
    @DisplayName("TBL-03 an iterator of an empty block is never valid")
    void tbl03_emptyBlock() throws IOException {
        for (int restartInterval : new int[] {16, 1, 1024}) {
            assertNeverValid(new BlockBuilder(restartInterval).contents());
        }
    }

    @Test
    @DisplayName("TBL-04 a block without restart points is an empty block")
    void tbl04_noRestartPoints() throws IOException {
        assertNeverValid(new byte[4]);
    }

    private static void assertNeverValid(byte[] block) throws IOException {
        RawTable table = new RawTable().add(new RawTable.RawBlock(bytes("z"), block, 0));
        try (Table opened = Tables.open(table.toBytes())) {
            TableIterator at = opened.iterator();
            assertThat(at.valid()).isFalse();
            at.seekToFirst();
            assertThat(at.valid()).isFalse();
            at.seek(bytes("a"));
            assertThat(at.valid()).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({"16,false", "1,false", "1024,false", "16,true", "1,true", "1024,true"})
    @DisplayName("TBL-05 the empty key")
    void tbl05_emptyKey(int restartInterval, boolean snappy) throws IOException {
        assertModel(Tables.map("", "v"), restartInterval, snappy);
    }

    @ParameterizedTest
    @CsvSource({"16,false", "1,false", "1024,false", "16,true", "1,true", "1024,true"})
    @DisplayName("TBL-06 one entry, and three that share bytes")
    void tbl06_singleAndMulti(int restartInterval, boolean snappy) throws IOException {
        assertModel(Tables.map("abc", "v"), restartInterval, snappy);
        assertModel(Tables.map("abc", "v", "abcd", "v", "ac", "v2"), restartInterval, snappy);
    }

    @ParameterizedTest
    @CsvSource({"16,false", "1,false", "16,true"})
    @DisplayName("TBL-07 values of 10 MB, each in a block of its own")
    void tbl07_bigValues(int restartInterval, boolean snappy) throws IOException {
        NavigableMap<byte[], byte[]> entries = Tables.map("ainitial", "tiny", "azz", "tiny");
        entries.put(bytes("anext"), filled(10_000_000, 'a'));
        entries.put(bytes("anext2"), filled(10_000_000, 'b'));
        byte[] table = Tables.build(entries, options(restartInterval, snappy));

        assertThat(RawTable.parse(table).blocks()).hasSize(4);
        try (Table opened = Tables.open(table)) {
            TableIterator at = opened.iterator();
            at.seekToFirst();
            for (Map.Entry<byte[], byte[]> entry : entries.entrySet()) {
                assertThat(at.key()).isEqualTo(entry.getKey());
                assertThat(Arrays.equals(Tables.valueOf(at), entry.getValue())).isTrue();
                at.next();
            }
            assertThat(at.valid()).isFalse();
        }
    }

    private static byte[] filled(int length, char with) {
        byte[] value = new byte[length];
        Arrays.fill(value, (byte) with);
        return value;
    }

    @ParameterizedTest
    @CsvSource({"16,false", "1,false", "1024,false", "16,true", "1,true", "1024,true"})
    @DisplayName("TBL-08 the key ff ff, which has no successor")
    void tbl08_specialKey(int restartInterval, boolean snappy) throws IOException {
        NavigableMap<byte[], byte[]> entries = Tables.map("\u00ff\u00ff", "v3");
        assertModel(entries, restartInterval, snappy);
        byte[] table = Tables.build(entries, options(restartInterval, snappy));
        assertThat(RawTable.parse(table).blocks().get(0).indexKey()).isEqualTo(bytes("\u00ff\u00ff"));
    }

    @ParameterizedTest
    @CsvSource({"16,false", "1,false", "1024,false", "16,true", "1,true", "1024,true"})
    @DisplayName("TBL-09 up to 2000 random keys, with random scans and seeks")
    void tbl09_randomized(int restartInterval, boolean snappy) throws IOException {
        Random random = new Random(9 + restartInterval);
        for (int entries : new int[] {0, 1, 2, 15, 16, 17, 40, 200, 2000}) {
            NavigableMap<byte[], byte[]> map = Tables.map();
            while (map.size() < entries) {
                byte[] value = new byte[random.nextInt(10) == 0 ? random.nextInt(600) : random.nextInt(8)];
                random.nextBytes(value);
                map.put(randomKey(random), value);
            }
            assertModel(map, restartInterval, snappy);
        }
    }

    private static byte[] randomKey(Random random) {
        byte[] key = new byte[random.nextInt(4) == 0 ? random.nextInt(40) : random.nextInt(7)];
        for (int i = 0; i < key.length; i++) {
            key[i] = ALPHABET[random.nextInt(ALPHABET.length)];
        }
        return key;
    }

    private static Function<OutputStream, TableBuilder> options(int restartInterval, boolean snappy) {
        return out -> new TableBuilder(out, 256, restartInterval, snappy ? SnappyReference::compress : null);
    }

    private static void assertModel(NavigableMap<byte[], byte[]> model, int restartInterval, boolean snappy)
            throws IOException {
        byte[] table = Tables.build(model, options(restartInterval, snappy));
        try (Table opened = Tables.open(table)) {
            TableIterator at = opened.iterator();
            assertThat(at.valid()).isFalse();
            at.seekToFirst();
            for (Map.Entry<byte[], byte[]> entry : model.entrySet()) {
                assertThat(here(at)).isEqualTo(here(entry));
                at.next();
            }
            assertThat(at.valid()).isFalse();
            assertThatIllegalStateException().isThrownBy(at::next);

            assertSeek(model, at, new byte[0]);
            for (byte[] key : model.keySet()) {
                assertSeek(model, at, key);
                assertSeek(model, at, justBelow(key));
                assertSeek(model, at, Arrays.copyOf(key, key.length + 1));
            }
            randomWalk(model, at);
        }
    }

    private static void assertSeek(NavigableMap<byte[], byte[]> model, TableIterator at, byte[] target)
            throws IOException {
        at.seek(target);
        assertThat(here(at)).as("seek to %s", Arrays.toString(target)).isEqualTo(here(model.ceilingEntry(target)));
        if (at.valid()) {
            assertThat(at.compareKey(target)).isNotNegative();
        }
    }

    /** The same key with its last byte one less, or without it. */
    private static byte[] justBelow(byte[] key) {
        byte[] below = key.clone();
        if (below.length == 0 || below[below.length - 1] == 0) {
            return Arrays.copyOf(below, Math.max(0, below.length - 1));
        }
        below[below.length - 1]--;
        return below;
    }

    private static void randomWalk(NavigableMap<byte[], byte[]> model, TableIterator at) throws IOException {
        Random random = new Random(model.size());
        at.seekToFirst();
        Map.Entry<byte[], byte[]> expected = model.firstEntry();
        for (int step = 0; step < 200; step++) {
            if (random.nextInt(10) == 0) {
                at.seekToFirst();
                expected = model.firstEntry();
            } else if (!at.valid() || random.nextInt(5) == 0) {
                byte[] target = randomKey(random);
                at.seek(target);
                expected = model.ceilingEntry(target);
            } else {
                at.next();
                expected = model.higherEntry(expected.getKey());
            }
            assertThat(here(at)).isEqualTo(here(expected));
        }
    }

    @Test
    @DisplayName("TBL-25 every 16th key is stored in full")
    void tbl25_restartPoints() throws IOException {
        BlockBuilder builder = new BlockBuilder(16);
        for (int i = 0; i < 33; i++) {
            builder.add(bytes("key%02d".formatted(i)), bytes("v"));
        }
        RawTable table = new RawTable().add(new RawTable.RawBlock(bytes("l"), builder.contents(), 0));
        try (Table opened = Tables.open(table.toBytes())) {
            Block block = opened.block(ByteBuffer.wrap(RawTable.handle(0, builder.contents().length)));
            assertThat(block.restartCount()).isEqualTo(3);
            assertThat(block.restart(0)).isZero();
            BlockIterator at = new BlockIterator(block);
            at.seekToFirst();
            for (int i = 0; i < 33; i++) {
                assertThat(at.shared()).as("key %d", i).isEqualTo(i % 16 == 0 ? 0 : i % 10 == 0 ? 3 : 4);
                if (i % 16 == 0) {
                    assertThat(block.restart(i / 16)).isEqualTo(at.start());
                }
                at.next();
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            emptyValue = "",
            value = {
                "the quick brown fox,the who,the r",
                "abc,abcd,abc",
                "a,b,a",
                "a\u00ff,b,a\u00ff",
                "abcd,abc,abcd",
                "abc,abz,abd",
                "ab\u00fe,ac,ab\u00fe",
                "a\u00fe,a\u00ff,a\u00fe",
                "a\u00ff1,a\u00ffz,a\u00ff2"
            })
    @DisplayName("TBL-26 separators")
    void tbl26_separators(String last, String next, String separator) {
        assertThat(Tables.text(IndexKeys.separator(bytes(last), bytes(next)))).isEqualTo(separator);
    }

    @ParameterizedTest
    @CsvSource({"'',''", "\u00ff\u00ffa,\u00ff\u00ffb", "v,w", "foo,g", "\u00ff,\u00ff", "\u00fe,\u00ff"})
    @DisplayName("TBL-26 successors")
    void tbl26_successors(String key, String successor) {
        assertThat(Tables.text(IndexKeys.successor(bytes(key)))).isEqualTo(successor);
    }
}
