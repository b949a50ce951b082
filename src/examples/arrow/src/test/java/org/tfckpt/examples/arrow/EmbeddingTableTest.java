package org.tfckpt.examples.arrow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.memory.util.MemoryUtil;
import org.apache.arrow.vector.VectorSchemaRoot;
import org.apache.arrow.vector.complex.FixedSizeListVector;
import org.apache.arrow.vector.ipc.ArrowFileReader;
import org.apache.arrow.vector.ipc.SeekableReadChannel;
import org.apache.arrow.vector.util.ByteArrayReadableSeekableByteChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.CheckpointWriter;
import org.tfckpt.ReadOptions;
import org.tfckpt.tensor.Shape;

class EmbeddingTableTest {
    private static final Path TESTDATA = Path.of(System.getProperty("tfckpt.testdata"));
    private static final int ROWS = 70_000;
    private static final int WIDTH = 3;

    @TempDir
    private Path directory;

    /** A row of the table as read back from the file. */
    private record Row(String word, List<?> vector) {}

    private static List<Row> written(EmbeddingTable table) throws Exception {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        List<Row> rows = new ArrayList<>();
        // Closing the allocator fails if a buffer was not released.
        try (BufferAllocator allocator = new RootAllocator()) {
            table.write(Channels.newChannel(file), allocator);
            try (ArrowFileReader reader = new ArrowFileReader(
                    new SeekableReadChannel(new ByteArrayReadableSeekableByteChannel(file.toByteArray())), allocator)) {
                VectorSchemaRoot root = reader.getVectorSchemaRoot();
                while (reader.loadNextBatch()) {
                    for (int i = 0; i < root.getRowCount(); i++) {
                        Object word = root.getVector("word") == null
                                ? ""
                                : root.getVector("word").getObject(i);
                        rows.add(new Row(word.toString(), (List<?>)
                                root.getVector("vector").getObject(i)));
                    }
                }
            }
        }
        return rows;
    }

    private Path vocabulary() throws Exception {
        Path prefix = directory.resolve("words");
        float[] values = new float[ROWS * WIDTH];
        String[] words = new String[ROWS];
        for (int i = 0; i < values.length; i++) {
            values[i] = i;
        }
        for (int i = 0; i < ROWS; i++) {
            words[i] = i == 7 ? "" : i == 8 ? "naïve 語" : "word" + i;
        }
        try (CheckpointWriter writer = CheckpointWriter.open(prefix)) {
            writer.add("embedding", Shape.of(ROWS, WIDTH), org.tfckpt.ValueSource.of(values));
            writer.add("words", Shape.of(ROWS), org.tfckpt.ValueSource.of(words));
            writer.finish();
        }
        return prefix;
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void wordsAndVectorsAreReadBack(boolean mapping) throws Exception {
        ReadOptions options = mapping ? ReadOptions.DEFAULT : ReadOptions.DEFAULT.withoutMapping();
        try (Checkpoint checkpoint = Checkpoint.open(vocabulary(), options)) {
            List<Row> rows = written(EmbeddingTable.of(checkpoint, "embedding", Optional.of("words")));
            assertThat(rows).hasSize(ROWS);
            assertThat(rows.get(7).word()).isEmpty();
            assertThat(rows.get(8).word()).isEqualTo("naïve 語");
            for (int i = 9; i < ROWS; i++) {
                assertThat(rows.get(i)).isEqualTo(new Row("word" + i, List.of(3f * i, 3f * i + 1, 3f * i + 2)));
            }
        }
    }

    @Test
    void mappedValuesAreNotCopied() throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(vocabulary());
                BufferAllocator allocator = new RootAllocator()) {
            EmbeddingTable table = EmbeddingTable.of(checkpoint, "embedding", Optional.of("words"));
            assertThat(table.batches()).isEqualTo(2);
            try (VectorSchemaRoot root = table.newRoot(allocator)) {
                table.load(1, root, allocator);
                FixedSizeListVector vectors = (FixedSizeListVector) root.getVector("vector");
                assertThat(vectors.getDataVector().getDataBufferAddress())
                        .isEqualTo(MemoryUtil.getByteBufferAddress(checkpoint
                                .tensor("embedding")
                                .slice("65536,4464:-")
                                .asByteBuffer()));
            }
        }
    }

    /** Big-endian and narrower floats are converted. */
    @ParameterizedTest
    @CsvSource({
        "real/kafka-census-sm, embeddings/education",
        "golden/bigendian-v2-dtypes/ckpt, dtype/float/matrix",
        "golden/tf218-v2-dtypes/ckpt, dtype/half/matrix"
    })
    void vectorsAreThoseOfTheCheckpoint(String path, String name) throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(TESTDATA.resolve(path))) {
            float[] values = checkpoint.tensor(name).toFloatArray();
            List<Float> found = new ArrayList<>();
            for (Row row : written(EmbeddingTable.of(checkpoint, name, Optional.empty()))) {
                row.vector().forEach(value -> found.add((Float) value));
            }
            assertThat(found).hasSize(values.length).isNotEmpty();
            for (int i = 0; i < values.length; i++) {
                assertThat(found.get(i)).isEqualTo(values[i]);
            }
        }
    }

    @Test
    void wordsOfAnotherNumberAreRejected() throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(TESTDATA.resolve("real/kafka-census-sm"))) {
            assertThatThrownBy(() -> EmbeddingTable.of(checkpoint, "embeddings/education", Optional.of("dense/bias")))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("do not fit");
        }
    }

    @Test
    void programPrintsWhatItHasWritten() throws Exception {
        Path file = directory.resolve("education.arrow");
        EmbeddingToArrow.main(new String[] {
            TESTDATA.resolve("real/kafka-census-sm").toString(), "embeddings/education", file.toString()
        });
        assertThat(file).isNotEmptyFile();
        assertThat(new ByteArrayInputStream(Files.readAllBytes(file)).readNBytes(6))
                .asString()
                .isEqualTo("ARROW1");
    }
}
