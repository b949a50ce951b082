package org.tfckpt.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.Checkpoint;
import org.tfckpt.CheckpointMerge;
import org.tfckpt.CheckpointWriter;
import org.tfckpt.Sharding;
import org.tfckpt.Tensor;
import org.tfckpt.ValueSource;
import org.tfckpt.WriteOptions;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.Shape;
import org.tfckpt.tensor.ShapeAndSlice;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.tensor.TensorNames;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.Exchange.Item;
import org.tfckpt.testing.Folder;
import org.tfckpt.testing.RandomTensors;
import org.tfckpt.testing.Values;

/**
 * Exchanges files with TensorFlow 2.18: each side reads what the other wrote. TensorFlow runs in a separate process
 * ({@code src/interop}). Runs only with {@code -Pinterop}.
 */
@EnabledIfSystemProperty(named = "tfckpt.interop.lib", matches = ".+")
class TensorFlowIT {
    @TempDir
    private Path directory;

    private TensorFlowProcess process = new TensorFlowProcess(Path.of(""));

    @BeforeEach
    void twoFolders() throws IOException {
        process = new TensorFlowProcess(directory);
        Files.createDirectory(directory.resolve("ours"));
        Files.createDirectory(directory.resolve("theirs"));
    }

    private Path ours(String name) {
        return directory.resolve("ours").resolve(name);
    }

    private Path theirs(String name) {
        return directory.resolve("theirs").resolve(name);
    }

    private void command(Object... words) {
        process.command(words);
    }

    private Path items(List<Item> items) throws IOException {
        return process.items(items);
    }

    private void runTensorFlow() throws IOException, InterruptedException {
        process.run();
    }

    private void assertSameFiles() {
        assertThat(Folder.names(directory.resolve("ours"))).isEqualTo(Folder.names(directory.resolve("theirs")));
        for (String name : Folder.names(directory.resolve("ours"))) {
            assertThat(Folder.bytes(ours(name))).as(name).isEqualTo(Folder.bytes(theirs(name)));
        }
    }

    // Our side.

    private static void write(Path prefix, WriteOptions options, List<Item> items) throws IOException {
        try (CheckpointWriter out = CheckpointWriter.open(prefix, options)) {
            for (Item item : items) {
                add(out, item);
            }
            out.finish();
        }
    }

    private static void add(CheckpointWriter out, Item item) throws IOException {
        String name = TensorNames.decode(item.name());
        DataType dtype = DataType.ofNumber(item.dtype());
        ValueSource values = dtype == DataType.DT_STRING
                ? ValueSource.ofStrings(item.values())
                : ValueSource.of(dtype, ByteBuffer.wrap(item.values().get(0)).order(ByteOrder.LITTLE_ENDIAN));
        if (item.spec().isEmpty()) {
            out.add(name, Shape.of(item.shape()), values);
        } else {
            out.addSlice(name, ShapeAndSlice.parse(item.spec()), values);
        }
    }

    private static Item floats(String name, String spec, long[] shape, float... values) {
        return new Item(
                name.getBytes(StandardCharsets.UTF_8),
                spec,
                DataType.DT_FLOAT.number(),
                shape,
                List.of(Values.floats(values)));
    }

    private static float[] range(int from, int count) {
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = from + i;
        }
        return values;
    }

    @Test
    void everyDtypeAndOddNames() throws Exception {
        List<Item> items = new ArrayList<>();
        RandomTensors random = new RandomTensors(1);
        for (DataType dtype : RandomTensors.OF_TENSORFLOW_2_18) {
            for (long[] shape : new long[][] {{}, {7}, {3, 5}, {2, 0, 3}}) {
                items.add(random.item("dtype/" + dtype + Arrays.toString(shape), dtype, shape));
            }
        }
        for (String name : RandomTensors.ODD_NAMES) {
            items.add(random.item(name, DataType.DT_FLOAT, 2));
        }
        Collections.shuffle(items, new Random(2));
        write(ours("a"), WriteOptions.DEFAULT, items);
        command("save", theirs("a"), items(items));
        command("restore", ours("a"), items(items), directory.resolve("restored"));
        runTensorFlow();
        assertSameFiles();
        TensorFlowProcess.assertRestored(directory.resolve("restored"), items);
        for (Item item : items) {
            try (Checkpoint checkpoint = Checkpoint.open(theirs("a"))) {
                Tensor tensor = checkpoint.tensor(TensorNames.decode(item.name()));
                byte[][] read = tensor.dtype() == DataType.DT_STRING
                        ? tensor.toBytesArray()
                        : new byte[][] {Values.hex(Values.hex(tensor.asByteBuffer()))};
                assertThat(read).isDeepEqualTo(item.values().toArray(byte[][]::new));
            }
        }
    }

    @Test
    void twentyThousandTensors() throws Exception {
        List<Item> items = new ArrayList<>();
        RandomTensors random = new RandomTensors(3);
        for (int i = 0; i < 20_000; i++) {
            items.add(random.item("scope_" + i % 97 + "/layer_" + i + "/kernel", DataType.DT_FLOAT, i % 3));
        }
        write(ours("many"), WriteOptions.DEFAULT, items);
        command("save", theirs("many"), items(items));
        command("restore", ours("many"), items(items), directory.resolve("restored"));
        runTensorFlow();
        assertSameFiles();
        TensorFlowProcess.assertRestored(directory.resolve("restored"), items);
    }

    @Test
    void partitionedTensors() throws Exception {
        List<Item> parts = List.of(
                floats("rows", "4 3 0,2:-", new long[] {2, 3}, range(0, 6)),
                floats("whole", "", new long[] {4, 3}, range(0, 12)),
                floats("columns", "2 10 -:1,9", new long[] {2, 9}, range(100, 18)),
                floats("rows", "4 3 2,2:0,3", new long[] {2, 3}, range(6, 6)),
                floats("all", "4 3 0,4:0,3", new long[] {4, 3}, range(0, 12)),
                floats("columns", "2 10 -:0,1", new long[] {2, 1}, range(0, 2)));
        write(ours("p"), WriteOptions.DEFAULT, parts);
        command("save", theirs("p"), items(parts));
        List<Item> wanted = List.of(
                floats("rows", "", new long[] {4, 3}, range(0, 12)),
                floats("all", "4 3 1,2:-", new long[] {2, 3}, range(3, 6)),
                floats("rows", "4 3 1,2:-", new long[] {2, 3}, range(3, 6)),
                floats("columns", "2 10 1,1:0,3", new long[] {1, 3}, 1, 109, 110));
        command("restore", ours("p"), items(wanted), directory.resolve("restored"));
        runTensorFlow();
        assertSameFiles();
        TensorFlowProcess.assertRestored(directory.resolve("restored"), wanted);
    }

    @Test
    @DisplayName("a sharded save: written in one go, and merged from parts, by us and by TensorFlow")
    void sharded() throws Exception {
        RandomTensors random = new RandomTensors(4);
        List<List<Item>> shards = new ArrayList<>();
        for (int shard = 0; shard < 3; shard++) {
            List<Item> items = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                items.add(random.item("t" + i * 7 % 10 + "/" + (7 - shard), DataType.DT_INT32, i));
            }
            items.add(floats("part", "3 2 " + (2 - shard) + ",1:-", new long[] {1, 2}, range(2 * (2 - shard), 2)));
            items.add(random.item("s" + shard, DataType.DT_STRING, 3));
            shards.add(items);
        }
        List<Path> theirParts = new ArrayList<>();
        List<Path> ourParts = new ArrayList<>();
        for (int shard = 0; shard < 3; shard++) {
            theirParts.add(theirs("m_temp/part-" + shard));
            ourParts.add(ours("m_temp/part-" + shard));
            command("save", theirParts.get(shard), items(shards.get(shard)));
            write(ourParts.get(shard), WriteOptions.DEFAULT, shards.get(shard));
        }
        command("merge", theirs("m"), theirParts.get(0), theirParts.get(1), theirParts.get(2));
        new CheckpointMerge(ourParts).into(ours("m"));
        Path direct = directory.resolve("direct");
        try (CheckpointWriter out =
                CheckpointWriter.open(direct, WriteOptions.DEFAULT.withSharding(Sharding.ofCount(3)))) {
            for (int shard = 0; shard < 3; shard++) {
                out.shard(shard);
                for (Item item : shards.get(shard)) {
                    add(out, item);
                }
            }
            out.finish();
        }
        List<Item> wanted = new ArrayList<>(shards.get(1));
        wanted.removeIf(item -> !item.spec().isEmpty());
        wanted.add(floats("part", "", new long[] {3, 2}, range(0, 6)));
        command("restore", direct, items(wanted), directory.resolve("restored"));
        runTensorFlow();
        assertSameFiles();
        TensorFlowProcess.assertRestored(directory.resolve("restored"), wanted);
        for (String end : List.of(".index", ".data-00000-of-00003", ".data-00002-of-00003")) {
            assertThat(Folder.bytes(Folder.sibling(direct, end))).isEqualTo(Folder.bytes(theirs("m" + end)));
        }
    }

    @Test
    void bigEndianAlignedAndShardedBySize() throws Exception {
        RandomTensors random = new RandomTensors(5);
        List<Item> items = new ArrayList<>();
        for (DataType dtype : RandomTensors.OF_TENSORFLOW_2_18) {
            // TensorFlow does not turn these around, although there is nothing to turn.
            boolean unreadable = dtype.number() >= DataType.DT_FLOAT8_E5M2.number();
            if (!unreadable) {
                items.add(random.item("t/" + dtype, dtype, 3, 2));
            }
        }
        write(ours("big"), WriteOptions.DEFAULT.withOrder(ByteOrder.BIG_ENDIAN), items);
        write(ours("aligned"), WriteOptions.DEFAULT.withAlignment(64), items);
        write(ours("sized"), WriteOptions.DEFAULT.withSharding(Sharding.ofMaxBytes(100)), items);
        for (String name : List.of("big", "aligned", "sized")) {
            command("restore", ours(name), items(items), directory.resolve(name));
        }
        runTensorFlow();
        for (String name : List.of("big", "aligned", "sized")) {
            TensorFlowProcess.assertRestored(directory.resolve(name), items);
        }
    }

    @Test
    void variantsAndEverythingElseThatIsCopied() throws Exception {
        for (String name : List.of("tf218-v2-variant", "tf218-v2-strings", "tf218-v2-object-graph", "tf218-v2-bits")) {
            Path golden = Corpus.v2().stream()
                    .filter(expected -> expected.directory().endsWith(name))
                    .findFirst()
                    .orElseThrow()
                    .path();
            List<Item> asked = new ArrayList<>();
            try (Checkpoint source = Checkpoint.open(golden);
                    CheckpointWriter out = CheckpointWriter.open(ours(name))) {
                for (TensorInfo info : source.tensors().toList()) {
                    out.copy(source, info, "copy/of/" + info.name());
                    asked.add(new Item(
                            TensorNames.encode("copy/of/" + info.name()),
                            "",
                            info.dtypeNumber(),
                            info.shape().toArray(),
                            List.of()));
                }
                out.finish();
            }
            command("resave", ours(name), items(asked), theirs(name));
        }
        runTensorFlow();
        assertSameFiles();
    }

    @Test
    void randomCheckpoints() throws Exception {
        for (int seed = 100; seed < 160; seed++) {
            RandomTensors random = new RandomTensors(seed);
            List<Item> items = random.items(RandomTensors.OF_TENSORFLOW_2_18);
            write(ours("r" + seed), WriteOptions.DEFAULT, items);
            command("save", theirs("r" + seed), items(items));
        }
        runTensorFlow();
        assertSameFiles();
    }
}
