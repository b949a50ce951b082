package org.tfckpt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tfckpt.format.bundle.BundlePrefix;
import org.tfckpt.format.bundle.BundleWriter;
import org.tfckpt.format.table.TableBuilder;
import org.tfckpt.tensor.ShapeAndSlice;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.Corpus.Expected;
import org.tfckpt.testing.Folder;
import org.tfckpt.testing.Pieces;
import org.tfckpt.testing.Pieces.Piece;

@DisplayName("Rewriting a checkpoint of TensorFlow from its values gives the same bytes")
class CorpusRewriteTest {
    /** Tables that TensorFlow wrote with options that a Saver does not use. */
    private static final Map<String, Function<OutputStream, TableBuilder>> LAYOUTS = Map.of(
            "tf218-v2-restart-1", out -> new TableBuilder(out, 4096, 1, null),
            "tf218-v2-restart-many", out -> new TableBuilder(out, 65_536, 128, null),
            "tf218-v2-small-blocks", out -> new TableBuilder(out, 256, 16, null));

    @TempDir
    private Path directory;

    static Stream<Expected> complete() {
        return Corpus.v2().stream().filter(expected -> expected.missingShards().isEmpty());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("complete")
    void indexAndDataFilesAreEqual(Expected expected) throws IOException {
        String name = expected.directory().getFileName().toString();
        Path prefix = directory.resolve("again");
        try (Checkpoint source = Checkpoint.open(expected.path())) {
            BundleWriter.Options options = new BundleWriter.Options(
                    false,
                    source.byteOrder(),
                    name.equals("tf218-v2-aligned") ? 64 : 1,
                    source.shardCount(),
                    0,
                    LAYOUTS.getOrDefault(name, TableBuilder::new));
            try (BundleWriter writer = BundleWriter.open(BundlePrefix.of(prefix), options)) {
                for (Piece piece : Pieces.of(source)) {
                    writer.shard(piece.storage().shard());
                    add(writer, source, piece);
                }
                writer.finish();
            }
            assertThat(Folder.names(directory)).hasSize(1 + source.shardCount());
            for (int shard = 0; shard < source.shardCount(); shard++) {
                String end = String.format(".data-%05d-of-%05d", shard, source.shardCount());
                assertThat(Folder.bytes(Folder.sibling(prefix, end)))
                        .as(end)
                        .isEqualTo(Folder.bytes(prefixOf(expected).data(shard, source.shardCount())));
            }
            if (!expected.string("compression").equals("snappy")) {
                assertThat(Folder.hex(Folder.sibling(prefix, ".index")))
                        .isEqualTo(Folder.hex(prefixOf(expected).index()));
            }
        }
    }

    private static BundlePrefix prefixOf(Expected expected) {
        return expected.string("prefix").isEmpty()
                ? new BundlePrefix(expected.directory(), "")
                : BundlePrefix.of(expected.path());
    }

    private static void add(BundleWriter writer, Checkpoint source, Piece piece) throws IOException {
        TensorInfo whole = piece.whole();
        ValueSource values = ValueSource.of(source.tensor(piece.stored()));
        if (piece.slice() == null) {
            values.addTo(writer, whole.name(), whole.shape());
        } else {
            values.addTo(writer, whole.name(), new ShapeAndSlice(whole.shape(), piece.slice()));
        }
    }
}
