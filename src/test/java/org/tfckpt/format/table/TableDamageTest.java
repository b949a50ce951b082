package org.tfckpt.format.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.tfckpt.format.table.Tables.bytes;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.tfckpt.io.MemorySource;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.testing.RawTable;
import org.tfckpt.testing.SnappyReference;

/** Each way in which a table can be wrong, with TensorFlow's text for it. */
class TableDamageTest {
    private final byte[] table = Tables.build("", "header", "v", "value", "w", "value");

    private static DataLossException damageOf(byte[] table) {
        return catchThrowableOfType(DataLossException.class, () -> scan(table));
    }

    private static String scan(byte[] table) throws IOException {
        StringBuilder keys = new StringBuilder();
        try (Table opened = Table.open(MemorySource.of(table))) {
            TableIterator at = opened.iterator();
            for (at.seekToFirst(); at.valid(); at.next()) {
                keys.append(Tables.text(at.key())).append(' ');
            }
        }
        return keys.toString();
    }

    private static void assertDamage(byte[] table, ProblemKind kind, String problem) {
        DataLossException damage = damageOf(table);
        assertThat(damage).isNotNull();
        assertThat(damage.tensorFlowText()).isEqualTo(problem);
        assertThat(damage.kind()).isEqualTo(kind);
        assertThat(damage.context().file()).isEqualTo("memory");
        assertThat(damage).hasMessageContaining("(TensorFlow: \"" + problem + "\") [file memory");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 47})
    @DisplayName("TBL-13 a file shorter than a footer")
    void tbl13_tooShort(int length) {
        assertDamage(new byte[length], ProblemKind.TABLE, "file is too short to be an sstable");
    }

    @Test
    @DisplayName("TBL-14 last byte changed, or cut off")
    void tbl14_badMagicNumber() {
        byte[] changed = table.clone();
        changed[table.length - 1] ^= 1;
        assertDamage(changed, ProblemKind.TABLE, "not an sstable (bad magic number)");
        byte[] cut = Arrays.copyOf(table, table.length - 1);
        assertDamage(cut, ProblemKind.TABLE, "not an sstable (bad magic number)");
    }

    @Test
    @DisplayName("TBL-15 first ten bytes cut off")
    void tbl15_frontCutOff() {
        byte[] cut = Arrays.copyOfRange(table, 10, table.length);
        assertDamage(cut, ProblemKind.BLOCK_CHECKSUM, "block checksum mismatch");
    }

    @Test
    @DisplayName("TBL-16 one bit flipped in the index block")
    void tbl16_indexBlockFlipped() throws IOException {
        long offset;
        try (Table opened = Tables.open(table)) {
            offset = opened.footer().index().offset();
        }
        byte[] flipped = table.clone();
        flipped[(int) offset + 3] ^= 4;
        assertDamage(flipped, ProblemKind.BLOCK_CHECKSUM, "block checksum mismatch");
        assertThat(damageOf(flipped).context().offset()).isEqualTo(offset);
    }

    @Test
    @DisplayName("TBL-17 footer handles all ff")
    void tbl17_badHandles() {
        byte[] ones = new byte[40];
        Arrays.fill(ones, (byte) 0xff);
        assertDamage(RawTable.withHandles(table, ones), ProblemKind.TABLE, "bad block handle");
    }

    @Test
    @DisplayName("TBL-17 an invalid handle of a data block")
    void tbl17_badHandleInTheIndexBlock() {
        BlockBuilder index = new BlockBuilder(1);
        index.add(bytes("x"), new byte[] {(byte) 0x80});
        byte[] damaged = RawTable.parse(table)
                .index(made -> made.withStored(index.contents()))
                .toBytes();
        assertDamage(damaged, ProblemKind.TABLE, "bad block handle");
    }

    @ParameterizedTest
    @ValueSource(longs = {1000, 1L << 31, 1L << 40, Long.MAX_VALUE, Long.MIN_VALUE, -1})
    @DisplayName("TBL-18 an index handle beyond the file")
    void tbl18_handleBeyondTheFile(long number) {
        ByteArrayOutputStream offset = new ByteArrayOutputStream();
        offset.writeBytes(RawTable.handle(0, 8));
        offset.writeBytes(RawTable.handle(number, 8));
        assertDamage(
                RawTable.withHandles(table, offset.toByteArray()),
                ProblemKind.TRUNCATED,
                "Read less bytes than requested");

        ByteArrayOutputStream size = new ByteArrayOutputStream();
        size.writeBytes(RawTable.handle(0, 8));
        size.writeBytes(RawTable.handle(0, number));
        assertThat(damageOf(RawTable.withHandles(table, size.toByteArray())).tensorFlowText())
                .isEqualTo(number < 0 ? "handle.size() too big" : "Read less bytes than requested");
    }

    @Test
    @DisplayName("TBL-18 a data block's handle beyond the file")
    void tbl18_dataBlockBeyondTheFile() {
        BlockBuilder index = new BlockBuilder(1);
        index.add(bytes("x"), RawTable.handle(1 << 20, 8));
        byte[] damaged = RawTable.parse(table)
                .index(made -> made.withStored(index.contents()))
                .toBytes();
        assertDamage(damaged, ProblemKind.TRUNCATED, "Read less bytes than requested");
    }

    @Test
    @DisplayName("TBL-19 block type 2")
    void tbl19_badBlockType() {
        assertDamage(changed(b -> b.withType(2)), ProblemKind.TABLE, "bad block type");
        assertDamage(RawTable.parse(table).index(b -> b.withType(255)).toBytes(), ProblemKind.TABLE, "bad block type");
    }

    @Test
    @DisplayName("TBL-20 block type Snappy, contents not Snappy")
    void tbl20_notSnappy() {
        assertDamage(changed(b -> b.withType(1)), ProblemKind.TABLE, "corrupted compressed block contents");
        assertDamage(
                changed(b -> b.withType(1).withStored(new byte[0])),
                ProblemKind.TABLE,
                "corrupted compressed block contents");
    }

    @Test
    @DisplayName("TBL-21 Snappy blocks are read like others")
    void tbl21_snappyBlocks() throws IOException {
        byte[] snappy = RawTable.parse(table)
                .block(0, b -> b.withType(1).withStored(SnappyReference.compress(b.stored())))
                .index(b -> b.withType(1).withStored(SnappyReference.compress(b.stored())))
                .metaindex(b -> b.withType(1).withStored(SnappyReference.compress(b.stored())))
                .toBytes();
        assertThat(scan(snappy)).isEqualTo(scan(table)).isEqualTo(" v w ");
    }

    @Test
    @DisplayName("TBL-22 a restart count that the block cannot hold, a block too short for one")
    void tbl22_badBlockContents() {
        for (int count : new int[] {1000, Integer.MAX_VALUE, -1, 0x4000_0000, 0x7fff_ffff}) {
            byte[] damaged = changed(b -> b.withStored(withLastInt(b.stored(), count)));
            assertDamage(damaged, ProblemKind.TABLE, "bad block contents");
        }
        for (int length = 0; length < 4; length++) {
            byte[] block = new byte[length];
            assertDamage(changed(b -> b.withStored(block)), ProblemKind.TABLE, "bad block contents");
        }
    }

    private static byte[] withLastInt(byte[] block, int number) {
        byte[] changed = block.clone();
        for (int i = 0; i < 4; i++) {
            changed[block.length - 4 + i] = (byte) (number >>> (8 * i));
        }
        return changed;
    }

    @Test
    @DisplayName("TBL-23 an entry that exceeds its block, or shares more bytes than the previous key has")
    void tbl23_badEntry() {
        assertDamage(changed(b -> withByte(b, 1, 127)), ProblemKind.TABLE, "bad entry in block");
        assertDamage(changed(b -> withByte(b, 2, 127)), ProblemKind.TABLE, "bad entry in block");
        assertDamage(changed(b -> withByte(b, 0, 1)), ProblemKind.TABLE, "bad entry in block");
        // A varint that never ends, one of more than 32 bits, and lengths whose sum wraps.
        for (String entry : new String[] {
            "\u0080\u0080\u0080\u0080\u0080\u0080\u0080\u0080",
            "\0\u00ff\u00ff\u00ff\u00ff\u000f\u00ff\u00ff\u00ff\u00ff\u000f",
            "\0\u00ff\u00ff\u00ff\u00ff\u0007\u00ff\u00ff\u00ff\u00ff\u0007"
        }) {
            byte[] block = bytes(entry + "\0\0\0\0\1\0\0\0");
            assertDamage(changed(b -> b.withStored(block)), ProblemKind.TABLE, "bad entry in block");
        }
    }

    @Test
    @DisplayName("TBL-23 a restart point outside of the entries fails a lookup, not a scan")
    void tbl23_badRestartPoint() throws IOException {
        byte[] damaged = changed(b -> {
            byte[] block = b.stored().clone();
            block[block.length - 8] = 127;
            return b.withStored(block);
        });
        assertThat(scan(damaged)).isEqualTo(" v w ");
        try (Table opened = Tables.open(damaged)) {
            TableIterator at = opened.iterator();
            DataLossException damage = catchThrowableOfType(DataLossException.class, () -> at.seek(bytes("v")));
            assertThat(damage.tensorFlowText()).isEqualTo("bad entry in block");
        }
    }

    @Test
    @DisplayName("TBL-24 unsorted keys are listed but not found by lookups")
    void tbl24_unsortedKeys() throws IOException {
        BlockBuilder block = new BlockBuilder(16);
        block.add(bytes("z"), bytes("1"));
        block.add(bytes("a"), bytes("2"));
        byte[] unsorted = new RawTable()
                .add(new RawTable.RawBlock(bytes("b"), block.contents(), 0))
                .toBytes();
        assertThat(scan(unsorted)).isEqualTo("z a ");
        try (Table opened = Tables.open(unsorted)) {
            TableIterator at = opened.iterator();
            at.seek(bytes("a"));
            assertThat(Tables.here(at)).isEqualTo("z=1");
            at.seek(bytes("z"));
            assertThat(at.valid()).isFalse();
        }
    }

    @Test
    void bytesAfterAHandleAreIgnored() throws IOException {
        int size = RawTable.parse(table).blocks().get(0).stored().length;
        ByteBuffer value = ByteBuffer.allocate(20).put(RawTable.handle(0, size));
        BlockBuilder index = new BlockBuilder(1);
        index.add(bytes("x"), value.array());
        assertThat(scan(RawTable.parse(table)
                        .index(made -> made.withStored(index.contents()))
                        .toBytes()))
                .isEqualTo(" v w ");
    }

    @Test
    void emptyBlocksAreSkipped() throws IOException {
        RawTable raw = new RawTable();
        raw.add(new RawTable.RawBlock(bytes(""), new byte[4], 0));
        raw.blocks().addAll(RawTable.parse(table).blocks());
        raw.add(new RawTable.RawBlock(bytes("y"), new BlockBuilder(16).contents(), 0));
        raw.add(new RawTable.RawBlock(bytes("z"), new byte[4], 0));

        assertThat(scan(raw.toBytes())).isEqualTo(" v w ");
        try (Table opened = Tables.open(raw.toBytes())) {
            TableIterator at = opened.iterator();
            at.seek(bytes(""));
            assertThat(Tables.here(at)).isEqualTo("=header");
            at.seek(bytes("xx"));
            assertThat(at.valid()).isFalse();
        }
    }

    private byte[] changed(UnaryOperator<RawTable.RawBlock> change) {
        return RawTable.parse(table).block(0, change).toBytes();
    }

    private static RawTable.RawBlock withByte(RawTable.RawBlock block, int index, int value) {
        byte[] changed = block.stored().clone();
        changed[index] = (byte) value;
        return block.withStored(changed);
    }
}
