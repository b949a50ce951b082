package org.tfckpt.writing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.CheckpointWriter;
import org.tfckpt.Sharding;
import org.tfckpt.Tensor;
import org.tfckpt.TensorDigest;
import org.tfckpt.ValueSource;
import org.tfckpt.WriteOptions;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.ShapeAndSlice;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;
import org.tfckpt.tensor.TensorSlice;
import org.tfckpt.testing.Checkpoints;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.Exchange.Item;
import org.tfckpt.testing.Folder;
import org.tfckpt.testing.Pieces;
import org.tfckpt.testing.RandomTensors;
import org.tfckpt.testing.Values;

/** Writes random tensors with random options; a failure reports its seed. */
class CheckpointWriterPropertyTest {
    @TempDir
    private Path directory;

    /** Fixed seeds and some random ones. */
    static LongStream seeds() {
        return LongStream.concat(LongStream.range(0, 60), new Random().longs(20).map(Math::abs));
    }

    private static WriteOptions options(Random random) {
        Sharding sharding = random.nextBoolean()
                ? Sharding.ofCount(1 + random.nextInt(4))
                : Sharding.ofMaxBytes(1 + random.nextInt(500));
        int[] alignments = {1, 1, 2, 64, 100};
        return WriteOptions.DEFAULT
                .withOrder(random.nextInt(3) == 0 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN)
                .withAlignment(alignments[random.nextInt(alignments.length)])
                .withSharding(sharding);
    }

    private static void write(Path prefix, WriteOptions options, List<Item> items) throws IOException {
        try (CheckpointWriter out = CheckpointWriter.open(prefix, options)) {
            for (Item item : items) {
                String name = TensorNames.decode(item.name());
                DataType dtype = DataType.ofNumber(item.dtype());
                ValueSource values = dtype == DataType.DT_STRING
                        ? ValueSource.ofStrings(item.values())
                        : ValueSource.of(
                                dtype, ByteBuffer.wrap(item.values().get(0)).order(ByteOrder.LITTLE_ENDIAN));
                if (item.spec().isEmpty()) {
                    out.add(name, Shape.of(item.shape()), values);
                } else {
                    out.addSlice(name, ShapeAndSlice.parse(item.spec()), values);
                }
            }
            out.finish();
        }
    }

    private static void holds(Path prefix, List<Item> items) throws IOException {
        assertThat(Checkpoints.problems(prefix)).isEmpty();
        Set<String> names = new HashSet<>();
        try (Checkpoint checkpoint = Checkpoint.open(prefix)) {
            for (Item item : items) {
                String name = TensorNames.decode(item.name());
                names.add(name);
                Tensor tensor = checkpoint.tensor(name).slice(item.spec());
                assertThat(tensor.dtype().number()).isEqualTo(item.dtype());
                assertThat(tensor.shape()).isEqualTo(Shape.of(item.shape()));
                assertThat(bytes(tensor)).as(name).isDeepEqualTo(item.values().toArray(byte[][]::new));
            }
            assertThat(checkpoint.tensors().map(TensorInfo::name)).containsExactlyInAnyOrderElementsOf(names);
        }
    }

    private static byte[][] bytes(Tensor tensor) throws IOException {
        if (tensor.dtype() == DataType.DT_STRING) {
            return tensor.toBytesArray();
        }
        byte[] bytes = Values.hex(Values.hex(tensor.asByteBuffer()));
        boolean swapped = tensor.order() == ByteOrder.BIG_ENDIAN;
        return new byte[][] {swapped ? Values.swapped(tensor.dtype(), bytes) : bytes};
    }

    private static void copy(Path from, Path to, WriteOptions options) throws IOException {
        try (Checkpoint source = Checkpoint.open(from);
                CheckpointWriter out = CheckpointWriter.open(to, options)) {
            for (TensorInfo info : source.tensors().toList()) {
                out.copy(source, info, info.name());
            }
            out.finish();
        }
    }

    private static void sameFiles(Path one, Path other) {
        assertThat(Folder.names(one.getParent())).isEqualTo(Folder.names(other.getParent()));
        for (String name : Folder.names(one.getParent())) {
            assertThat(Folder.hex(one.resolveSibling(name))).as(name).isEqualTo(Folder.hex(other.resolveSibling(name)));
        }
    }

    private Path folder(String name) throws IOException {
        return Files.createDirectory(directory.resolve(name)).resolve("ckpt");
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    @DisplayName("values stay the same when written, copied, copied with other options and copied back")
    void roundTrip(long seed) throws IOException {
        Random random = new Random(seed);
        List<Item> items = new RandomTensors(seed).items(RandomTensors.ALL);
        WriteOptions options = options(random);
        Path written = folder("written");
        write(written, options, items);
        holds(written, items);
        Path first = folder("first");
        copy(written, first, options);
        holds(first, items);
        Path other = folder("other");
        copy(first, other, options(random));
        holds(other, items);
        Path back = folder("back");
        copy(other, back, options);
        sameFiles(back, first);
    }

    static Stream<Corpus.Expected> v1() {
        return Corpus.checkpoints().stream().filter(expected -> !expected.isV2());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("v1")
    @DisplayName("copying a V1 checkpoint keeps its slices")
    void fromV1(Corpus.Expected expected) throws IOException {
        Path prefix = folder("v2");
        copy(expected.path(), prefix, WriteOptions.DEFAULT);
        assertThat(Checkpoints.problems(prefix)).isEmpty();
        try (Checkpoint source = Checkpoint.open(expected.path());
                Checkpoint copy = Checkpoint.open(prefix)) {
            List<TensorInfo> infos = source.tensors().toList();
            assertThat(copy.tensors().map(Object::toString))
                    .containsExactlyElementsOf(
                            infos.stream().map(Object::toString).toList());
            for (TensorInfo info : infos) {
                assertThat(TensorDigest.sha256(copy.tensor(info.name())))
                        .isEqualTo(TensorDigest.sha256(source.tensor(info)));
                List<TensorSlice> parts = info.slices().stream()
                        .filter(slice -> !slice.isFullIn(info.shape()))
                        .toList();
                assertThat(copy.find(info.name()).orElseThrow().slices()).isEqualTo(parts);
            }
            assertThat(Pieces.of(copy)).hasSizeGreaterThanOrEqualTo(infos.size());
        }
    }
}
