package org.tfckpt.format.table;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.tfckpt.io.ByteSources;
import org.tfckpt.testing.RawTable;

class TableBuilderTest {
    private static final Path TESTDATA = Path.of(System.getProperty("tfckpt.testdata", "testdata"));
    private static final Pattern LAYOUT = Pattern.compile("block size ([0-9]+), restart interval ([0-9]+)");

    @Test
    @DisplayName("TensorFlow's indexes, rewritten entry by entry, are identical byte for byte")
    void rewritesTensorFlowsIndexes() throws IOException {
        List<Path> indexes;
        try (Stream<Path> files = Files.walk(TESTDATA)) {
            indexes = files.filter(file -> file.toString().endsWith(".index")
                            && !file.toString().contains("field"))
                    .toList();
        }
        assertThat(indexes).hasSizeGreaterThan(100);
        for (Path index : indexes) {
            assertThat(HexFormat.of().formatHex(rewritten(index, layout(index))))
                    .as(index.toString())
                    .isEqualTo(HexFormat.of().formatHex(Files.readAllBytes(index)));
        }
    }

    private static Function<OutputStream, TableBuilder> layout(Path index) throws IOException {
        BlockCompressor compressor = compressor(RawTable.parse(Files.readAllBytes(index)));
        // A few cases were laid out otherwise on purpose and say so.
        Path expected = index.resolveSibling("expected.json");
        Matcher layout = LAYOUT.matcher(Files.exists(expected) ? Files.readString(expected) : "");
        return layout.find()
                ? out -> new TableBuilder(
                        out, Integer.parseInt(layout.group(1)), Integer.parseInt(layout.group(2)), compressor)
                : out -> new TableBuilder(out, 262_144, 16, compressor);
    }

    /** Snappy's versions choose different copies, so the compressor is a list of what TensorFlow's made of these blocks. */
    private static BlockCompressor compressor(RawTable table) {
        Map<ByteBuffer, byte[]> compressed = new HashMap<>();
        Stream.concat(table.blocks().stream(), Stream.of(table.parsedIndex()))
                .filter(block -> block.type() == 1)
                .forEach(block -> compressed.put(ByteBuffer.wrap(block.contents()), block.stored()));
        return block -> compressed.get(ByteBuffer.wrap(block));
    }

    private static byte[] rewritten(Path index, Function<OutputStream, TableBuilder> tables) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TableBuilder builder = tables.apply(out);
        try (Table table = Table.open(ByteSources.channel(index))) {
            TableIterator at = table.iterator();
            for (at.seekToFirst(); at.valid(); at.next()) {
                ByteBuffer value = at.value();
                byte[] bytes = new byte[value.remaining()];
                value.get(bytes);
                builder.add(at.key(), bytes);
            }
        }
        assertThat(builder.finish()).isEqualTo(out.size());
        return out.toByteArray();
    }

    @Test
    void rejectsKeysThatAreNotAscending() throws IOException {
        TableBuilder builder = new TableBuilder(new ByteArrayOutputStream());
        builder.add("é".getBytes(UTF_8), new byte[0]);

        assertThatIllegalArgumentException().isThrownBy(() -> builder.add("é".getBytes(UTF_8), new byte[0]));
        assertThatIllegalArgumentException().isThrownBy(() -> builder.add("a".getBytes(UTF_8), new byte[0]));
    }

    @Test
    void cannotBeFinishedTwice() throws IOException {
        TableBuilder builder = new TableBuilder(new ByteArrayOutputStream());
        builder.finish();

        assertThatIllegalStateException().isThrownBy(builder::finish);
        assertThatIllegalStateException().isThrownBy(() -> builder.add(new byte[0], new byte[0]));
    }

    @Test
    void copiesKeys() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TableBuilder builder = new TableBuilder(out);
        byte[] key = {'a'};
        builder.add(key, new byte[0]);
        key[0] = 'b';
        builder.add(key, new byte[0]);
        builder.finish();

        assertThat(RawTable.parse(out.toByteArray()).blocks())
                .singleElement()
                .satisfies(block -> assertThat(block.indexKey()).isEqualTo(new byte[] {'c'}));
    }

    @Test
    void storesABlockUncompressedIfSnappySavesLessThanAnEighth() throws IOException {
        for (int saved : new int[] {0, 12, 13}) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            // The block is 104 bytes: 3 + 1 + 92 + 8; an eighth of it is 13.
            BlockCompressor compressor = block -> block.length == 104 ? new byte[104 - saved - 1] : null;
            TableBuilder builder = new TableBuilder(out, 1 << 18, 16, compressor);
            builder.add(new byte[1], new byte[92]);
            builder.finish();

            assertThat(RawTable.parse(out.toByteArray()).blocks().get(0).type())
                    .as("a block made %d bytes shorter", saved + 1)
                    .isEqualTo(saved == 13 ? 1 : 0);
        }
    }
}
