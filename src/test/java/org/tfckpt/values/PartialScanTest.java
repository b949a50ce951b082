package org.tfckpt.values;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.Checkpoint;
import org.tfckpt.CheckpointWriter;
import org.tfckpt.ValueSource;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorSlice;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.Values;

/** Parts of tensors that are read in any order and in other processes add up to the whole. */
class PartialScanTest {
    private final Random random = new Random(1);

    @TempDir
    private Path directory;

    /** As if it came from another process. */
    private static PartialScan sent(PartialScan part) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(part);
        }
        try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            return (PartialScan) in.readObject();
        }
    }

    private PartialScan inParts(Checkpoint checkpoint, TensorInfo tensor, @Nullable TensorSlice slice, long elements)
            throws Exception {
        List<PartialScan> parts = new ArrayList<>();
        for (long first = 0; first < elements || parts.isEmpty(); ) {
            long count = Math.min(elements - first, 1 + random.nextInt(2000));
            parts.add(sent(PartialScan.of(checkpoint, tensor, slice, first, count, PartialScan.Depth.HISTOGRAM)));
            first += Math.max(1, count);
        }
        Collections.shuffle(parts, random);
        return sent(parts.stream().reduce(PartialScan::add).orElseThrow());
    }

    @Test
    void partsOfEveryDtypeAddUpToTheStatisticsOfTheWhole() throws Exception {
        Path prefix = directory.resolve("model");
        List<DataType> types = Values.fixedWidthTypes().toList();
        try (CheckpointWriter out = CheckpointWriter.open(prefix)) {
            for (DataType type : types) {
                for (Map.Entry<String, ByteBuffer> kind :
                        HardValues.of(type, type.number(), 1500).entrySet()) {
                    ByteBuffer values = kind.getValue();
                    out.add(
                            type + "/" + kind.getKey(),
                            Shape.of(values.limit() / type.width()),
                            ValueSource.of(type, values));
                }
            }
            out.finish();
        }
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            for (TensorInfo tensor : checkpoint.tensors().toList()) {
                PartialScan sum =
                        inParts(checkpoint, tensor, null, tensor.shape().elements());

                TensorStatistics whole = Statistics.DEFAULT.of(checkpoint, tensor.name());
                assertThat(sum.isIntact(Objects.requireNonNull(tensor.storage())))
                        .isTrue();
                assertThat(sum.statistics(tensor).summary()).isEqualTo(whole.summary());
                assertThat(sum.statistics(tensor).histogram()).isEqualTo(whole.histogram());
            }
        }
    }

    @Test
    void slicesAddUpToTheirTensor() throws Exception {
        int tested = 0;
        for (Corpus.Expected expected : Corpus.v2()) {
            try (Checkpoint checkpoint = Checkpoint.open(expected.path())) {
                for (TensorInfo tensor :
                        checkpoint.tensors().filter(TensorInfo::isPartitioned).toList()) {
                    PartialScan sum = null;
                    for (TensorSlice slice : tensor.slices()) {
                        TensorInfo stored = checkpoint.findSlice(tensor, slice).orElseThrow();
                        PartialScan part = inParts(
                                checkpoint,
                                tensor,
                                slice,
                                slice.of(tensor.shape()).elements());
                        assertThat(part.isIntact(Objects.requireNonNull(stored.storage())))
                                .isTrue();
                        sum = sum == null ? part : sum.addStatistics(part);
                    }
                    TensorStatistics whole = Statistics.DEFAULT.of(checkpoint, tensor.name());
                    assertThat(Objects.requireNonNull(sum).statistics(tensor).summary())
                            .isEqualTo(whole.summary());
                    tested++;
                }
            }
        }
        assertThat(tested).isPositive();
    }

    @Test
    void aSumWithoutAPartOrWithAChangedByteIsNotIntact() throws Exception {
        Path prefix = directory.resolve("model");
        try (CheckpointWriter out = CheckpointWriter.open(prefix)) {
            out.add("w", Shape.of(3000), ValueSource.of(new float[3000]));
            out.finish();
        }
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            TensorInfo tensor = checkpoint.find("w").orElseThrow();
            TensorInfo.Storage storage = Objects.requireNonNull(tensor.storage());
            PartialScan.Depth depth = PartialScan.Depth.CHECKSUM;
            PartialScan end = PartialScan.of(checkpoint, tensor, null, 1000, 2000, depth);
            assertThat(end.isIntact(storage)).isFalse();
            assertThat(end.add(PartialScan.of(checkpoint, tensor, null, 0, 1000, depth))
                            .isIntact(storage))
                    .isTrue();
        }
        change(prefix, 4321);
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            TensorInfo tensor = checkpoint.find("w").orElseThrow();
            assertThat(inParts(checkpoint, tensor, null, 3000).isIntact(Objects.requireNonNull(tensor.storage())))
                    .isFalse();
        }
    }

    private static void change(Path prefix, long offset) throws IOException {
        Path data = prefix.resolveSibling(prefix.getFileName() + ".data-00000-of-00001");
        try (FileChannel file = FileChannel.open(data, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(new byte[] {1}), offset);
        }
        assertThat(Files.size(data)).isGreaterThan(offset);
    }

    @Test
    void verifyDoesNotReadWhatWasChecked() throws Exception {
        Path prefix = directory.resolve("model");
        try (CheckpointWriter out = CheckpointWriter.open(prefix)) {
            out.add("a", Shape.of(1000), ValueSource.of(new float[1000]));
            out.add("b", Shape.of(1000), ValueSource.of(new float[1000]));
            out.finish();
        }
        change(prefix, 100);
        change(prefix, 5000);
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            List<Problem> problems = new ArrayList<>();
            Set<String> asked = new HashSet<>();
            Checkpoint.Verification result = checkpoint.verify(problems::add, entry -> {
                asked.add(entry.name());
                return entry.name().equals("a");
            });
            assertThat(asked).containsExactlyInAnyOrder("a", "b");
            assertThat(problems).extracting(Problem::tensor).containsExactly("b");
            assertThat(result.bytes()).isEqualTo(4000);
        }
    }

    @Test
    void bytesThatAreMissingAreFoundEvenIfTheyWereChecked() throws Exception {
        Path prefix = directory.resolve("model");
        try (CheckpointWriter out = CheckpointWriter.open(prefix)) {
            out.add("a", Shape.of(1000), ValueSource.of(new float[1000]));
            out.finish();
        }
        try (FileChannel file =
                FileChannel.open(prefix.resolveSibling("model.data-00000-of-00001"), StandardOpenOption.WRITE)) {
            file.truncate(3999);
        }
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            List<Problem> problems = new ArrayList<>();
            checkpoint.verify(problems::add, entry -> true);
            assertThat(problems).isNotEmpty();
        }
    }
}
